/** Why a call to a provider failed, in words that do not depend on the provider. */
export type ProviderErrorKind =
  /** The grant is gone (invalid_grant, revoked): only the person can mend it by signing in again. */
  | 'auth_revoked'
  /** The access token was refused though the grant may live: refresh once, then try again. */
  | 'token_rejected'
  /** A scope or capability that the person did not grant. */
  | 'forbidden'
  | 'not_found'
  /** A limit was hit; `retryAfterMs` is the provider's own hint where it gave one. */
  | 'rate_limited'
  /** The provider refuses this app's calls until somebody there mends that: waiting and retrying are useless. */
  | 'blocked'
  /** 5xx, a timeout or a broken connection: the same call may work later. */
  | 'transient'
  /** The cursor no longer works: list everything again. */
  | 'cursor_expired'
  /** The record changed since it was read (stale etag): read again and plan again. */
  | 'stale_version'
  /** Another one has the name or id already. */
  | 'already_exists'
  /** The provider says that the request is wrong; retrying it is useless. */
  | 'invalid_request'
  /** The answer does not look as the adapter expects. */
  | 'schema_drift';

export interface ProviderErrorOptions {
  readonly kind: ProviderErrorKind;
  /** One sentence without tokens, codes or record contents; it may reach a person. */
  readonly message: string;
  readonly httpStatus?: number;
  /** Milliseconds, from the provider's own hint. */
  readonly retryAfterMs?: number;
  /** Whose limit was hit, with kind `rate_limited`: that of this grant (the default), or of the whole account. */
  readonly limitOf?: 'grant' | 'account';
  /** The scope or capability that is missing, with kind `forbidden`. */
  readonly missing?: string;
  /** On a failed write: the provider may have carried it out, although its answer is lost or says nothing. */
  readonly outcomeUnknown?: boolean;
  readonly cause?: unknown;
}

/** The one error type that adapters let out; made by `classify`. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly limitOf: 'grant' | 'account';
  readonly missing: string | undefined;
  readonly outcomeUnknown: boolean;

  constructor(options: ProviderErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProviderError';
    this.kind = options.kind;
    this.httpStatus = options.httpStatus;
    this.retryAfterMs = options.retryAfterMs;
    this.limitOf = options.limitOf ?? 'grant';
    this.missing = options.missing;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** Seconds or an HTTP date, as Retry-After has it, to milliseconds from `nowMs`; undefined when absent or unreadable. */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
