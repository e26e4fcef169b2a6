import type { Request } from 'express';
import type { Executor } from '../db/client.ts';
import { findSessionHolder } from '../db/queries/identity.ts';
import type { OAuthAttempt } from '../db/queries/oauth-attempts.ts';
import { readCookie, sessionCookie } from './session-cookie.ts';

/** Whether the browser still has the session that began the attempt; true where no browser session began it. */
export async function belongsToSession(db: Executor, attempt: OAuthAttempt, req: Request): Promise<boolean> {
  if (attempt.sessionId === null) return true;
  const token = readCookie(req, sessionCookie);
  const session = token === undefined ? undefined : await findSessionHolder(db, token);
  return session?.sessionId === attempt.sessionId;
}
