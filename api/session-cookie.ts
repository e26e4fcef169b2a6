/** The page's session lives in a cookie that no script can read. */
import type { Request, Response } from 'express';

export const sessionCookie = 'harmony_session';
export const sessionLifetimeMs = 30 * 60 * 1000;

const isHttps = (publicUrl: string): boolean => publicUrl.startsWith('https:');

/** A session that was opened inside a frame of another product. */
export const isEmbedded = (token: string): boolean => token.startsWith('he_');

/**
 * In a frame of another site no Lax cookie is sent. None is, and Partitioned keeps it to frames below that same site
 * (https://developer.mozilla.org/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies); both want https.
 */
const placement = (publicUrl: string, embedded: boolean) =>
  embedded && isHttps(publicUrl)
    ? ({ sameSite: 'none', partitioned: true } as const)
    : ({ sameSite: 'lax' } as const);

/**
 * SameSite=Lax: the cookie comes along when a provider's consent page or a sign-in link leads back to us (a top-level
 * GET), and with nothing that another site posts or embeds.
 */
export function setSessionCookie(res: Response, publicUrl: string, token: string): void {
  res.cookie(sessionCookie, token, {
    httpOnly: true,
    ...placement(publicUrl, isEmbedded(token)),
    secure: isHttps(publicUrl),
    path: '/',
    maxAge: sessionLifetimeMs,
  });
}

export function clearSessionCookie(res: Response, publicUrl: string, embedded: boolean): void {
  const where = { ...placement(publicUrl, embedded), secure: isHttps(publicUrl), path: '/' };
  res.clearCookie(sessionCookie, { httpOnly: true, ...where });
}

/** Ties a sign-in at a provider to the browser that opened it; only our OAuth pages see it. */
export const browserCookie = 'harmony_oauth';

export function setBrowserCookie(res: Response, publicUrl: string, secret: string): void {
  res.cookie(browserCookie, secret, {
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(publicUrl),
    path: '/oauth',
    maxAge: 60 * 60 * 1000,
  });
}

export function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator > 0 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim();
  }
  return undefined;
}
