/** Whether a failure still asks for a sign-in, or one came while what failed was under way. */
import type { Transaction } from '../../db/client.ts';
import { isCredentialNewer } from '../../db/queries/credentials.ts';
import { type FailureNote, needsSignIn } from '../attention.ts';

/**
 * `open`: only signing in again can mend it. `met`: what was refused has been replaced since. undefined: it has to do with
 * something else. It holds until the transaction ends: whoever signs in meanwhile waits for what is written by it.
 */
export async function wantOfSignIn(
  tx: Transaction,
  integrationId: string,
  failure: FailureNote | undefined,
): Promise<'open' | 'met' | undefined> {
  if (failure === undefined || !needsSignIn(failure)) return undefined;
  const { credentialVersion } = failure;
  if (credentialVersion === undefined) return 'open';
  return (await isCredentialNewer(tx, integrationId, credentialVersion)) ? 'met' : 'open';
}
