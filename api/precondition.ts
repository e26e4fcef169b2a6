/** ETags are versions in quotes; If-Match is honoured where it is sent, and never required. */
import type { Request } from 'express';
import { ProblemError } from './problem.ts';

export const etagOf = ({ version }: { readonly version: number }): string => `"${version}"`;

/** Throws the 412 problem where If-Match names neither this version nor `*`. Weak tags never match (RFC 9110, 13.1.1). */
export function requireMatch(req: Request, present: { readonly version: number }): void {
  const header = req.headers['if-match'];
  if (header === undefined) return;
  const tags = header.split(',').map((tag) => tag.trim());
  const etag = etagOf(present);
  if (tags.includes('*') || tags.includes(etag)) return;
  throw new ProblemError('precondition_failed', {
    detail: `If-Match names ${header}, but the present version is ${etag}: somebody changed it meanwhile.`,
    remedy: 'Read it again, look at what changed, and send the change with the new ETag.',
    headers: { ETag: etag },
  });
}
