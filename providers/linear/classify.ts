/** What a failed call to Linear means, whichever library threw it: the SDK, oauth4webapi, fetch or an abort. */
import { LinearError } from '@linear/sdk';
import {
  bagOf,
  causesOf,
  describeCause,
  ProviderError,
  type ProviderErrorKind,
  parseRetryAfter,
} from '../contract/index.ts';

export interface LinearCall {
  /** The token endpoint's 401 is about this app, not about an access token. */
  readonly tokenEndpoint?: boolean;
  /** Then Linear's own words for a refusal go along: they are about what the person entered. */
  readonly isWrite?: boolean;
}

interface Verdict {
  readonly kind: ProviderErrorKind;
  readonly message: string;
}

/** A non-2xx answer to a call that no SDK made. */
export class LinearHttpFailure extends Error {
  readonly status: number;
  readonly reason: string | undefined;

  constructor(status: number, reason?: string) {
    super(`HTTP ${status}`);
    this.name = 'LinearHttpFailure';
    this.status = status;
    this.reason = reason;
  }
}

export function classifyLinearError(error: unknown, call: LinearCall = {}): ProviderError {
  if (error instanceof ProviderError) return error;
  const facts = readFacts(error);
  const verdict = facts.httpStatus === undefined ? judgeNoAnswer(error) : judgeAnswer(facts, call);
  const retryAfterMs = readRetryAfter(facts.headers);
  const hint = ['rate_limited', 'transient'].includes(verdict.kind) && retryAfterMs !== undefined;
  return new ProviderError({
    ...verdict,
    ...(facts.httpStatus === undefined ? {} : { httpStatus: facts.httpStatus }),
    ...(hint ? { retryAfterMs } : {}),
    ...(verdict.kind === 'rate_limited' && !hint ? { retryAfterMs: untilRefilledMs(facts.headers) } : {}),
    cause: describeCause(error, facts),
  });
}

interface Facts {
  readonly httpStatus?: number | undefined;
  readonly headers?: Headers | undefined;
  /** `extensions.code` and `extensions.type` of all errors, and OAuth's `error`. */
  readonly words: readonly string[];
  /** Linear's own sentence for people. */
  readonly presentable?: string | undefined;
}

interface GraphqlFailure {
  readonly message?: string;
  readonly extensions?: { code?: unknown; type?: unknown; userPresentableMessage?: unknown };
}

function readFacts(error: unknown): Facts {
  if (error instanceof LinearError) {
    const response = error.raw?.response as { errors?: GraphqlFailure[]; headers?: Headers } | undefined;
    const errors = response?.errors ?? [];
    const words = errors.flatMap(({ message, extensions }) => [
      extensions?.code,
      extensions?.type,
      // An unknown id has no code of its own, only this message.
      message?.startsWith('Entity not found') === true ? 'not found' : undefined,
    ]);
    const [first] = errors;
    const presentable = first?.extensions?.userPresentableMessage ?? first?.message;
    return {
      httpStatus: error.status,
      headers: response?.headers,
      words: words.filter((word) => typeof word === 'string'),
      presentable: typeof presentable === 'string' ? presentable : undefined,
    };
  }
  const thrown = bagOf(error);
  if (error instanceof LinearHttpFailure) {
    return { httpStatus: error.status, words: error.reason === undefined ? [] : [error.reason] };
  }
  // oauth4webapi: the answer is in `response`, or in `cause` where its form is not OAuth's.
  const cause = bagOf(thrown.cause);
  const response = [thrown.response, thrown.cause].find((one) => one instanceof Response);
  const status = response?.status ?? (typeof thrown.status === 'number' ? thrown.status : undefined);
  const words = [thrown.error, cause.error].filter((word) => typeof word === 'string');
  return { httpStatus: status, headers: response?.headers, words };
}

const laterWords = new Set(['internal error', 'network error', 'lock timeout', 'bootstrap error']);
const laterCodes = new Set(['INTERNAL_SERVER_ERROR', 'LOCK_TIMEOUT']);
const refusedWords = new Set(['forbidden', 'feature not accessible', 'FORBIDDEN']);

