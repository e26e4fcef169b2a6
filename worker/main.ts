/** The worker process: the composition root. It polls one queue for workflows and one per provider for activities. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { traceProviderRequests } from '../activities/trace-provider-requests.ts';
import { openDatabase } from '../db/client.ts';
import { createSealer } from '../db/sealing.ts';
import { readConfig } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { registerSearchAttributes } from '../platform/search-attributes.ts';
import { temporalConnectionOptions } from '../platform/temporal.ts';
import { startTracing } from '../platform/tracing.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { searchAttributes } from '../workflows/start-options.ts';
import { findProvider } from './find-provider.ts';
import { findSdkMetricsAddress, serveMetrics } from './metrics-server.ts';
import { ensureReconcileSchedule } from './reconcile-schedule.ts';
import { installRuntime } from './runtime.ts';
import { readGraceMs, readMetricsSettings, readRetention } from './settings.ts';
import { startWorkers } from './workers.ts';
import { prepareWorkflowBundle } from './workflow-bundle.ts';

const config = readConfig(process.env);
const logger = createLogger('worker', config.logLevel);
const metrics = readMetricsSettings(process.env);
const tracing = await startTracing('harmony-worker', process.env);
if (tracing !== undefined) traceProviderRequests();
const sdkAddress = metrics === undefined ? undefined : await findSdkMetricsAddress();
installRuntime(logger, sdkAddress);
if (metrics !== undefined && sdkAddress !== undefined) serveMetrics({ ...metrics, sdkAddress, logger });

const connectionOptions = temporalConnectionOptions(process.env);
const [workflowBundle, nativeConnection] = await Promise.all([
  prepareWorkflowBundle({ traced: tracing !== undefined }),
  NativeConnection.connect(connectionOptions),
]);
const database = openDatabase({ url: config.databaseUrl, poolSize: 20, name: 'harmony-worker' });
const temporal = new Client({
  connection: Connection.lazy(connectionOptions),
  namespace: config.temporalNamespace,
});
// Where the server takes them in its own console only (Temporal Cloud), they are there already or operators miss them.
const attributeNames = Object.values(searchAttributes).map(({ name }) => name);
await registerSearchAttributes(temporal.connection, config.temporalNamespace, attributeNames).catch(
  (err: unknown) => logger.warn({ err }, 'search attributes could not be registered'),
);

const activities = createActivities({
  db: database.db,
  sealer: createSealer(config.encryptionKeys),
  logger,
  provider: findProvider(readProviderEnvironments(process.env)),
  publicUrl: config.publicUrl,
  retention: readRetention(process.env),
  graceMs: readGraceMs(process.env),
  temporal,
});
const workers = await startWorkers({
  connection: nativeConnection,
  namespace: config.temporalNamespace,
  workflowBundle,
  activities,
  tracing,
});
await ensureReconcileSchedule(temporal);

let stopping = false;
const stop = (reason: string): void => {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, 'worker stopping');
  workers.shutdown();
};
process.once('SIGTERM', () => stop('SIGTERM'));
process.once('SIGINT', () => stop('SIGINT'));
process.once('disconnect', () => stop('the supervisor is gone'));

process.send?.('ready');
logger.info('worker ready');
await workers.run;
await Promise.all([database.close(), temporal.connection.close(), nativeConnection.close(), tracing?.stop()]);
if (process.connected) process.disconnect();
