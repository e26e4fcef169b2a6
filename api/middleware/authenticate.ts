/** Who asks: a workspace key or session token as Bearer, or the page's session cookie. */
import type { Request, Response } from 'express';
import {
  extendSession,
  findKeyHolder,
  findSessionHolder,
  findUser,
  type SessionHolder,
} from '../../db/queries/identity.ts';
import type { Caller, RouteAuth } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound, ProblemError } from '../problem.ts';
import {
  isEmbedded,
  readCookie,
  sessionCookie,
  sessionLifetimeMs,
  setSessionCookie,
} from '../session-cookie.ts';

/** Used sessions are extended once they have lived this long, so that not every request writes. */
const extendAfterMs = 60_000;

/** Throws 401 without valid credentials, 403 where only a workspace key may go, 404 for a foreign Harmony-User. */
export async function authenticate(
  deps: ApiDeps,
  auth: RouteAuth,
  req: Request,
  res: Response,
): Promise<Caller | undefined> {
  if (auth === 'public') return undefined;
  const caller = await identify(deps, req, res);
  if (auth === 'workspace_key' && caller.via !== 'key') {
    throw new ProblemError('workspace_key_required', {
      detail: 'A session can not do this.',
      remedy: 'Send the workspace key: Authorization: Bearer hk_…',
    });
  }
  return caller;
}

async function identify(deps: ApiDeps, req: Request, res: Response): Promise<Caller> {
  const header = req.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (token?.startsWith('hk_')) return asKey(deps, token, req);
    const session = token === undefined ? undefined : await findSessionHolder(deps.db, token);
    if (session === undefined) throw unauthorized();
    return asSession(session, 'session_token', req);
  }
  const cookie = readCookie(req, sessionCookie);
  const session = cookie === undefined ? undefined : await findSessionHolder(deps.db, cookie);
  if (cookie === undefined || session === undefined) throw unauthorized();
  const caller = asSession(session, isEmbedded(cookie) ? 'embedded_cookie' : 'session_cookie', req);
  // The page stays signed in while it is used: half an hour from the last request.
  if (Date.parse(session.expiresAt) - Date.now() < sessionLifetimeMs - extendAfterMs) {
    await extendSession(deps.db, session.sessionId, sessionLifetimeMs);
    setSessionCookie(res, deps.config.publicUrl, cookie);
  }
  return caller;
}

async function asKey(deps: ApiDeps, token: string, req: Request): Promise<Caller> {
  const holder = await findKeyHolder(deps.db, token);
  if (holder === undefined) throw unauthorized();
  const userId = readUserHeader(req);
  if (userId !== undefined && (await findUser(deps.db, holder.workspaceId, userId)) === undefined) {
    throw notFound('user (Harmony-User)');
  }
  return {
    workspaceId: holder.workspaceId,
    userId: userId ?? null,
    via: 'key',
    actor: `key:${holder.keyId}`,
  };
}

function asSession(session: SessionHolder, via: Caller['via'], req: Request): Caller {
  const userId = readUserHeader(req);
  if (userId !== undefined && userId !== session.userId) throw notFound('user (Harmony-User)');
  return {
    workspaceId: session.workspaceId,
    userId: session.userId,
    via,
    actor: `user:${session.userId}`,
    session,
  };
}

function readUserHeader(req: Request): string | undefined {
  const value = req.headers['harmony-user'];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || !/^[\w-]{1,80}$/.test(value)) throw notFound('user (Harmony-User)');
  return value;
}

function unauthorized(): ProblemError {
  return new ProblemError('unauthorized', {
    detail: 'The request carries no valid workspace key or session, or the session is over.',
    remedy: 'Send Authorization: Bearer <workspace key or session token>, or open a new sign-in link.',
    headers: { 'WWW-Authenticate': 'Bearer realm="harmony"' },
  });
}
