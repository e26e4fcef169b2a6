/** What a failed call to Google tells, whichever library threw it: gaxios, oauth4webapi, fetch or an abort. */
import { bagOf, causesOf } from '../contract/index.ts';

export interface FailureFacts {
  /** Absent where no answer came. */
  readonly httpStatus?: number;
  readonly retryAfter?: string | null;
  /** `errors[].reason`, `details[].reason`, `status` and OAuth's `error`, in Google's own spelling. */
  readonly reasons: readonly string[];
  /** Names and codes along the chain of causes: AbortError, TimeoutError, ECONNRESET. */
  readonly causes: readonly string[];
}

/** A non-2xx answer to a call that no SDK made. */
export class GoogleHttpFailure extends Error {
  readonly response: { status: number; headers: Headers; data: unknown };

  constructor(response: Response, data: unknown) {
    super(`HTTP ${response.status}`);
    this.name = 'GoogleHttpFailure';
    this.response = { status: response.status, headers: response.headers, data };
  }
}

export function readFailure(error: unknown): FailureFacts {
  const thrown = bagOf(error);
  const cause = bagOf(thrown.cause);
  // gaxios puts the answer in `response`; oauth4webapi in `response` too, or in `cause` where the form is not OAuth's.
  const response = bagOf(typeof thrown.response === 'object' ? thrown.response : cause.status && cause);
  const httpStatus = numberOr(response.status) ?? numberOr(thrown.status);
  const reasons: string[] = [];
  readBody(response.data ?? thrown.cause, reasons);
  if (typeof thrown.error === 'string') reasons.push(thrown.error);
  for (const challenge of asList(thrown.cause)) {
    const word = bagOf(bagOf(challenge).parameters).error;
    if (typeof word === 'string') reasons.push(word);
  }
  return {
    ...(httpStatus === undefined ? {} : { httpStatus }),
    retryAfter: readHeader(response.headers, 'retry-after'),
    reasons,
    causes: readCauses(error),
  };
}

/**
 * Both of Google's shapes: `errors[{reason}]` (Calendar) and `status` with `details[{reason}]` (People); and
 * OAuth's, where `error` is a word.
 */
function readBody(body: unknown, reasons: string[]): void {
  const error = bagOf(body).error;
  if (typeof error === 'string') {
    reasons.push(error);
    return;
  }
  const { status, errors, details } = bagOf(error);
  if (typeof status === 'string') reasons.push(status);
  for (const entry of [...asList(errors), ...asList(details)]) {
    const { reason } = bagOf(entry);
    if (typeof reason === 'string') reasons.push(reason);
  }
}

/** A GaxiosError is named plainly "Error", but no other error carries its request's configuration. */
function readCauses(error: unknown): string[] {
  return [...('config' in bagOf(error) ? ['GaxiosError'] : []), ...causesOf(error)];
}

function readHeader(headers: unknown, name: string): string | null {
  if (headers !== null && typeof headers === 'object' && 'get' in headers) {
    return (headers as Headers).get(name);
  }
  const value = bagOf(headers)[name];
  return typeof value === 'string' ? value : null;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
