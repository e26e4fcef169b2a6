/** From Connect to the first sync and on to Delete, over HTTP only, with the stand-in for Google. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { integration as integrationSchema } from '../../api/contract/integration.ts';
import { oauthMessage } from '../../api/contract/live-event.ts';
import { run as runSchema } from '../../api/contract/run.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { credentials, oauthAttempts } from '../../db/schema/index.ts';
import { type Control, openControl } from '../providers/control.ts';
import { beginSignIn, eventually, openBrowser, readMessage } from './browser.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let control: Control;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'whole' });
  control = openControl(world.sandboxUrl);
});
afterAll(() => world.close());
beforeEach(async () => {
  await control.send('POST', '/reset', { seed: 3, contacts: 40, calendars: 2, eventsPerCalendar: 5 });
  await control.send('POST', '/consent', { mode: 'allow' });
});

async function begin(provider?: string) {
  const begun = await beginSignIn(world, provider);
  /** Waits until it is gone for good. */
  return { ...begun, discard: () => discard(begun.id) };
}

async function discard(id: string): Promise<void> {
  expect((await world.ada.asUser.delete(`/v1/integrations/${id}`)).status).toBe(202);
  await vi.waitUntil(async () => (await findIntegration(world.database.db, id)) === undefined, {
    timeout: 20_000,
  });
}

async function connect() {
  const begun = await begin();
  const browser = openBrowser(world);
  const page = await browser.open(await browser.consent(begun.url));
  expect(readMessage(page)).toEqual({ type: 'harmony:oauth', integrationId: begun.id, ok: true });
  await eventually(begun.get, ({ body }) => body.lastRun?.status === 'succeeded');
  return begun;
}

describe('connecting', () => {
  it('starts in phase connecting, signs in, syncs by itself, and is gone with its records after Delete', async () => {
    const begun = await begin();
    const { body: created } = await begun.get();
    expect(integrationSchema.parse(created)).toMatchObject({
      ...{ phase: 'connecting', account: null, autoSync: true, intervalSeconds: 300 },
      workflow: { id: `integration:${begun.id}` },
    });
    const browser = openBrowser(world);
    const page = await browser.open(await browser.consent(begun.url));
    expect(page.status).toBe(200);
    expect(oauthMessage.parse(readMessage(page))).toEqual({
      type: 'harmony:oauth',
      integrationId: begun.id,
      ok: true,
    });
    expect(page.text).toContain('ada@example.com');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'nonce-/);
    expect(page.headers.get('cross-origin-opener-policy')).toBeNull();

    const { body: synced } = await eventually(begun.get, ({ body }) => body.lastRun?.status === 'succeeded');
    expect(synced).toMatchObject({ phase: 'active', account: { email: 'ada@example.com' } });
    expect(synced.counts.contacts).toBe(40);
    const { body: contacts } = await world.ada.asUser.get(
      `/v1/contacts?integrationId=${begun.id}&limit=1000`,
    );
    expect(contacts.data).toHaveLength(40);

    expect((await world.ada.asUser.delete(`/v1/integrations/${begun.id}`)).status).toBe(202);
    expect((await begun.get()).status).toBe(404);
    await eventually(
      () => world.ada.asUser.get('/v1/contacts'),
      ({ body }) => body.data.length === 0,
    );
    await vi.waitUntil(async () => (await findIntegration(world.database.db, begun.id)) === undefined, {
      timeout: 20_000,
    });
  });

  it('keeps no token, code, state or verifier readable in the database', async () => {
    const begun = await begin();
    const browser = openBrowser(world);
    const callback = new URL(await browser.consent(begun.url));
    await browser.open(callback.href);
    const [{ dump }] = (await world.database.db.execute(
      sql`select (select json_agg(t)::text from oauth_attempts t) || (select json_agg(t)::text from credentials t) as dump`,
    )) as unknown as [{ dump: string }];
    const secrets = [
      callback.searchParams.get('code'),
      callback.searchParams.get('state'),
      begun.url.split('/').at(-1),
    ];
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(10);
      expect(dump).not.toContain(secret);
    }
    await begun.discard();
  });

  it('says what to do when the person declines, and changes nothing else', async () => {
    await control.send('POST', '/consent', { mode: 'deny' });
    const begun = await begin();
    const browser = openBrowser(world);
    const page = await browser.open(await browser.consent(begun.url));
    expect(page.status).toBe(200);
    expect(page.text).toContain('declined');
    expect(readMessage(page)).toMatchObject({ ok: false, code: 'access_denied' });
    const { body } = await begun.get();
    expect(body).toMatchObject({ phase: 'connecting', account: null, attention: { code: 'access_denied' } });
    await begun.discard();
  });
});

