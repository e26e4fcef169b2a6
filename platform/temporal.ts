/** How API, worker and tools reach Temporal: TEMPORAL_ADDRESS and its kin, read by Temporal's own environment rules. */
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Options for `Connection.connect` and `NativeConnection.connect`, TLS and API key included. */
export function temporalConnectionOptions(env: Record<string, string | undefined>) {
  return loadClientConnectConfig({ overrideEnvVars: definedOnly(env) }).connectionOptions;
}

function definedOnly(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
