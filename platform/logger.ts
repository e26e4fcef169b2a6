import { trace } from '@opentelemetry/api';
import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on stdout. Secrets must not reach it; the paths below are a second wall, not the first. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    serializers: { err: describeError },
    mixin: nameTrace,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'res.headers["set-cookie"]',
        '*.accessToken',
        '*.refreshToken',
        '*.apiKey',
        '*.code_verifier',
        '*.codeVerifier',
      ],
      censor: '[redacted]',
    },
  });
}

/** Where tracing is on, each line names the trace that it belongs to. */
function nameTrace(): { traceId?: string } {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return traceId === undefined ? {} : { traceId };
}

interface ErrorLine {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly at?: readonly string[];
  readonly cause?: ErrorLine;
}

/**
 * An error without what libraries hang on it: HTTP clients keep the request's headers, drizzle puts every parameter of
 * a failed query into its message, and Postgres repeats rows in `detail`.
 */
export function describeError(error: unknown): ErrorLine {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const code = (error as { code?: unknown }).code;
  const message = error.message.startsWith('Failed query:') ? 'Failed query' : error.message;
  const at = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return {
    type: error.name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(at === undefined ? {} : { at }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
