import { AsyncResource } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';
import { ProblemError } from '../problem.ts';

const retryAfterSeconds = 2;

export interface LoadLimits {
  /** Requests that are being answered. */
  readonly atOnce: number;
  /** Requests that wait for their turn beyond those. */
  readonly waiting: number;
  /** How long one of these waits at most. */
  readonly patienceMs: number;
}

/**
 * Answers some requests at a time, so that under a load beyond its means the process answers those in time that it took, and
 * its memory stays bounded. A burst waits for its turn; what comes on top, or has waited too long, is refused with 429 and
 * Retry-After. `isLong` names requests that stay open by design; they have limits of their own.
 */
export function shedLoad(limits: LoadLimits, isLong: (req: Request) => boolean): RequestHandler {
  let underWay = 0;
  /** The one that came first first. */
  const turns = new Set<() => void>();
  const end = (): void => {
    underWay -= 1;
    const [first] = turns;
    first?.();
  };
  return (req, res, next) => {
    if (isLong(req)) return next();
    const begin = (): void => {
      underWay += 1;
      // Comes once, whether the answer was sent or the caller went away.
      res.once('close', end);
      next();
    };
    if (underWay < limits.atOnce) return begin();
    if (turns.size >= limits.waiting) throw refusal(limits);
    const leave = (): void => {
      turns.delete(take);
      clearTimeout(timer);
      res.off('close', leave);
    };
    // In the context of its own request, not of the one whose end makes room for it.
    const take = AsyncResource.bind(() => {
      leave();
      begin();
    });
    const timer = setTimeout(() => {
      leave();
      next(refusal(limits));
    }, limits.patienceMs);
    res.once('close', leave);
    turns.add(take);
  };
}

const refusal = ({ atOnce }: LoadLimits): ProblemError =>
  new ProblemError('rate_limited', {
    detail: `This server already answers ${atOnce} requests, which is as many as it takes at once.`,
    remedy: `Wait ${retryAfterSeconds} seconds and try again.`,
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
