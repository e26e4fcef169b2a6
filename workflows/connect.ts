import { authorizeAccount } from './authorize.ts';
import type { AuthorizeInput, AuthorizeOutcome } from './messages.ts';

/** A first sign-in: whose account it is becomes part of the integration. The arbiter begins the first sync after it. */
export async function connect(input: AuthorizeInput): Promise<AuthorizeOutcome> {
  return authorizeAccount(input);
}
