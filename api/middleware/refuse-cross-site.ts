/** A browser sends our cookie by itself, so a change that rests on it must come from our own pages. */
import type { Request } from 'express';
import { type Caller, isByCookie } from '../caller.ts';
import { ProblemError } from '../problem.ts';

/**
 * Bearer callers can't be forged this way and pass. Cookie callers must prove their origin; strangers (who are about to
 * get a cookie) must not have another one. Sec-Fetch-Site and Origin are set by the browser, never by a page's script.
 */
export function refuseCrossSite(publicUrl: string, caller: Caller | undefined, req: Request): void {
  if (caller !== undefined && !isByCookie(caller)) return;
  const site = req.headers['sec-fetch-site'];
  const origin = req.headers.origin;
  if (site === undefined && origin === undefined && caller === undefined) return;
  const sameSite = site === undefined || site === 'same-origin';
  const sameOrigin = origin === undefined || isOwnOrigin(origin, publicUrl, req);
  if (sameSite && sameOrigin && (site !== undefined || origin !== undefined)) return;
  throw new ProblemError('cross_site_request', {
    detail: 'A change made with the session cookie has to come from a page of this server.',
    remedy: 'Use the settings page, or send a session token as Authorization: Bearer.',
  });
}

/** The page may be open under another name of this machine than the public one. */
function isOwnOrigin(origin: string, publicUrl: string, req: Request): boolean {
  if (!URL.canParse(origin)) return false;
  return new URL(origin).origin === new URL(publicUrl).origin || new URL(origin).host === req.headers.host;
}
