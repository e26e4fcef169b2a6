import type { EnvironmentDescriptor, ProviderEnvironment } from '../contract/index.ts';

export const notionEnvironment: EnvironmentDescriptor = {
  variables: {
    clientId: 'NOTION_CLIENT_ID',
    clientSecret: 'NOTION_CLIENT_SECRET',
    webhookSecret: 'NOTION_WEBHOOK_TOKEN',
  },
  liveOrigins: { api: 'https://api.notion.com' },
  standIn: {
    clientId: 'sandbox-notion-client',
    clientSecret: 'sandbox-notion-secret',
    webhookSecret: 'sandbox-notion-verification-token',
  },
};

export function originOf(environment: ProviderEnvironment): string {
  const origin = environment.origins.api;
  if (origin === undefined) throw new Error('the environment has no origin api');
  return origin;
}
