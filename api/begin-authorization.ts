/** The start of a sign-in at a provider: our own one-time hop, which ties it to the browser that opens it. */
import { createHmac } from 'node:crypto';
import { generateRandomCodeVerifier } from 'oauth4webapi';
import type { Executor } from '../db/client.ts';
import { hashSecret, newId, newSecret } from '../db/ids.ts';
import { insertAttempt } from '../db/queries/oauth-attempts.ts';
import type { Sealer } from '../db/sealing.ts';
import type { Caller } from './caller.ts';
import type { OfferedProvider } from './deps.ts';
import { ProblemError } from './problem.ts';

export const attemptLifetimeMs = 10 * 60 * 1000;

/** The state of the hop: derived, so that only its hash is stored and the hop can still send it to the provider. */
export function stateOf(hopToken: string): string {
  return createHmac('sha256', hopToken).update('state').digest('base64url');
}

export interface Authorization {
  readonly hopToken: string;
  readonly codeVerifier: string;
  /** What the browser opens. */
  readonly url: string;
}

/** Throws the 422 problem where the provider has no OAuth. */
export function prepareAuthorization({ adapter }: OfferedProvider, publicUrl: string): Authorization {
  if (adapter.oauth === undefined) {
    throw new ProblemError('auth_kind_unsupported', {
      detail: `${adapter.displayName} has no sign-in by OAuth.`,
      remedy: 'Connect it with an API key.',
    });
  }
  const hopToken = newSecret('ho');
  return {
    hopToken,
    codeVerifier: generateRandomCodeVerifier(),
    url: `${publicUrl}/oauth/start/${hopToken}`,
  };
}

export async function beginAuthorization(
  db: Executor,
  sealer: Sealer,
  input: {
    authorization: Authorization;
    integrationId: string;
    purpose: 'connect' | 'reauthenticate';
    caller: Caller;
  },
): Promise<void> {
  const { authorization, caller } = input;
  await insertAttempt(db, sealer, {
    id: newId('oat'),
    integrationId: input.integrationId,
    purpose: input.purpose,
    stateHash: hashSecret(stateOf(authorization.hopToken)),
    hopHash: hashSecret(authorization.hopToken),
    // Only the cookie of a page of its own comes back with the callback: a program sends none, and the cookie of a page
    // in a frame stays within that frame. There the hop's own cookie ties the attempt to one browser.
    sessionId: caller.via === 'session_cookie' ? (caller.session?.sessionId ?? null) : null,
    codeVerifier: authorization.codeVerifier,
    lifetimeMs: attemptLifetimeMs,
  });
}
