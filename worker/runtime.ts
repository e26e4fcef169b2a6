import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from '../platform/logger.ts';

/** Temporal's own log lines go into ours, its figures where metrics-server.ts reads them. Call it once, before any connection is made. */
export function installRuntime(logger: Logger, sdkMetricsAddress: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const line = { temporal: meta };
      if (level === 'ERROR') logger.error(line, message);
      else logger.warn(line, message);
    }),
    shutdownSignals: [],
    ...(sdkMetricsAddress === undefined
      ? {}
      : {
          telemetryOptions: {
            metrics: {
              prometheus: { bindAddress: sdkMetricsAddress, useSecondsForDurations: true, unitSuffix: true },
            },
          },
        }),
  });
}
