import type { Request, RequestHandler } from 'express';
import { ProblemError } from '../problem.ts';

const retryAfterSeconds = 2;

/**
 * Refuses with 429 and Retry-After while `most` requests are being answered, so that under a load beyond its means the
 * process answers those in time that it took, and its memory stays bounded. `isLong` names requests that stay open by
 * design; they have limits of their own.
 */
export function shedLoad(most: number, isLong: (req: Request) => boolean): RequestHandler {
  let underWay = 0;
  return (req, res, next) => {
    if (isLong(req)) return next();
    if (underWay >= most) {
      throw new ProblemError('rate_limited', {
        detail: `This server already answers ${most} requests, which is as many as it takes at once.`,
        remedy: `Wait ${retryAfterSeconds} seconds and try again.`,
        headers: { 'Retry-After': String(retryAfterSeconds) },
      });
    }
    underWay += 1;
    // Comes once, whether the answer was sent or the caller went away.
    res.once('close', () => {
      underWay -= 1;
    });
    next();
  };
}
