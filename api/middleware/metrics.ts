import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Database } from '../../db/client.ts';
import type { Logger } from '../../platform/logger.ts';
import { registerPlatformMetrics } from '../platform-metrics.ts';

export interface Metrics {
  /** Everything, as of now. */
  expose(): Promise<string>;
  readonly contentType: string;
  readonly observeRequests: RequestHandler;
}

/** Durations by route pattern (never by path: ids would make a series each), the process's figures, and all integrations'. */
export function createMetrics(db: Database, logger: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const refresh = registerPlatformMetrics(registry, db, logger);
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time until the answer was sent, by route and status. Webhooks are under /webhooks/{provider}.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    async expose() {
      await refresh();
      return registry.metrics();
    },
    observeRequests: (req, res, next) => {
      const end = duration.startTimer();
      res.once('close', () => {
        const route = typeof res.locals.route === 'string' ? res.locals.route : 'other';
        end({ method: req.method, route, status: String(res.statusCode) });
      });
      next();
    },
  };
}
