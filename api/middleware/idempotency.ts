/** Idempotency-Key: the same request again gets the first answer; another request under the key is refused. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, Response } from 'express';
import {
  claimIdempotencyKey,
  type IdempotencyClaim,
  type IdempotentRequest,
  releaseIdempotencyKey,
  storeAnswer,
} from '../../db/queries/idempotency.ts';
import type { Reply } from '../define-route.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';

export type IdempotentCall = IdempotentRequest;

/** Throws the 400 problem where the header is no key. */
export function readIdempotencyKey(req: Request): string | undefined {
  const key = req.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new ProblemError('invalid_request', {
    detail: 'The Idempotency-Key has to be 1 to 255 visible ASCII characters.',
    errors: [{ path: 'Idempotency-Key', message: 'not a key' }],
  });
}

const patienceMs = 5_000;
const pollMs = 50;

/** Requests that are sent at the same time get one answer: the others wait for the first one's. */
async function claimPatiently({ db, sealer }: ApiDeps, request: IdempotentCall): Promise<IdempotencyClaim> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const claim = await claimIdempotencyKey(db, sealer, request);
    if (claim.kind !== 'in_progress' || Date.now() > deadlineMs) return claim;
    await pause(pollMs);
  }
}

/**
 * Answers the first request and keeps that; failures that a repeat may mend free the key instead: 5xx, 429, and 412, which
 * wrote nothing and asks for the same change with the new ETag. So does an answer that is none yet.
 */
export async function answerOnce(
  deps: ApiDeps,
  request: IdempotentCall,
  res: Response,
  answer: (request: IdempotentCall) => Promise<Reply | undefined>,
): Promise<Reply | undefined> {
  const claim = await claimPatiently(deps, request);
  switch (claim.kind) {
    case 'repeat':
      res.setHeader('Idempotency-Replayed', 'true');
      if (claim.answer.status >= 400) res.type('application/problem+json');
      return claim.answer;
    case 'in_progress':
      throw new ProblemError('idempotency_in_progress', {
        detail: 'The first request with this Idempotency-Key has no answer yet.',
        remedy: 'Send the same request again in a moment.',
        headers: { 'Retry-After': '1' },
      });
    case 'other_request':
      throw new ProblemError('idempotency_key_reused', {
        detail: 'This Idempotency-Key was used for a request with another method, path, body or If-Match.',
        remedy: 'Use a new key for a new request.',
      });
    case 'first':
      break;
  }
  try {
    const reply = await answer(request);
    if (reply === undefined || reply.isInterim === true) await releaseIdempotencyKey(deps.db, request);
    else await storeAnswer(deps.db, deps.sealer, request, reply);
    return reply;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500 && ![412, 429].includes(error.status)) {
      const { status, headers } = error;
      await storeAnswer(deps.db, deps.sealer, request, { status, headers, body: error.toBody() });
    } else {
      await releaseIdempotencyKey(deps.db, request);
    }
    throw error;
  }
}
