/** The last middleware: whatever was thrown becomes a problem answer; what was not expected is logged and not shown. */
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { causesOf } from '../../db/causes.ts';
import type { Logger } from '../../platform/logger.ts';
import { databaseFull, notFound, ProblemError, unavailable } from '../problem.ts';

export function answerProblem(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error, req, res, _next) => {
    const problem = toProblem(error);
    const requestId = readRequestId(req);
    if (problem.status >= 500)
      logger.error({ err: error, requestId, route: res.locals.route }, problem.message);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
    res
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem.toBody(), ...(requestId === undefined ? {} : { requestId }) }));
  };
}

export const answerUnknownRoute: RequestHandler = (req) => {
  throw notFound(`route: ${req.method} ${req.path}`, 'Take one of those that GET /docs lists.');
};

export function refuseMethod(allowed: readonly string[]): RequestHandler {
  const allow = allowed.map((method) => method.toUpperCase()).join(', ');
  return (req) => {
    throw new ProblemError('method_not_allowed', {
      detail: `${req.method} is not allowed here.`,
      remedy: `Use one of: ${allow}.`,
      headers: { Allow: allow },
    });
  };
}

function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasCode(error, databaseAwayCodes)) return unavailable('database', error);
  if (isDatabaseFull(error)) return databaseFull(error);
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (type === 'entity.parse.failed') {
    return new ProblemError('malformed_json', { detail: 'The body is not a JSON object.', cause: error });
  }
  if (type === 'entity.too.large') {
    return new ProblemError('payload_too_large', {
      detail: 'The body is larger than this route takes.',
      cause: error,
    });
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new ProblemError('unsupported_media_type', {
      detail: 'The body has an encoding that is not supported.',
      cause: error,
    });
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemError('invalid_request', { detail: 'The request can not be read.', cause: error });
  }
  return new ProblemError('internal_error', {
    detail: 'The request failed for a reason that is not yours.',
    remedy: 'Try again; if it stays, give the requestId to whoever runs Harmony.',
    cause: error,
  });
}

/** Of postgres.js, of the network, and of a server that starts, stops or is full. */
const databaseAwayCodes = new Set([
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
  ...['57P01', '57P02', '57P03', '53300', '08006', '08003'],
]);

/** It answers but takes nothing in: no space, an error of its disk, no memory, or switched to read-only. */
const databaseFullCodes = new Set(['53100', '53200', '58030', '25006']);

export const isDatabaseFull = (error: unknown): boolean => hasCode(error, databaseFullCodes);

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  for (const cause of causesOf(error)) {
    if (typeof cause.code === 'string' && codes.has(cause.code)) return true;
    if (cause instanceof AggregateError && cause.errors.some((one) => hasCode(one, codes))) return true;
  }
  return false;
}

/** Set by pino-http (app.ts). */
const readRequestId = (req: object): string | undefined => {
  const { id } = req as { id?: unknown };
  return typeof id === 'string' ? id : undefined;
};
