import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { hashSecret } from '../../db/ids.ts';
import { ProblemError } from '../problem.ts';
import { readCookie, sessionCookie } from '../session-cookie.ts';

/** Refuses with 429 and Retry-After beyond `perMinute`, counted per process. */
export function limitRate(perMinute: number, keyOf: (req: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_req, res) => {
      const seconds = Number(res.getHeader('Retry-After') ?? 60);
      throw new ProblemError('rate_limited', {
        detail: `More than ${perMinute} requests in a minute.`,
        remedy: `Wait ${seconds} seconds.`,
        headers: { 'Retry-After': String(seconds) },
      });
    },
  });
}

export const byAddress = (req: Request): string => ipKeyGenerator(req.ip ?? '');

/** The credentials if there are any, valid or not (hashed, so that no secret stays in memory), else the address. */
export function byCaller(req: Request): string {
  const credentials = req.headers.authorization ?? readCookie(req, sessionCookie);
  return credentials === undefined ? byAddress(req) : hashSecret(credentials);
}
