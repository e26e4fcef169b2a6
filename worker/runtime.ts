import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from '../platform/logger.ts';

/** Temporal's own log lines go into ours; call it once, before any connection is made. */
export function routeCoreLogs(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const line = { temporal: meta };
      if (level === 'ERROR') logger.error(line, message);
      else logger.warn(line, message);
    }),
    shutdownSignals: [],
  });
}
