/** Linear's errors: `code` as the documentation has it, and `type`, by which the SDK tells them apart. */
import { GraphQLError } from 'graphql';
import type { Answer } from '../../core/provider.ts';
import type { LinearSettings } from '../settings.ts';

const kinds = {
  input: { code: 'INPUT_ERROR', type: 'invalid input', statusCode: 400 },
  authentication: { code: 'AUTHENTICATION_ERROR', type: 'authentication error', statusCode: 401 },
  forbidden: { code: 'FORBIDDEN', type: 'forbidden', statusCode: 403 },
  ratelimited: { code: 'RATELIMITED', type: 'ratelimited', statusCode: 400 },
  validation: { code: 'GRAPHQL_VALIDATION_FAILED', type: 'graphql error', statusCode: 400 },
  internal: { code: 'INTERNAL_SERVER_ERROR', type: 'internal error', statusCode: 500 },
} as const;

export type ErrorKind = keyof typeof kinds;

export interface ErrorText {
  message: string;
  /** What the SDK shows to people; default: the message. */
  presentable?: string;
  meta?: Record<string, unknown>;
}

function extensionsOf(kind: ErrorKind, { message, presentable, meta }: ErrorText): Record<string, unknown> {
  return {
    ...kinds[kind],
    userError: kind !== 'internal',
    userPresentableMessage: presentable ?? message,
    ...(meta && { meta }),
  };
}

/** A refusal by a resolver. */
export class LinearError extends GraphQLError {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, text: ErrorText) {
    super(text.message, { extensions: extensionsOf(kind, text) });
    this.kind = kind;
  }
}

export function inputError(message: string, presentable?: string): LinearError {
  return new LinearError('input', { message, ...(presentable !== undefined && { presentable }) });
}

export function notFound(entity: string): LinearError {
  return inputError(`Entity not found: ${entity}`, `Could not find referenced ${entity}.`);
}

/** A whole answer that is an error, before or instead of execution. */
export function errorAnswer(
  kind: ErrorKind,
  text: ErrorText,
  status: number = kinds[kind].statusCode,
): Answer {
  return { status, body: { errors: [{ message: text.message, extensions: extensionsOf(kind, text) }] } };
}

/** Linear's body for an ordered status. */
export function answerForStatus(status: number, settings: LinearSettings): Answer {
  if (status === 401) return unauthenticated(settings);
  if (status === 403) return errorAnswer('forbidden', { message: 'Forbidden' }, status);
  if (status === 429) return errorAnswer('ratelimited', { message: 'Rate limit exceeded' }, status);
  if (status >= 500) return errorAnswer('internal', { message: 'Internal server error' }, status);
  return errorAnswer('input', { message: `The stand-in answers ${status}` }, status);
}

export function unauthenticated({ unauthenticatedBody }: LinearSettings): Answer {
  const message = 'Authentication required, not authenticated';
  const { statusCode: status, code } = kinds.authentication;
  if (unauthenticatedBody === 'none') return { status, body: { message } };
  if (unauthenticatedBody === 'code')
    return { status, body: { errors: [{ message, extensions: { code } }] } };
  return errorAnswer('authentication', {
    message,
    presentable: 'You need to authenticate to access this operation.',
  });
}
