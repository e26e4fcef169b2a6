/** Delete ends a grant at Google that a new sign-in of the same account may be about to live on. It must not take it along. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { createApiKey } from '../../db/queries/api-keys.ts';
import { ensureUser, ensureWorkspace } from '../../db/queries/identity.ts';
import { createDriver, type Driver, type IntegrationView } from '../../dev/drive.ts';
import { eventually } from '../support/eventually.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(() => world.reset());
afterEach(() => world.removeAll());

/** A sign-in that a test takes one step at a time, as ada. */
async function beginSignIn(provider: string, driver = world.driver) {
  const begun = await driver.api<{ integration: { id: string }; authorizationUrl: string }>(
    'POST',
    '/v1/integrations',
    { provider },
  );
  const { id } = begun.integration;
  let cookie = '';
  let consentPage = '';
  let callback = new URL('http://nowhere.invalid');
  const signIn = {
    id,
    async openLink() {
      const hop = await fetch(begun.authorizationUrl, { redirect: 'manual' });
      cookie = hop.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      consentPage = hop.headers.get('location') ?? `the link answered ${hop.status}`;
    },
    async agree() {
      const consented = await fetch(consentPage, { redirect: 'manual' });
      callback = new URL(consented.headers.get('location') ?? `consent answered ${consented.status}`);
    },
    /** The text of our page. */
    async comeBack() {
      return (await fetch(callback, { headers: { cookie } })).text();
    },
    /** Over the rest of the steps, from the one that comes next. */
    async goOnFrom(next: 'openLink' | 'agree' | 'comeBack') {
      if (next === 'openLink') await signIn.openLink();
      if (next !== 'comeBack') await signIn.agree();
      return signIn.comeBack();
    },
  };
  return signIn;
}

type SignIn = Awaited<ReturnType<typeof beginSignIn>>;

const read = (id: string, driver = world.driver) =>
  driver.api<IntegrationView>('GET', `/v1/integrations/${id}`);

/** Deletes it, and waits until Delete has gone past the point where it deals with the grant. */
async function removeUpToItsRecords(id: string): Promise<void> {
  await world.driver.remove(id);
  await eventually(
    () => world.sql`select 1 from calendar_events where integration_id = ${id}`,
    (left) => left.length === 0,
  );
}

const isGone = (id: string) =>
  eventually(
    () => world.sql`select 1 from integrations where id = ${id}`,
    (left) => left.length === 0,
  );

/** It has synced, and goes on with a token that is refreshed by the grant. */
async function expectWorking(id: string, driver = world.driver): Promise<void> {
  expect(await driver.settled(id)).toMatchObject({ status: 'succeeded', trigger: 'connect' });
  await driver.control('POST', `${ada}/access-tokens/expire`, {});
  expect(await driver.sync(id, 'full')).toMatchObject({ status: 'succeeded' });
  expect(await read(id, driver)).toMatchObject({ phase: 'active', account: { email: 'ada@example.com' } });
}

const answerSlowly = (path: string) => world.addFault({ path, times: 1, fault: { kind: 'delay', ms: 4000 } });

/** The grant is being ended: whoever does it has the lease, and the call is on its way. */
const grantIsBeingEnded = () =>
  eventually(
    () => world.sql`select 1 from grant_leases where key like 'revoke:%'`,
    (held) => held.length > 0,
  );

/** How far the new sign-in has come when Delete deals with the grant; `finish` ends it. */
const stages: [string, (signIn: SignIn) => Promise<{ finish: () => Promise<string> }>][] = [
  [
    'at the consent page',
    async (signIn) => {
      await signIn.openLink();
      return { finish: () => signIn.goOnFrom('agree') };
    },
  ],
  [
    'agreed to and on its way back',
    async (signIn) => {
      await signIn.openLink();
      await signIn.agree();
      return { finish: () => signIn.comeBack() };
    },
  ],
  [
    'having its code exchanged',
    async (signIn) => {
      await answerSlowly('/token');
      const page = signIn.goOnFrom('openLink');
      return { finish: () => page };
    },
  ],
  [
    'finding out whose account it is',
    async (signIn) => {
      await answerSlowly('/oauth2/v2/userinfo');
      const page = signIn.goOnFrom('openLink');
      return { finish: () => page };
    },
  ],
  [
    'in its first sync',
    async (signIn) => {
      await answerSlowly('/v1/people/me/connections');
      const page = await signIn.goOnFrom('openLink');
      return { finish: async () => page };
    },
  ],
];

