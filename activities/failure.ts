/** The only place that builds an ApplicationFailure: provider-neutral kinds to types that workflows switch on. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FencedOffError } from '../db/queries/fence.ts';
import { ProviderError, type ProviderErrorKind } from '../providers/contract/index.ts';

/** Permanent: histories carry them. */
export type FailureType =
  | 'ReauthRequired'
  | 'MissingScope'
  /** Reading goes on; what is to be written waits. */
  | 'WriteRefused'
  | 'RateLimited'
  | 'ProviderBlocked'
  | 'ProviderUnavailable'
  | 'NotFound'
  | 'CursorExpired'
  | 'StaleVersion'
  | 'InvalidRequest'
  | 'SchemaDrift'
  | 'FencedOff'
  | 'IntegrationGone';

const typesByKind: Record<ProviderErrorKind, { type: FailureType; retryable: boolean }> = {
  auth_revoked: { type: 'ReauthRequired', retryable: false },
  token_rejected: { type: 'ProviderUnavailable', retryable: true },
  forbidden: { type: 'MissingScope', retryable: false },
  not_found: { type: 'NotFound', retryable: false },
  blocked: { type: 'ProviderBlocked', retryable: false },
  rate_limited: { type: 'RateLimited', retryable: true },
  transient: { type: 'ProviderUnavailable', retryable: true },
  cursor_expired: { type: 'CursorExpired', retryable: true },
  stale_version: { type: 'StaleVersion', retryable: false },
  already_exists: { type: 'InvalidRequest', retryable: false },
  invalid_request: { type: 'InvalidRequest', retryable: false },
  schema_drift: { type: 'SchemaDrift', retryable: false },
};

/** A provider's refusal, with the version of the credential that it refused: a newer one may have been stored since. */
export class CredentialRefused extends ProviderError {
  readonly credentialVersion: number;

  constructor(refusal: ProviderError, credentialVersion: number) {
    const { kind, message, limitOf, outcomeUnknown, httpStatus, retryAfterMs, missing } = refusal;
    super({
      ...{ kind, message, limitOf, outcomeUnknown, cause: refusal.cause ?? refusal },
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(missing === undefined ? {} : { missing }),
    });
    this.credentialVersion = credentialVersion;
  }
}

/** Notes the credential with a failure that only another sign-in can mend. */
export const withCredential = (failure: ProviderError, credentialVersion: number): ProviderError =>
  failure.kind === 'auth_revoked' || failure.kind === 'forbidden'
    ? new CredentialRefused(failure, credentialVersion)
    : failure;

/** Details that a failure carries besides its type and message; plain, and free of records. */
export interface FailureDetails {
  readonly missing?: string;
  readonly httpStatus?: number;
  /** Of the credential that was refused. */
  readonly credentialVersion?: number;
}

/**
 * Any error to what Temporal should do with it. A provider's own hint becomes the next retry's delay. Messages come
 * from ProviderError and hold no token and no record; unknown errors pass on their class alone.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof FencedOffError) {
    return ApplicationFailure.create({ type: 'FencedOff', message: error.message, nonRetryable: true });
  }
  if (error instanceof ProviderError) {
    const { type, retryable } = typesByKind[error.kind];
    const details: FailureDetails = {
      ...(error.missing === undefined ? {} : { missing: error.missing }),
      ...(error.httpStatus === undefined ? {} : { httpStatus: error.httpStatus }),
      ...(error instanceof CredentialRefused ? { credentialVersion: error.credentialVersion } : {}),
    };
    return ApplicationFailure.create({
      type,
      message: error.message,
      nonRetryable: !retryable,
      details: [details],
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
  return ApplicationFailure.create({
    type: 'Internal',
    message: `Unexpected ${error instanceof Error ? error.name : 'error'}; the worker's log has it.`,
    nonRetryable: false,
  });
}

/** The type (and what is missing) of an error that is explained to a person at once instead of being thrown. */
export function failureType(error: unknown): { type: string; missing?: string } {
  const failure = toFailure(error);
  if (!(failure instanceof ApplicationFailure)) return { type: 'Internal' };
  const details = failure.details?.[0] as FailureDetails | undefined;
  return {
    type: failure.type ?? 'Internal',
    ...(details?.missing === undefined ? {} : { missing: details.missing }),
  };
}

/** The integration (or its credential) is no longer there: the operation ends without a word to anybody. */
export function integrationGone(integrationId: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'IntegrationGone',
    message: `${integrationId} is gone or being deleted.`,
    nonRetryable: true,
  });
}

/** No tokens are stored: nobody has signed in yet, or not successfully. */
export function signInRequired(integrationId: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'ReauthRequired',
    message: `${integrationId} has no credential: sign in again.`,
    nonRetryable: true,
    details: [{ credentialVersion: 0 } satisfies FailureDetails],
  });
}
