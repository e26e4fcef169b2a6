/** The worker's figures on a port of its own: what it counts, the process, and Temporal's SDK. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import { activityMetrics, countProviderRequests } from '../activities/metrics.ts';
import type { Logger } from '../platform/logger.ts';

/** A free port on which Temporal's SDK serves its own figures, to this process alone. */
export async function findSdkMetricsAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly sdkAddress: string;
  readonly logger: Logger;
}

/** Serves /metrics. A taken port is logged and no reason to stop: syncing goes on unseen. */
export function serveMetrics({ host, port, sdkAddress, logger }: MetricsServerOptions): Server {
  countProviderRequests();
  collectDefaultMetrics({ register: activityMetrics });
  const server = createServer((req, res) => {
    if (req.url?.split('?')[0] !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    Promise.all([activityMetrics.metrics(), readSdkMetrics(sdkAddress)]).then(
      ([own, sdk]) => res.writeHead(200, { 'Content-Type': activityMetrics.contentType }).end(`${own}${sdk}`),
      (err: unknown) => {
        logger.error({ err }, 'metrics could not be gathered');
        res.writeHead(500).end();
      },
    );
  });
  server.on('error', (err) => logger.error({ err, host, port }, 'metrics are not served'));
  server.listen(port, host);
  server.unref();
  return server;
}

/** '' while the SDK has nothing yet. */
async function readSdkMetrics(address: string): Promise<string> {
  try {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}
