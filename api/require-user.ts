import type { Caller } from './caller.ts';
import { ProblemError } from './problem.ts';

/** Whose it will be. Throws the 400 problem where a workspace key acts for nobody. */
export function requireUser({ userId }: Caller): string {
  if (userId !== null) return userId;
  throw new ProblemError('user_required', {
    detail: 'What is made here belongs to a user, and this workspace key acts for nobody.',
    remedy: 'Name the user with the header Harmony-User.',
    errors: [{ path: 'Harmony-User', message: 'missing' }],
  });
}
