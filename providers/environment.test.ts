import { expect, test } from 'vitest';
import type { ProviderAdapter } from './contract/index.ts';
import { readProviderEnvironments } from './environment.ts';
import { adapters, findAdapter } from './registry.ts';

/** Two adapters of one family, and one of another: what follows must not know a provider's name. */
const first = adapters[0] as ProviderAdapter;
const acme: ProviderAdapter = {
  ...first,
  id: 'acme',
  grantFamily: 'acme',
  environment: {
    variables: {
      clientId: 'ACME_CLIENT_ID',
      clientSecret: 'ACME_CLIENT_SECRET',
      webhookSecret: 'ACME_WEBHOOK_SECRET',
    },
    liveOrigins: { api: 'https://api.acme.example' },
    standIn: { clientId: 'sandbox-acme', clientSecret: 'sandbox-acme-secret' },
  },
};
const acmeNotes = { ...acme, id: 'acme-notes' };
const chosen = [acme, acmeNotes];

test('credentials make a provider live, at its own origins', () => {
  const environments = readProviderEnvironments(
    {
      ACME_CLIENT_ID: 'id',
      ACME_CLIENT_SECRET: 'secret',
      ACME_WEBHOOK_SECRET: 'hook',
      SANDBOX_URL: 'http://127.0.0.1:1',
    },
    chosen,
  );
  expect(environments.get('acme')).toEqual({
    live: true,
    origins: { api: 'https://api.acme.example' },
    clientId: 'id',
    clientSecret: 'secret',
    webhookSecret: 'hook',
  });
  expect(environments.get('acme-notes')).toBe(environments.get('acme'));
});

test('without credentials the stand-in serves under every origin, whatever the path of its address', () => {
  const environments = readProviderEnvironments({ SANDBOX_URL: 'http://127.0.0.1:4010/' }, chosen);
  expect(environments.get('acme')).toEqual({
    live: false,
    origins: { api: 'http://127.0.0.1:4010' },
    clientId: 'sandbox-acme',
    clientSecret: 'sandbox-acme-secret',
  });
});

test('with neither, or with half of the credentials, the error names the variables', () => {
  expect(() => readProviderEnvironments({}, chosen)).toThrow(
    /ACME_CLIENT_ID and ACME_CLIENT_SECRET.*SANDBOX_URL/,
  );
  const half = { ACME_CLIENT_ID: 'id', SANDBOX_URL: 'http://127.0.0.1:1' };
  expect(() => readProviderEnvironments(half, chosen)).toThrow(/only ACME_CLIENT_ID is set/);
});

test('every adapter of the registry is found by its id and has an environment of its own', () => {
  const environments = readProviderEnvironments({ SANDBOX_URL: 'http://127.0.0.1:4010' });
  for (const adapter of adapters) {
    expect(findAdapter(adapter.id)).toBe(adapter);
    expect(environments.get(adapter.id)?.live).toBe(false);
  }
  expect(new Set(adapters.map(({ id }) => id)).size).toBe(adapters.length);
  expect(findAdapter('no-such-provider')).toBeUndefined();
});
