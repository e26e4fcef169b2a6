/** Errors that a caller may see: thrown anywhere in the API, answered as RFC 9457 by middleware/answer-problem.ts. */
import type { Problem, ProblemCode } from './contract/problem.ts';

const titles: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  account_in_use: [409, 'This account is connected already'],
  api_key_refused: [422, 'The provider refused the API key'],
  assignee_unmapped: [422, 'The assignee is not known at the provider'],
  api_key_required: [400, 'An API key is missing'],
  auth_kind_unsupported: [422, 'The provider has no such way to sign in'],
  changes_expired: [410, 'The change feed no longer reaches back so far'],
  conflict: [409, 'The request does not fit the present state'],
  cross_site_request: [403, 'The request came from another site'],
  headers_too_large: [431, 'Address and headers are too long'],
  idempotency_in_progress: [409, 'The same request is still being answered'],
  idempotency_key_reused: [422, 'The Idempotency-Key belongs to another request'],
  integration_deleting: [409, 'The integration is being deleted'],
  internal_error: [500, 'Something went wrong on our side'],
  invalid_cursor: [400, 'The cursor is not one of ours'],
  invalid_request: [400, 'The request is not valid'],
  link_invalid: [400, 'The sign-in link no longer works'],
  malformed_json: [400, 'The body is not valid JSON'],
  mapping_invalid: [422, 'These mappings can not work'],
  missing_scope: [403, 'A permission at the provider is missing'],
  method_not_allowed: [405, 'The method is not allowed here'],
  not_acceptable: [406, 'No such representation'],
  not_connected: [409, 'The integration is not connected'],
  not_found: [404, 'Not found'],
  not_supported: [422, 'The provider does not support this'],
  payload_too_large: [413, 'The body is too large'],
  plan_stale: [409, 'The plan is no longer true'],
  precondition_failed: [412, 'It has changed meanwhile'],
  push_refused: [401, 'The push was refused'],
  rate_limited: [429, 'Too many requests'],
  reauth_required: [409, 'The integration has to be signed in again'],
  too_many_streams: [429, 'Too many event streams are open'],
  unauthorized: [401, 'Authentication is required'],
  unsupported_media_type: [415, 'The content type is not supported'],
  upstream_unavailable: [503, 'A part of Harmony is not available'],
  user_required: [400, 'The request needs a user'],
  write_refused: [422, 'The provider did not take it'],
  workspace_key_required: [403, 'Only a workspace key may do this'],
};

export interface ProblemOptions {
  /** What is wrong in this request; a sentence without secrets. */
  readonly detail: string;
  /** What to do next. */
  readonly remedy?: string;
  readonly errors?: Problem['errors'];
  /** Where it differs from the code's usual one. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.status = options.status ?? titles[code][0];
    this.headers = options.headers ?? {};
    this.options = options;
  }

  toBody(): Problem {
    const { detail, remedy, errors } = this.options;
    return {
      type: `urn:harmony:problem:${this.code}`,
      title: titles[this.code][1],
      status: this.status,
      detail,
      code: this.code,
      ...(errors === undefined ? {} : { errors }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
}

/** The answer for an id that is unknown, deleted or somebody else's: nobody can tell which. */
export function notFound(what: string, remedy = 'Check the id; it may have been deleted.'): ProblemError {
  return new ProblemError('not_found', { detail: `There is no such ${what}.`, remedy });
}

/** Archived counts as gone, except that its owner is told how it comes back. */
export function contactArchived(id: string): ProblemError {
  return notFound('contact', `It is archived: POST /v1/contacts/${id}/restore brings it back.`);
}

export const retryAfterSeconds = 5;
/** A person has to do something first. */
const fullRetryAfterSeconds = 30;

/** Postgres answers and takes nothing in. */
export function databaseFull(cause: unknown): ProblemError {
  return new ProblemError('upstream_unavailable', {
    detail:
      'The database takes nothing in at the moment: its disk is full or it is read-only. Nothing is lost, and what is stored can still be read.',
    remedy:
      'Whoever runs Harmony frees space or lets the database write again; then everything goes on by itself. The same Idempotency-Key makes sure that nothing happens twice.',
    headers: { 'Retry-After': String(fullRetryAfterSeconds) },
    cause,
  });
}

/** Postgres or Temporal did not answer. */
export function unavailable(part: 'database' | 'workflow engine', cause: unknown): ProblemError {
  return new ProblemError('upstream_unavailable', {
    detail: `The ${part} does not answer at the moment. Nothing is lost.`,
    remedy: 'Try again in a few seconds; with the same Idempotency-Key nothing happens twice.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
    cause,
  });
}
