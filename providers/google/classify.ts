/** Anything thrown by a call to Google, as the provider-neutral error. */
import { describeCause, ProviderError, type ProviderErrorKind, parseRetryAfter } from '../contract/index.ts';
import { type FailureFacts, readFailure } from './failure-facts.ts';

export interface GoogleCall {
  /** The scope that the call needs: named as missing when Google finds too few. */
  readonly scope?: string;
  /** A listing that goes on from a cursor, with the parameters of its first call. */
  readonly withCursor?: boolean;
  /** The call changes something, so that a lost answer leaves its outcome unknown. */
  readonly write?: boolean;
  /** The token endpoint's 401 is about this app, not about an access token. */
  readonly tokenEndpoint?: boolean;
}

const rateReasons = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]);
const scopeReasons = new Set([
  'insufficientPermissions',
  'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  'insufficient_scope',
]);
const bareReasons = new Set(['PERMISSION_DENIED', 'forbidden']);
const apiOffReasons = new Set(['accessNotConfigured', 'SERVICE_DISABLED']);
const deadCursorReasons = new Set(['fullSyncRequired', 'updatedMinTooLongAgo', 'EXPIRED_SYNC_TOKEN']);
const preconditionReasons = new Set(['failedPrecondition', 'FAILED_PRECONDITION', 'conditionNotMet']);
const appReasons = new Set(['invalid_client', 'unauthorized_client', 'deleted_client', 'disabled_client']);
const policyReasons = new Set(['admin_policy_enforced', 'access_denied', 'org_internal']);
// ABORTED comes with 409: another change of the same account ran at the same time.
const laterReasons = new Set(['temporarily_unavailable', 'server_error', 'internal_failure', 'ABORTED']);

interface Verdict {
  readonly kind: ProviderErrorKind;
  readonly message: string;
  readonly missing?: string;
}

export function classifyGoogleError(error: unknown, call: GoogleCall = {}): ProviderError {
  if (error instanceof ProviderError) return error;
  const facts = readFailure(error);
  const verdict = facts.httpStatus === undefined ? judgeNoAnswer(facts) : judgeAnswer(facts, call);
  const retryAfterMs = parseRetryAfter(facts.retryAfter, Date.now());
  return new ProviderError({
    ...verdict,
    ...(facts.httpStatus === undefined ? {} : { httpStatus: facts.httpStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    outcomeUnknown: call.write === true && !wasRefused(facts),
    cause: describeCause(error, { ...facts, words: facts.reasons }),
  });
}

/** Only a 4xx answer, or a request that never left, proves that nothing was carried out. */
function wasRefused({ httpStatus, causes }: FailureFacts): boolean {
  if (httpStatus !== undefined) return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
  return !causes.includes('GaxiosError') || causes.some((name) => unsentCodes.test(name));
}

const unsentCodes =
  /^(E(CONNREFUSED|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

function judgeAnswer(facts: FailureFacts, call: GoogleCall): Verdict {
  const status = facts.httpStatus ?? 0;
  const says = (words: ReadonlySet<string>) => facts.reasons.some((reason) => words.has(reason));
  if (status >= 500 || status === 408 || says(laterReasons)) {
    return { kind: 'transient', message: `Google could not answer just now (HTTP ${status}).` };
  }
  if (status === 429 || (status === 403 && says(rateReasons))) {
    return { kind: 'rate_limited', message: 'Google asks for fewer calls for a while.' };
  }
  if (facts.reasons.includes('invalid_grant')) {
    return {
      kind: 'auth_revoked',
      message: 'Google no longer accepts this sign-in: it ended or was revoked.',
    };
  }
  if (says(appReasons) || (status === 401 && call.tokenEndpoint === true)) {
    return { kind: 'invalid_request', message: "Google refuses this app's client id or secret." };
  }
  if (status === 403 || says(scopeReasons) || says(policyReasons)) return judgeForbidden(facts, call);
  if (status === 401) return { kind: 'token_rejected', message: 'Google refused the access token.' };
  if (status === 404) return { kind: 'not_found', message: 'Google has no such record.' };
  if (status === 410 && facts.reasons.includes('deleted')) {
    return { kind: 'not_found', message: 'Google has deleted the record.' };
  }
  if (isDeadCursor(facts, says(deadCursorReasons), call)) {
    return {
      kind: 'cursor_expired',
      message: 'Google asks for a complete listing: the sync token is too old.',
    };
  }
  if (status === 412 || says(preconditionReasons)) {
    return { kind: 'stale_version', message: 'The record changed at Google since it was read.' };
  }
  if (status === 409) {
    return { kind: 'already_exists', message: 'Google has another one of that name or id already.' };
  }
  if (status >= 200 && status < 300) return unexpectedShape;
  return { kind: 'invalid_request', message: `Google refused the request (HTTP ${status}).` };
}

/** Only scopes and policies are the person's to mend, by signing in again; a bare refusal may be about them. */
function judgeForbidden({ reasons }: FailureFacts, call: GoogleCall): Verdict {
  const says = (words: ReadonlySet<string>) => reasons.some((reason) => words.has(reason));
  const isOfScope = says(scopeReasons);
  if (!isOfScope && says(policyReasons)) {
    return { kind: 'forbidden', message: 'An administrator does not allow this app at Google.' };
  }
  if (isOfScope || (reasons.includes('PERMISSION_DENIED') && reasons.every((one) => bareReasons.has(one)))) {
    const missing = isOfScope && call.scope !== undefined ? { missing: call.scope } : {};
    return { kind: 'forbidden', message: 'The granted permissions at Google do not cover this.', ...missing };
  }
  if (says(apiOffReasons)) {
    return {
      kind: 'blocked',
      message:
        "The API is not enabled in this app's Google Cloud project: whoever runs Harmony enables it there, under APIs & Services.",
    };
  }
  return {
    kind: 'blocked',
    message:
      'Google refuses these calls (HTTP 403) for a reason that no sign-in mends: whoever runs Harmony looks for it in the Google Cloud project of this app.',
  };
}

/**
 * A People listing may say only "failed precondition", or "invalid argument", for a token that it no longer takes. The
 * rest of such a call was accepted before, so a 400 can only be about the token; on a write it is about the record.
 */
function isDeadCursor(facts: FailureFacts, saysSo: boolean, call: GoogleCall): boolean {
  if (saysSo || facts.httpStatus === 410) return true;
  return call.withCursor === true && facts.httpStatus === 400;
}

const unexpectedShape: Verdict = {
  kind: 'schema_drift',
  message: 'Google answered in a form that Harmony does not know.',
};

function judgeNoAnswer(facts: FailureFacts): Verdict {
  const { causes } = facts;
  if (causes.includes('TimeoutError')) {
    return { kind: 'transient', message: 'Google did not answer in time.' };
  }
  if (causes.includes('AbortError'))
    return { kind: 'transient', message: 'The call to Google was cancelled.' };
  if (causes.some((name) => networkCodes.test(name)) || causes.includes('GaxiosError')) {
    return { kind: 'transient', message: 'The connection to Google failed.' };
  }
  return unexpectedShape;
}

const networkCodes =
  /^(E(CONN|PIPE|HOST|NET|NOTFOUND|AI_AGAIN|TIMEDOUT|PROTO|ADDR)|UND_ERR_|HPE_|CERT_|ERR_(TLS|SSL|STREAM_PREMATURE|SOCKET))|^FetchError$|^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
