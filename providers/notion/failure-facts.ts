/** What a failed call to Notion tells, whoever threw: the SDK, fetch or an abort. */
import { type Bag, bagOf, causesOf } from '../contract/index.ts';

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

export function readFailure(error: unknown): FailureFacts {
  const causes = causesOf(error);
  const thrown = bagOf(error);
  if (typeof thrown.status !== 'number') return { causes };
  const body = parseBody(thrown.body);
  const additional = bagOf(thrown.additional_data ?? body.additional_data);
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
    return typeof body === 'string' ? bagOf(JSON.parse(body)) : bagOf(body);
  } catch {
    return {};
  }
}

function readHeader(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  return textOf(bagOf(headers)[name]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
