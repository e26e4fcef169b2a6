import { authorizeAccount } from './authorize.ts';
import type { AuthorizeInput, AuthorizeOutcome } from './messages.ts';

/** Signing in again with the same account; data, choices and cursors stay. Another account is refused. */
export async function reauthenticate(input: AuthorizeInput): Promise<AuthorizeOutcome> {
  return authorizeAccount(input);
}
