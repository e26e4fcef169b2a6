/** What a failed call to Notion tells, whoever threw: the SDK, fetch or an abort. */

export interface FailureFacts {
  /** Absent where no answer came. */
  readonly httpStatus?: number;
  readonly retryAfter?: string | undefined;
  /** Notion's error code; OAuth's `error` where the body has only that. */
  readonly code?: string | undefined;
  /** `additional_data.rate_limit_reason`. */
  readonly limitReason?: string | undefined;
  /** Names and codes along the chain of causes: TimeoutError, ECONNRESET. */
  readonly causes: readonly string[];
}

type Bag = Readonly<Record<string, unknown>>;

export function readFailure(error: unknown): FailureFacts {
  const causes = readCauses(error);
  const thrown = asBag(error);
  if (typeof thrown.status !== 'number') return { causes };
  const body = parseBody(thrown.body);
  const additional = asBag(thrown.additional_data ?? body.additional_data);
  return {
    httpStatus: thrown.status,
    retryAfter: readHeader(thrown.headers, 'retry-after') ?? textOf(additional.retry_after),
    // The SDK does not know OAuth's codes: it puts a code of its own, and the body tells.
    code: textOf(body.code) ?? textOf(body.error) ?? textOf(thrown.code),
    limitReason: textOf(additional.rate_limit_reason),
    causes,
  };
}

function parseBody(body: unknown): Bag {
  try {
    return typeof body === 'string' ? asBag(JSON.parse(body)) : asBag(body);
  } catch {
    return {};
  }
}

function readCauses(error: unknown): string[] {
  const causes: string[] = [];
  let current = asBag(error);
  for (let depth = 0; depth < 5; depth++) {
    if (typeof current.name === 'string') causes.push(current.name);
    if (typeof current.code === 'string') causes.push(current.code);
    if (typeof current.cause !== 'object' || current.cause === null) break;
    current = asBag(current.cause);
  }
  return causes;
}

function readHeader(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  return textOf(asBag(headers)[name]);
}

function asBag(value: unknown): Bag {
  return value !== null && typeof value === 'object' ? (value as Bag) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
