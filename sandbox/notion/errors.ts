/** Notion's error bodies. Codes: developers.notion.com/reference/status-codes. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../core/provider.ts';

export class NotionError extends Error {
  readonly status: number;
  readonly code: string;
  readonly additionalData: Record<string, string | string[]> | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { additionalData?: Record<string, string | string[]>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'NotionError';
    this.status = status;
    this.code = code;
    this.additionalData = more.additionalData;
    this.headers = more.headers ?? {};
  }
}

export function validationError(message: string): NotionError {
  return new NotionError(400, 'validation_error', message);
}

/** Also for what exists and is not shared: Notion does not tell the two apart. */
export function objectNotFound(kind: string, id: string): NotionError {
  return new NotionError(
    404,
    'object_not_found',
    `Could not find ${kind} with ID: ${id}. Make sure the relevant pages and databases are shared with your connection.`,
  );
}

export function restrictedResource(message: string): NotionError {
  return new NotionError(403, 'restricted_resource', message);
}

export function answerNotionError(error: NotionError): Answer {
  const requestId = randomUUID();
  return {
    status: error.status,
    headers: { ...error.headers, 'x-notion-request-id': requestId },
    body: {
      object: 'error',
      status: error.status,
      code: error.code,
      message: error.message,
      ...(error.additionalData && { additional_data: error.additionalData }),
      request_id: requestId,
    },
  };
}

/** An OAuth refusal: in Notion's shape and, beside it, in that of RFC 6749 (`error`, which third parties report). */
export function oauthRefusal(status: number, code: string, message: string, error = code): Answer {
  const answer = answerNotionError(new NotionError(status, code, message));
  return { ...answer, body: { ...(answer.body as object), error, error_description: message } };
}

const ordered: Record<number, [code: string, message: string]> = {
  400: ['validation_error', 'The request body does not match the schema for the expected parameters.'],
  401: ['unauthorized', 'API token is invalid.'],
  403: ['restricted_resource', 'Insufficient permissions for this endpoint.'],
  404: ['object_not_found', 'Could not find the requested resource.'],
  409: ['conflict_error', 'Conflict occurred while saving. Please try again.'],
  429: ['rate_limited', 'You have been rate limited. Please try again in a few minutes.'],
  500: ['internal_server_error', 'Unexpected error occurred.'],
  502: ['bad_gateway', 'Bad gateway.'],
  503: ['service_unavailable', 'Public API service is temporarily unavailable, please try again later.'],
  504: ['gateway_timeout', 'The request timed out.'],
  529: ['service_overload', 'Notion is overloaded right now. Please try again later.'],
};

/** The error that an ordered status stands for. */
export function errorForStatus(status: number): NotionError {
  const [code, message] = ordered[status] ?? (status < 500 ? ordered[400] : ordered[500]) ?? ['', ''];
  if (status === 429) return rateLimited('public_api_request_rate_limit', 1);
  return new NotionError(status, code, message, status === 529 ? { headers: { 'Retry-After': '1' } } : {});
}

/** @param reason public_api_request_rate_limit (the connection) or public_api_space_request_rate_limit (the workspace) */
export function rateLimited(reason: string, retryAfterSeconds: number): NotionError {
  const text = String(Math.max(1, Math.ceil(retryAfterSeconds)));
  return new NotionError(
    429,
    'rate_limited',
    'You have been rate limited. Please try again in a few minutes.',
    {
      additionalData: { rate_limit_reason: reason, retry_after: text },
      headers: { 'Retry-After': text },
    },
  );
}
