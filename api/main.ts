/** The API process: composes its parts, listens, and stops without cutting answers off. */
import { openDatabase } from '../db/client.ts';
import { createSealer } from '../db/sealing.ts';
import { isWallBuilt, tenantRole } from '../db/tenant-wall.ts';
import { readConfig } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { temporalConnectionOptions } from '../platform/temporal.ts';
import { startTracing } from '../platform/tracing.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { adapters } from '../providers/registry.ts';
import { createApp } from './app.ts';
import { createArbiterClient } from './arbiter-client.ts';
import { createEventsHub } from './events-hub.ts';
import { createHttpServer, listenBacklog } from './http-server.ts';
import { createMetrics } from './middleware/metrics.ts';
import { routes } from './routes/index.ts';
import { readApiSettings } from './settings.ts';

/** Requests that still run after this long are cut off; event streams at once. */
const stopTimeoutMs = 5_000;
const poolSize = 20;

const config = readConfig(process.env);
const settings = readApiSettings(process.env);
const logger = createLogger('api', config.logLevel);
const tracing = await startTracing('harmony-api', process.env);
const database = openDatabase({ url: config.databaseUrl, poolSize, name: 'harmony-api' });
const arbiter = createArbiterClient({
  connection: temporalConnectionOptions(process.env),
  namespace: config.temporalNamespace,
  ...(tracing === undefined ? {} : { interceptors: tracing.clientInterceptors }),
});
let wallMissing = false;
isWallBuilt(database.sql).then(
  (built) => {
    wallMissing = !built;
    if (wallMissing)
      logger.warn(
        `The role ${tenantRole} is missing: rows are kept apart by queries alone. See docs/operating.md.`,
      );
  },
  (err: unknown) => logger.warn({ err }, 'the database did not answer'),
);
const events = createEventsHub(database.sql, logger);
const server = createHttpServer(
  createApp(
    {
      config,
      settings,
      logger,
      db: database.db,
      within: (scope) => (wallMissing ? database.db : database.within(scope)),
      sealer: createSealer(config.encryptionKeys),
      catalogue: { adapters, environments: readProviderEnvironments(process.env) },
      arbiter,
      events,
      metrics: createMetrics(database.db, logger),
      isTraced: tracing !== undefined,
    },
    routes,
  ),
);

server.on('error', (error: NodeJS.ErrnoException) => {
  logger.fatal({ err: error }, `Can't listen on ${settings.host}:${config.port}: ${error.message}`);
  process.exit(1);
});
server.listen({ port: config.port, host: settings.host, backlog: listenBacklog }, () => {
  logger.info({ host: settings.host, port: config.port }, 'api ready');
  process.send?.('ready');
});

let stopping = false;
async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, 'api stopping');
  const cutOff = setTimeout(() => server.closeAllConnections(), stopTimeoutMs);
  const closed = new Promise((resolve) => server.close(resolve));
  events.endStreams();
  server.closeIdleConnections();
  await closed;
  clearTimeout(cutOff);
  await events.close().catch(() => undefined);
  await Promise.allSettled([arbiter.close(), database.close(), tracing?.stop()]);
  process.exit(0);
}
process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));
// Started by `npm start`: without it nobody would end us.
process.on('disconnect', () => void stop('parent is gone'));
