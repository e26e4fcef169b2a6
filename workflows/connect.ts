import { core } from './activity-options.ts';
import { authorizeAccount } from './authorize.ts';
import type { AuthorizeOutcome, ConnectInput } from './messages.ts';

/** A first sign-in: whose account it is becomes part of the integration. The arbiter begins the first sync after it. */
export async function connect({ attemptId, ...input }: ConnectInput): Promise<AuthorizeOutcome> {
  // An API key was tried, and its account found out, before it was stored.
  if (attemptId === undefined) return core.acceptKey({ integrationId: input.integrationId });
  return authorizeAccount({ ...input, attemptId });
}
