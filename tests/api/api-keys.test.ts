/** Integrations that are connected with a key instead of a consent page. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCredential, storeCredential } from '../../db/queries/credentials.ts';
import { type ProviderAdapter, ProviderError } from '../../providers/contract/index.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

const refused = () => new ProviderError({ kind: 'token_rejected', message: 'unknown key' });

/** A provider whose keys name their account: `key-of-ada` is Ada's. `down` finds it away. */
const keyed: ProviderAdapter = {
  ...{ id: 'keyed', displayName: 'Keyed', description: '', category: 'tasks', authKinds: ['api_key'] },
  ...{ grantFamily: 'keyed', capabilities: ['read'], streams: [] },
  environment: {
    variables: { clientId: 'KEYED_ID', clientSecret: 'KEYED_SECRET' },
    liveOrigins: {},
    standIn: { clientId: '', clientSecret: '' },
  },
  openSession: ({ accessToken }) => ({
    async whoAmI() {
      if (accessToken === 'down') throw new ProviderError({ kind: 'transient', message: 'is away' });
      const account = /^key-of-(\w+)$/.exec(accessToken)?.[1];
      if (account === undefined) throw refused();
      return { id: account, name: account };
    },
    async fetchPage() {
      throw refused();
    },
  }),
  classify: refused,
};

let world: ApiWorld;
const environment = { live: false, origins: {}, clientId: '', clientSecret: '' };

beforeAll(async () => {
  world = await openApiWorld({
    parts: 'api',
    deps: { catalogue: { adapters: [keyed], environments: new Map([['keyed', environment]]) } },
  });
});
afterAll(() => world.close());

const readKey = async (integrationId: string) =>
  (await loadCredential(world.database.db, world.deps.sealer, integrationId))?.tokens.accessToken;

it('swaps a key only for one that works and belongs to the same account', async () => {
  const { db } = world.database;
  const values = { provider: 'keyed', authKind: 'api_key', accountId: 'ada', phase: 'needs_reauth' } as const;
  const { id } = await seedIntegration(db, world.ada, values);
  const tokens = { accessToken: 'old-key' };
  await storeCredential(db, world.deps.sealer, { integrationId: id, grantKey: 'keyed:ada', tokens });
  const put = (apiKey: string) =>
    world.ada.asUser.put(`/v1/integrations/${id}/api-key`, { body: { apiKey } });
  expect(await put('nonsense')).toMatchObject({ status: 422, body: { code: 'api_key_refused' } });
  expect(await put('key-of-grace')).toMatchObject({ status: 422, body: { code: 'api_key_refused' } });
  expect(await put('down')).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
  expect(await readKey(id)).toBe('old-key');
  const answer = await put('key-of-ada');
  expect(answer).toMatchObject({ status: 200, body: { phase: 'active' } });
  expect(answer.text).not.toContain('key-of-ada');
  expect(await readKey(id)).toBe('key-of-ada');
  const reauthenticated = await world.ada.asUser.post(`/v1/integrations/${id}/reauthenticate`);
  expect(reauthenticated).toMatchObject({ status: 422, body: { code: 'auth_kind_unsupported' } });
});

it('makes no integration of a key that is missing, refused, or of an account that is connected already', async () => {
  const create = (body: object) =>
    world.ada.asUser.post('/v1/integrations', { body: { provider: 'keyed', ...body } });
  const before = (await world.ada.asUser.get('/v1/integrations')).body.data.length;
  expect(await create({})).toMatchObject({ status: 400, body: { code: 'api_key_required' } });
  expect(await create({ auth: 'oauth' })).toMatchObject({
    status: 422,
    body: { code: 'auth_kind_unsupported' },
  });
  expect(await create({ apiKey: 'nonsense' })).toMatchObject({
    status: 422,
    body: { code: 'api_key_refused' },
  });
  expect(await create({ apiKey: 'key-of-ada' })).toMatchObject({
    status: 409,
    body: { code: 'account_in_use' },
  });
  expect((await world.ada.asUser.get('/v1/integrations')).body.data).toHaveLength(before);
});
