/** Google's three error bodies: OAuth's, Calendar's (https://developers.google.com/workspace/calendar/api/guides/errors) and the newer one that People sends. */
import type { Answer } from '../core/provider.ts';

/** Thrown by handlers, caught where a route is guarded. */
export class GoogleRefusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.name = 'GoogleRefusal';
    this.answer = answer;
  }
}

export type ApiStyle = 'calendar' | 'people';

/** {"error": "invalid_grant", "error_description": "…"} */
export function oauthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}

export function calendarError(
  status: number,
  reason: string,
  message: string,
  more: { domain?: string; locationType?: string; location?: string } = {},
): Answer {
  const { domain = 'global', ...where } = more;
  const errors = [{ domain, reason, message, ...where }];
  return { status, body: { error: { errors, code: status, message } } };
}

export function peopleError(
  status: number,
  name: string,
  message: string,
  more: { details?: object[]; reason?: string } = {},
): Answer {
  const errors =
    more.reason === undefined ? {} : { errors: [{ message, domain: 'global', reason: more.reason }] };
  const details = more.details === undefined ? {} : { details: more.details };
  return { status, body: { error: { code: status, message, ...errors, status: name, ...details } } };
}

/** google.rpc.ErrorInfo, which carries the reason in People's errors. */
export function errorInfo(reason: string, metadata: Record<string, string> = {}): object {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata: { service: 'people.googleapis.com', ...metadata },
  };
}

export const invalidArgument = (message: string): GoogleRefusal =>
  new GoogleRefusal(peopleError(400, 'INVALID_ARGUMENT', message, { reason: 'badRequest' }));

/** @param status unconfirmed, so a setting says it */
export const batchTooLarge = (status: number, message: string): GoogleRefusal =>
  new GoogleRefusal(
    peopleError(status, statusNames[status] ?? 'INVALID_ARGUMENT', message, { reason: 'badRequest' }),
  );

export const personNotFound = (): GoogleRefusal =>
  new GoogleRefusal(peopleError(404, 'NOT_FOUND', 'Requested entity was not found.', { reason: 'notFound' }));

export const calendarRefusal = (...error: Parameters<typeof calendarError>): GoogleRefusal =>
  new GoogleRefusal(calendarError(...error));

export const calendarNotFound = (): GoogleRefusal => calendarRefusal(404, 'notFound', 'Not Found');

export function unauthenticated(style: ApiStyle): Answer {
  const headers = {
    'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"',
  };
  if (style === 'calendar')
    return {
      ...calendarError(401, 'authError', 'Invalid Credentials', {
        locationType: 'header',
        location: 'Authorization',
      }),
      headers,
    };
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
  return { ...peopleError(401, 'UNAUTHENTICATED', message), headers };
}

export function insufficientScope(style: ApiStyle, message: string): Answer {
  const details = [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT')];
  if (style === 'people') {
    const text = 'Request had insufficient authentication scopes.';
    return peopleError(403, 'PERMISSION_DENIED', text, { details, reason: 'insufficientPermissions' });
  }
  const errors = [{ domain: 'global', reason: 'insufficientPermissions', message }];
  return { status: 403, body: { error: { errors, code: 403, message, details } } };
}

export function rateLimited(style: ApiStyle, retryAfterSeconds: number): Answer {
  const headers: Record<string, string> =
    retryAfterSeconds > 0 ? { 'Retry-After': String(retryAfterSeconds) } : {};
  if (style === 'calendar')
    return {
      ...calendarError(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', { domain: 'usageLimits' }),
      headers,
    };
  const message = 'Quota exceeded for quota metric and limit of service people.googleapis.com.';
  const details = [errorInfo('RATE_LIMIT_EXCEEDED')];
  return { ...peopleError(429, 'RESOURCE_EXHAUSTED', message, { details }), headers };
}

const calendarDefaults: Record<number, Parameters<typeof calendarError>> = {
  400: [400, 'badRequest', 'Bad Request'],
  403: [403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', { domain: 'usageLimits' }],
  404: [404, 'notFound', 'Not Found'],
  409: [409, 'duplicate', 'The requested identifier already exists.'],
  410: [
    410,
    'fullSyncRequired',
    'Sync token is no longer valid, a full sync is required.',
    { domain: 'calendar', locationType: 'parameter', location: 'syncToken' },
  ],
  412: [412, 'conditionNotMet', 'Precondition Failed', { locationType: 'header', location: 'If-Match' }],
  429: [429, 'rateLimitExceeded', 'Rate Limit Exceeded', { domain: 'usageLimits' }],
};

const statusNames: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** What Google answers with that status when nothing more is known: for ordered faults and unknown routes. */
export function defaultError(status: number, path: string): Answer {
  if (path === '/token' || path === '/revoke')
    return status >= 500
      ? oauthError(status, 'internal_failure', 'Backend Error')
      : oauthError(status, status === 401 ? 'invalid_client' : 'invalid_grant', 'Bad Request');
  const style: ApiStyle = path.startsWith('/calendar/') ? 'calendar' : 'people';
  if (status === 401) return unauthenticated(style);
  if (style === 'people') {
    if (status === 429) return rateLimited('people', 0);
    const name = statusNames[status] ?? 'UNKNOWN';
    return peopleError(status, name, status >= 500 ? 'Internal error encountered.' : 'Request failed.');
  }
  const known = calendarDefaults[status];
  if (known !== undefined) return calendarError(...known);
  return calendarError(status, 'backendError', 'Backend Error');
}

export const fullSyncRequired = (): GoogleRefusal => new GoogleRefusal(defaultError(410, '/calendar/'));
