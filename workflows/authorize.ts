/** What connecting and re-authenticating share: the exchange of a finished consent for a stored grant. */
import { core, noteOf, providerActivities } from './activity-options.ts';
import type { AuthorizeInput, AuthorizeOutcome } from './messages.ts';

/** A refusal (another account, a missing permission, an expired code) is an outcome that the card shows. */
export async function authorizeAccount(input: AuthorizeInput): Promise<AuthorizeOutcome> {
  const { integrationId, provider, attemptId } = input;
  let outcome: AuthorizeOutcome;
  try {
    outcome = await providerActivities(provider, 'person', 'Exchange the sign-in for a grant').authorize(
      input,
    );
  } catch (error) {
    const attention = await core.explainFailure({ provider, failure: noteOf(error) });
    outcome = { ok: false, ...attention };
  }
  if (!outcome.ok) {
    const { code, title, remedy } = outcome;
    await core.noteRefusal({ integrationId, attemptId, attention: { code, title, remedy } });
  }
  return outcome;
}
