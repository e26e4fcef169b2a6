/** What a failed call to Google tells, whichever library threw it: gaxios, oauth4webapi, fetch or an abort. */

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

type Bag = Readonly<Record<string, unknown>>;

export function readFailure(error: unknown): FailureFacts {
  const thrown = asBag(error);
  const cause = asBag(thrown.cause);
  // gaxios puts the answer in `response`; oauth4webapi in `response` too, or in `cause` where the form is not OAuth's.
  const response = asBag(typeof thrown.response === 'object' ? thrown.response : cause.status && cause);
  const httpStatus = numberOr(response.status) ?? numberOr(thrown.status);
  const reasons: string[] = [];
  readBody(response.data ?? thrown.cause, reasons);
  if (typeof thrown.error === 'string') reasons.push(thrown.error);
  for (const challenge of asList(thrown.cause)) {
    const word = asBag(asBag(challenge).parameters).error;
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
  const error = asBag(body).error;
  if (typeof error === 'string') {
    reasons.push(error);
    return;
  }
  const { status, errors, details } = asBag(error);
  if (typeof status === 'string') reasons.push(status);
  for (const entry of [...asList(errors), ...asList(details)]) {
    const { reason } = asBag(entry);
    if (typeof reason === 'string') reasons.push(reason);
  }
}

function readCauses(error: unknown): string[] {
  const causes: string[] = [];
  let current = asBag(error);
  // A GaxiosError is named plainly "Error", but no other error carries its request's configuration.
  if ('config' in current) causes.push('GaxiosError');
  for (let depth = 0; depth < 5; depth++) {
    if (typeof current.name === 'string') causes.push(current.name);
    if (typeof current.code === 'string') causes.push(current.code);
    if (typeof current.cause !== 'object' || current.cause === null) break;
    current = asBag(current.cause);
  }
  return causes;
}

function readHeader(headers: unknown, name: string): string | null {
  if (headers !== null && typeof headers === 'object' && 'get' in headers) {
    return (headers as Headers).get(name);
  }
  const value = asBag(headers)[name];
  return typeof value === 'string' ? value : null;
}

function asBag(value: unknown): Bag {
  return value !== null && typeof value === 'object' ? (value as Bag) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
