/** Where each provider is and who we are there: live where its credentials are set, else the stand-in at SANDBOX_URL. */
import type { EnvironmentDescriptor, ProviderAdapter, ProviderEnvironment } from './contract/index.ts';
import { adapters } from './registry.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** By adapter id. Adapters of one grant family share the same object. */
export type ProviderEnvironments = ReadonlyMap<string, ProviderEnvironment>;

/** Names the environment variables to set. */
export class ProviderConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ProviderConfigurationError';
  }
}

/** Throws ProviderConfigurationError, once for all providers, where neither credentials nor SANDBOX_URL are set. */
export function readProviderEnvironments(
  variables: Variables,
  chosen: readonly ProviderAdapter[] = adapters,
): ProviderEnvironments {
  const families = new Map<string, ProviderEnvironment | string>();
  for (const { grantFamily, environment } of chosen) {
    if (!families.has(grantFamily)) families.set(grantFamily, readEnvironment(environment, variables));
  }
  const problems = [...families.values()].filter((value) => typeof value === 'string');
  if (problems.length > 0) throw new ProviderConfigurationError(problems);
  return new Map(chosen.map(({ id, grantFamily }) => [id, families.get(grantFamily) as ProviderEnvironment]));
}

/** The environment, or what is wrong with the variables. */
function readEnvironment(
  descriptor: EnvironmentDescriptor,
  variables: Variables,
): ProviderEnvironment | string {
  const names = descriptor.variables;
  const clientId = variables[names.clientId];
  const clientSecret = variables[names.clientSecret];
  if (clientId && clientSecret) {
    const webhookSecret = names.webhookSecret === undefined ? undefined : variables[names.webhookSecret];
    return {
      live: true,
      origins: descriptor.liveOrigins,
      clientId,
      clientSecret,
      ...(webhookSecret ? { webhookSecret } : {}),
    };
  }
  if (clientId || clientSecret) {
    return `${names.clientId} and ${names.clientSecret} belong together, but only ${
      clientId ? names.clientId : names.clientSecret
    } is set.`;
  }
  const sandboxUrl = variables.SANDBOX_URL;
  if (!sandboxUrl) {
    return `Set ${names.clientId} and ${names.clientSecret} for the live provider, or SANDBOX_URL for the stand-in.`;
  }
  if (!URL.canParse(sandboxUrl)) return 'SANDBOX_URL is not a URL.';
  const origin = new URL(sandboxUrl).origin;
  const origins = Object.fromEntries(Object.keys(descriptor.liveOrigins).map((name) => [name, origin]));
  return { live: false, origins, ...descriptor.standIn };
}
