import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on stdout. Secrets must not reach it; the paths below are a second wall, not the first. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'res.headers["set-cookie"]',
        '*.accessToken',
        '*.refreshToken',
        '*.apiKey',
        '*.code',
        '*.codeVerifier',
      ],
      censor: '[redacted]',
    },
  });
}
