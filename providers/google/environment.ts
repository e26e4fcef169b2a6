import type { EnvironmentDescriptor, ProviderEnvironment } from '../contract/index.ts';

export const googleEnvironment: EnvironmentDescriptor = {
  variables: { clientId: 'GOOGLE_CLIENT_ID', clientSecret: 'GOOGLE_CLIENT_SECRET' },
  liveOrigins: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    www: 'https://www.googleapis.com',
    people: 'https://people.googleapis.com',
  },
  standIn: { clientId: 'sandbox-google-client', clientSecret: 'sandbox-google-secret' },
};

/** The origin under one of the names above. */
export function originOf(
  environment: ProviderEnvironment,
  name: 'accounts' | 'oauth' | 'www' | 'people',
): string {
  const origin = environment.origins[name];
  if (origin === undefined) throw new Error(`the environment has no origin ${name}`);
  return origin;
}
