/** Why an operation is not taken, in words for a person: by the arbiter, or by what Postgres says already. */
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { RefusalType } from '../workflows/messages.ts';
import { ProblemError } from './problem.ts';

const refusals: Readonly<Record<RefusalType, () => ProblemError>> = {
  IntegrationDeleting: () =>
    new ProblemError('integration_deleting', {
      detail: 'The integration is being deleted and takes no more work.',
      remedy: 'Connect the account again once it is gone from the list.',
    }),
  NotConnected: () =>
    new ProblemError('not_connected', {
      detail: 'Nobody has signed in at the provider for this integration yet.',
      remedy: 'Finish the sign-in, or start a new one with Connect.',
    }),
  ReauthRequired: () =>
    new ProblemError('reauth_required', {
      detail: 'The provider no longer accepts the sign-in of this integration.',
      remedy:
        'Sign in again with Re-authenticate, or replace the API key where it uses one; then it catches up by itself.',
    }),
};

export const refusal = (type: RefusalType): ProblemError => refusals[type]();

/** Throws the 409 problem where the provider can't be called at all; told from Postgres, also while the arbiter is away. */
export function requireSignedIn(row: IntegrationRow): void {
  if (row.accountId === null) throw refusal('NotConnected');
  if (row.phase === 'needs_reauth') throw refusal('ReauthRequired');
}