describe('deleting one integration and connecting the same account again', () => {
  it.each(stages)('leaves the new sign-in its grant while it is %s', async (_stage, reach) => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-contacts');
    const sinceMs = Date.now();
    const { finish } = await reach(signIn);
    await removeUpToItsRecords(old);
    expect(await finish()).toContain('is connected');
    await expectWorking(signIn.id);
    await isGone(old);
    expect(await world.calls(sinceMs, '/revoke')).toEqual([]);
  });

  it('works for the same product, too, and the last one to go ends the grant', async () => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-calendar');
    await signIn.openLink();
    await signIn.agree();
    const sinceMs = Date.now();
    await removeUpToItsRecords(old);
    expect(await signIn.comeBack()).toContain('is connected');
    await expectWorking(signIn.id);
    await isGone(old);
    await world.driver.remove(signIn.id);
    await isGone(signIn.id);
    expect(await world.calls(sinceMs, '/revoke')).toMatchObject([{ status: 200 }]);
  });

  it('works in a row, with no pause', async () => {
    let id = await world.connect('google-calendar');
    for (const provider of ['google-contacts', 'google-calendar', 'google-calendar']) {
      await world.driver.remove(id);
      id = await world.driver.connect(provider);
    }
    await expectWorking(id);
  });

  it('ends the grant once a new sign-in came to nothing', async () => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-contacts');
    await signIn.openLink();
    const sinceMs = Date.now();
    await removeUpToItsRecords(old);
    expect(await world.calls(sinceMs, '/revoke')).toEqual([]);
    await world.driver.control('POST', '/consent', { mode: 'deny' });
    expect(await signIn.goOnFrom('agree')).toContain('declined');
    await isGone(old);
    expect(await world.calls(sinceMs, '/revoke')).toMatchObject([{ status: 200 }]);
  });

  it('holds a new sign-in up while the grant is being ended', async () => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-contacts');
    await answerSlowly('/revoke');
    await world.driver.remove(old);
    await grantIsBeingEnded();
    expect(await signIn.goOnFrom('openLink')).toContain('is connected');
    await expectWorking(signIn.id);
    await isGone(old);
  });
});

describe('deleting an integration while another workspace connects the same account', () => {
  let other: Driver;
  beforeAll(async () => {
    const { running } = world.stack;
    const handle = openDatabase({ url: running.databaseUrl, poolSize: 1, name: 'other workspace' });
    const { db } = handle;
    const workspaceId = await ensureWorkspace(db, 'Other');
    const userId = await ensureUser(db, { workspaceId, name: 'Ada at home', email: 'ada@home.example' });
    const { key } = await createApiKey(db, { workspaceId, name: 'test' });
    await handle.close();
    other = createDriver({ ...running, workspaceKey: key, userId }, 100_000);
  });
  afterEach(async () => {
    const { data } = await other.api<{ data: IntegrationView[] }>('GET', '/v1/integrations');
    for (const { id } of data) await other.remove(id);
  });

  it.each(stages.slice(2))('leaves the new sign-in its grant while it is %s', async (_stage, reach) => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-calendar', other);
    const sinceMs = Date.now();
    const { finish } = await reach(signIn);
    await removeUpToItsRecords(old);
    expect(await finish()).toContain('is connected');
    await expectWorking(signIn.id, other);
    await isGone(old);
    expect(await world.calls(sinceMs, '/revoke')).toEqual([]);
  });

  it('does not wait for somebody there who may never come back, who is connected when they do', async () => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-contacts', other);
    await signIn.openLink();
    const sinceMs = Date.now();
    await world.driver.remove(old);
    await isGone(old);
    expect(await world.calls(sinceMs, '/revoke')).toMatchObject([{ status: 200 }]);
    expect(await signIn.goOnFrom('agree')).toContain('is connected');
    await expectWorking(signIn.id, other);
  });

  it('exchanges no code while the grant is being ended, and says that it is worth nothing any more', async () => {
    const old = await world.connect('google-calendar');
    const signIn = await beginSignIn('google-contacts', other);
    await answerSlowly('/revoke');
    await world.driver.remove(old);
    await grantIsBeingEnded();
    expect(await signIn.goOnFrom('openLink')).toContain('Connect again');
    expect(await read(signIn.id, other)).toMatchObject({
      ...{ phase: 'connecting', account: null, attention: { code: 'code_expired' } },
    });
    await isGone(old);
    await expectWorking(await other.connect('google-contacts'), other);
  });

  it('leaves each its own tokens: one goes, the other stays', async () => {
    const ours = await world.connect('google-contacts');
    const theirs = await other.connect('google-contacts');
    await expectWorking(theirs, other);
    const sinceMs = Date.now();
    await world.driver.remove(ours);
    await isGone(ours);
    expect(await world.calls(sinceMs, '/revoke')).toEqual([]);
    expect(await other.sync(theirs, 'full')).toMatchObject({ status: 'succeeded' });
  });
});

describe('a sign-in whose access ends before it is finished', () => {
  it('says so and what to do, on its page and on the card, and can be repeated', async () => {
    const signIn = await beginSignIn('google-contacts');
    await signIn.openLink();
    await signIn.agree();
    await world.driver.control('POST', `${ada}/revoke`, {});
    expect(await signIn.comeBack()).toContain('Connect again');
    expect(await read(signIn.id)).toMatchObject({ phase: 'connecting', attention: { code: 'code_expired' } });

    await answerSlowly('/oauth2/v2/userinfo');
    const sinceMs = Date.now();
    const again = await beginSignIn('google-contacts');
    const page = again.goOnFrom('openLink');
    await eventually(
      () => world.calls(sinceMs, '/token'),
      (calls) => calls.some(({ status }) => status === 200),
    );
    await world.driver.control('POST', `${ada}/revoke`, {});
    expect(await page).toContain('Sign in again');
    expect(await read(again.id)).toMatchObject({ phase: 'connecting', attention: { code: 'access_ended' } });
    await expect(world.driver.settled(again.id)).rejects.toThrow('access_ended');
    expect(await world.driver.settled(await world.driver.connect('google-contacts'))).toMatchObject({
      status: 'succeeded',
    });
  });
});
