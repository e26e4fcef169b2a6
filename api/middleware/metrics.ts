import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly observeRequests: RequestHandler;
}

/** Durations by route pattern (never by path: ids would make a series each), and the process's own figures. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time until the answer was sent, by route and status. Webhooks are under /webhooks/{provider}.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  });
  return {
    registry,
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