function judgeAnswer(facts: Facts, call: LinearCall): Verdict {
  const status = facts.httpStatus ?? 0;
  const says = (...words: string[]) => facts.words.some((word) => words.includes(word));
  // Linear tells a limit by HTTP 400 and the code: https://linear.app/developers/rate-limiting
  if (status === 429 || says('RATELIMITED', 'ratelimited')) {
    return { kind: 'rate_limited', message: 'Linear asks for fewer calls for a while.' };
  }
  const later = facts.words.some((word) => laterWords.has(word) || laterCodes.has(word));
  if (status >= 500 || status === 408 || later) {
    return { kind: 'transient', message: `Linear could not answer just now (HTTP ${status}).` };
  }
  if (says('invalid_grant')) {
    return {
      kind: 'auth_revoked',
      message: 'Linear no longer accepts this sign-in: it ended or was revoked.',
    };
  }
  if (says('invalid_client', 'unauthorized_client') || (status === 401 && call.tokenEndpoint === true)) {
    return { kind: 'invalid_request', message: "Linear refuses this app's client id or secret." };
  }
  if (status === 401 || says('authentication error', 'AUTHENTICATION_ERROR')) {
    return { kind: 'token_rejected', message: 'Linear refused the access token or key.' };
  }
  if (status === 403 || facts.words.some((word) => refusedWords.has(word))) {
    return { kind: 'forbidden', message: 'The granted permissions at Linear do not cover this.' };
  }
  if (status === 404 || says('not found')) {
    return { kind: 'not_found', message: 'Linear has no such record.' };
  }
  if (status >= 200 && status < 300 && facts.words.length === 0) return unexpectedShape;
  const own =
    call.isWrite === true && facts.presentable !== undefined ? `: ${facts.presentable.slice(0, 300)}` : '.';
  return { kind: 'invalid_request', message: `Linear refused the request (HTTP ${status})${own}` };
}

const unexpectedShape: Verdict = {
  kind: 'schema_drift',
  message: 'Linear answered in a form that Harmony does not know.',
};

/** A call that never got a whole answer: a deadline, a cancellation, a broken or cut-off connection. */
function judgeNoAnswer(error: unknown): Verdict {
  const names = causesOf(error);
  if (names.includes('TimeoutError')) return { kind: 'transient', message: 'Linear did not answer in time.' };
  if (names.includes('AbortError'))
    return { kind: 'transient', message: 'The call to Linear was cancelled.' };
  // fetch says TypeError for everything that breaks a connection; a cut-off body is no JSON.
  if (names.some((name) => /^(TypeError|SyntaxError|E[A-Z]+|UND_ERR_)/.test(name))) {
    return { kind: 'transient', message: 'The connection to Linear failed.' };
  }
  return unexpectedShape;
}

function readRetryAfter(headers: Headers | undefined): number | undefined {
  return parseRetryAfter(headers?.get('retry-after'), Date.now());
}

/** The buckets refill all the time, so it is never worth waiting longer than this at once. */
const longestWaitMs = 60_000;

/**
 * How long to wait where Linear names no time: until the exhausted bucket is full again (`…-Reset`, epoch
 * milliseconds), a minute at most. https://linear.app/developers/rate-limiting
 */
export function untilRefilledMs(headers: Headers | undefined): number {
  const waits = ['requests', 'complexity', 'endpoint-requests'].flatMap((bucket) => {
    const read = (name: string) => Number(headers?.get(`x-ratelimit-${bucket}-${name}`) ?? Number.NaN);
    const [remaining, resetMs] = [read('remaining'), read('reset')];
    const wanted = bucket === 'complexity' ? Number(headers?.get('x-complexity') ?? 0) : 1;
    return remaining < wanted && Number.isFinite(resetMs) ? [resetMs - Date.now()] : [];
  });
  return Math.min(longestWaitMs, Math.max(1000, ...(waits.length === 0 ? [longestWaitMs] : waits)));
}
