import type { ActivityDeps } from '../activities/index.ts';
import type { ProviderEnvironments } from '../providers/environment.ts';
import { findAdapter } from '../providers/registry.ts';

/** Ties the catalogue to where each provider is. */
export function findProvider(environments: ProviderEnvironments): ActivityDeps['provider'] {
  return (id) => {
    const adapter = findAdapter(id);
    const environment = environments.get(id);
    if (adapter === undefined || environment === undefined) {
      throw new Error(`The catalogue has no provider "${id}": is this worker older than the API?`);
    }
    return { adapter, environment };
  };
}
