// The search attributes by which operators find our workflows, and the step that registers them on any server.
import { Connection } from '@temporalio/client';
import { registerSearchAttributes } from '../platform/search-attributes.ts';
import { temporalConnectionOptions } from '../platform/temporal.ts';
import { searchAttributes } from '../workflows/start-options.ts';

/** Keywords, all of them. */
export const searchAttributeNames = Object.values(searchAttributes).map(({ name }) => name);

/** TEMPORAL_ADDRESS and its kin, as in @temporalio/envconfig. */
export type TemporalEnvironment = Record<string, string | undefined>;

const connectTimeoutMs = 5_000;

/**
 * Registers those that are missing; does nothing when all are there.
 * @throws Error from the server when it cannot be reached or does not allow it. Temporal Cloud does not allow it by
 *   this way: there they are added once in its own console.
 */
export const ensureSearchAttributes = async (env: TemporalEnvironment): Promise<void> => {
  const namespace = env.TEMPORAL_NAMESPACE ?? 'default';
  const connection = await Connection.connect({
    ...temporalConnectionOptions(env),
    connectTimeout: connectTimeoutMs,
  });
  try {
    await registerSearchAttributes(connection, namespace, searchAttributeNames);
  } finally {
    await connection.close();
  }
};

if (import.meta.main) {
  await ensureSearchAttributes(process.env);
  console.log(`Search attributes are registered: ${searchAttributeNames.join(', ')}`);
}