describe('a sign-in that is not what it seems', () => {
  it('refuses a forged state, a missing one, and another browser, and then still takes the right one', async () => {
    const begun = await begin();
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    const forged = new URL(callback);
    forged.searchParams.set('state', 'x'.repeat(43));
    for (const url of [forged.href, `${world.url}/oauth/callback?code=x`, `${world.url}/oauth/callback`]) {
      expect((await browser.open(url)).status).toBe(400);
    }
    for (const other of [openBrowser(world), openBrowser(world, { harmony_oauth: 'ho_another' })]) {
      const page = await other.open(callback);
      expect(page.status).toBe(400);
      expect(page.text).toContain('another browser');
      expect(readMessage(page)).toBeUndefined();
    }
    expect((await begun.get()).body).toMatchObject({ phase: 'connecting', account: null });
    expect(readMessage(await browser.open(callback))).toMatchObject({ ok: true });
    await begun.discard();
  });

  it('refuses a second use of the same callback and of the same link', async () => {
    const begun = await begin();
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    expect((await browser.open(callback)).status).toBe(200);
    const again = await browser.open(callback);
    expect(again.status).toBe(400);
    expect(readMessage(again)).toBeUndefined();
    expect((await browser.open(begun.url)).status).toBe(400);
    await begun.discard();
  });

  it('opens the link in one browser only', async () => {
    const begun = await begin();
    const first = openBrowser(world);
    expect((await first.open(begun.url)).status).toBe(302);
    expect((await first.open(begun.url)).status).toBe(302);
    expect((await openBrowser(world).open(begun.url)).status).toBe(400);
    expect((await first.open(`${world.url}/oauth/start/ho_${'x'.repeat(43)}`)).status).toBe(400);
    await begun.discard();
  });

  it('refuses one that took longer than ten minutes', async () => {
    const begun = await begin();
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    await world.database.db
      .update(oauthAttempts)
      .set({ expiresAt: new Date(Date.now() - 1000).toISOString() })
      .where(eq(oauthAttempts.integrationId, begun.id));
    expect((await browser.open(callback)).status).toBe(400);
    const tokens = await world.database.db.$count(credentials, eq(credentials.integrationId, begun.id));
    expect(tokens).toBe(0);
    // Nobody can finish it any more, so its workflow clears it away; when it looks is its own affair.
    await world.ada.asUser.delete(`/v1/integrations/${begun.id}`);
    await vi.waitUntil(async () => (await findIntegration(world.database.db, begun.id)) === undefined, {
      timeout: 20_000,
    });
  });

  it('refuses an answer of another issuer', async () => {
    const begun = await begin();
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    expect((await browser.open(`${callback}&iss=https%3A%2F%2Fevil.example`)).status).toBe(400);
    expect((await begun.get()).body).toMatchObject({ account: null });
    await begun.discard();
  });

  it('finishes only in the browser session that began it', async () => {
    const { body: made } = await world.ada.asWorkspace.post('/v1/sessions', {
      body: { userId: world.ada.userId },
    });
    const redeemed = await world.stranger.post('/v1/sessions/redeem', {
      body: { link: new URL(made.signInUrl).hash.slice(1) },
    });
    const session =
      redeemed.headers
        .getSetCookie()
        .join()
        .match(/harmony_session=([^;]+)/)?.[1] ?? '';
    const answer = await world.stranger.post('/v1/integrations', {
      body: { provider: 'google-contacts' },
      headers: { cookie: `harmony_session=${session}`, origin: world.url, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status, answer.text).toBe(201);
    const { authorizationUrl, integration } = answer.body;
    expect((await openBrowser(world).open(authorizationUrl)).status).toBe(400);
    const browser = openBrowser(world, { harmony_session: session });
    const callback = await browser.consent(authorizationUrl);
    const { harmony_session: _signedOut, ...left } = browser.cookies;
    expect((await openBrowser(world, left).open(callback)).status).toBe(400);
    expect(readMessage(await browser.open(callback))).toMatchObject({ ok: true });
    await discard(integration.id);
  });
});

describe('a connected integration', () => {
  it('syncs on request, answers at once, and shows the run from the first moment', async () => {
    const begun = await connect();
    const path = `/v1/integrations/${begun.id}`;
    await control.send('POST', '/google/ada@example.com/contacts', { names: [{ givenName: 'Newcomer' }] });
    const accepted = await world.ada.asUser.post(`${path}/sync`, { body: { mode: 'incremental' } });
    expect(accepted.status, accepted.text).toBe(202);
    const readRun = () => world.ada.asUser.get(`${path}/runs/${accepted.body.runId}`);
    expect((await readRun()).status).toBe(200);
    const { body: run } = await eventually(readRun, ({ body }) => body.status !== 'running');
    expect(runSchema.parse(run)).toMatchObject({
      mode: 'incremental',
      trigger: 'manual',
      counts: { created: 1 },
    });
    const { body: runs } = await world.ada.asUser.get(`${path}/runs?limit=1`);
    expect(runs.data).toHaveLength(1);
    const next = await world.ada.asUser.get(`${path}/runs?limit=1&cursor=${runs.nextCursor}`);
    expect(next.body.data[0].id).not.toBe(runs.data[0].id);
    await begun.discard();
  });

  it('gives a repeated sync its first answer, and starts one run', async () => {
    const begun = await connect();
    const headers = { 'idempotency-key': 'again' };
    const path = `/v1/integrations/${begun.id}/sync`;
    const first = await world.ada.asUser.post(path, { body: { mode: 'full' }, headers });
    const second = await world.ada.asUser.post(path, { body: { mode: 'full' }, headers });
    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await world.ada.asUser.post(path, { body: { mode: 'incremental' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const { body } = await world.ada.asUser.get(`/v1/integrations/${begun.id}/runs`);
    expect(body.data).toHaveLength(2);
    await begun.discard();
  });

  it('tests the connection, also while the provider is down', async () => {
    const begun = await connect();
    const works = await world.ada.asUser.post(`/v1/integrations/${begun.id}/test`);
    expect(works).toMatchObject({ status: 200, body: { ok: true } });
    expect(works.body.checks.map((check: { name: string }) => check.name)).toContain('token');
    await control.send('POST', '/faults', {
      provider: 'google',
      path: '*',
      fault: { kind: 'status', status: 503 },
    });
    const fails = await world.ada.asUser.post(`/v1/integrations/${begun.id}/test`);
    await control.send('DELETE', '/faults');
    expect(fails).toMatchObject({ status: 200, body: { ok: false } });
    await begun.discard();
  });

  it('changes settings, and refuses the same account a second time', async () => {
    const begun = await connect();
    const changed = await world.ada.asUser.patch(`/v1/integrations/${begun.id}`, {
      body: { autoSync: false },
    });
    expect(changed).toMatchObject({ status: 200, body: { autoSync: false, intervalSeconds: 300 } });
    expect(changed.body.nextSyncAt).toBeUndefined();
    const second = await begin();
    const browser = openBrowser(world);
    const page = await browser.open(await browser.consent(second.url));
    expect(readMessage(page)).toMatchObject({ ok: false });
    await second.discard();
    await begun.discard();
  });

  it('signs in again without losing anything', async () => {
    const begun = await connect();
    const path = `/v1/integrations/${begun.id}/reauthenticate`;
    const { status, body } = await world.ada.asUser.post(path);
    expect(status).toBe(200);
    const browser = openBrowser(world);
    expect(readMessage(await browser.open(await browser.consent(body.authorizationUrl)))).toMatchObject({
      ok: true,
    });
    expect((await begun.get()).body).toMatchObject({ phase: 'active', counts: { contacts: 40 } });
    await begun.discard();
  });
});

describe('before the sign-in', () => {
  it('refuses a sync with a remedy, and offers the sign-in again', async () => {
    const begun = await begin();
    const answer = await world.ada.asUser.post(`/v1/integrations/${begun.id}/sync`, { body: {} });
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_connected' } });
    expect(answer.body.remedy).toBeTruthy();
    const { body } = await world.ada.asUser.post(`/v1/integrations/${begun.id}/reauthenticate`);
    const browser = openBrowser(world);
    expect(readMessage(await browser.open(await browser.consent(body.authorizationUrl)))).toMatchObject({
      ok: true,
    });
    await begun.discard();
  });

  it('makes one integration of a repeated request, with the same link', async () => {
    const send = () =>
      world.ada.asUser.post('/v1/integrations', {
        body: { provider: 'google-contacts' },
        headers: { 'idempotency-key': 'create-1' },
      });
    const [first, second] = await Promise.all([send(), send()]);
    const third = await send();
    const statuses = [first.status, second.status].sort();
    expect(statuses[0]).toBe(201);
    expect([201, 409]).toContain(statuses[1]);
    expect(third.body.authorizationUrl).toBe((first.status === 201 ? first : second).body.authorizationUrl);
    const { body } = await world.ada.asUser.get('/v1/integrations');
    expect(body.data).toHaveLength(1);
    await discard(third.body.integration.id);
  });
});
