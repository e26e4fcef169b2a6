import type { EnvironmentDescriptor, ProviderEnvironment } from '../contract/index.ts';

export const linearEnvironment: EnvironmentDescriptor = {
  variables: {
    clientId: 'LINEAR_CLIENT_ID',
    clientSecret: 'LINEAR_CLIENT_SECRET',
    webhookSecret: 'LINEAR_WEBHOOK_SECRET',
  },
  liveOrigins: { site: 'https://linear.app', api: 'https://api.linear.app' },
  standIn: {
    clientId: 'sandbox-linear-client',
    clientSecret: 'sandbox-linear-secret',
    webhookSecret: 'sandbox-linear-webhook-secret',
  },
};

/** The origin under one of the names above. */
export function originOf(environment: ProviderEnvironment, name: 'site' | 'api'): string {
  const origin = environment.origins[name];
  if (origin === undefined) throw new Error(`the environment has no origin ${name}`);
  return origin;
}
