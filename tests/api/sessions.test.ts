/** Sessions, sign-in links, the cookie, and what another site can't do with it. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createdSession } from '../../api/contract/session.ts';
import { hashSecret } from '../../db/ids.ts';
import { sessions } from '../../db/schema/index.ts';
import { readCookies } from './client.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world.close());

async function make() {
  const { status, body } = await world.ada.asWorkspace.post('/v1/sessions', {
    body: { userId: world.ada.userId },
  });
  expect(status).toBe(201);
  return createdSession.parse(body);
}
const linkOf = (signInUrl: string) => new URL(signInUrl).hash.slice(1);
async function signIn(): Promise<string> {
  const answer = await world.stranger.post('/v1/sessions/redeem', {
    body: { link: linkOf((await make()).signInUrl) },
  });
  return `harmony_session=${readCookies(answer).harmony_session}`;
}

describe('a session', () => {
  it('lasts 30 minutes, speaks for its user alone, and is kept as a hash', async () => {
    const session = await make();
    expect(Date.parse(session.expiresAt) - Date.now()).toBeGreaterThan(29 * 60_000);
    expect(Date.parse(session.expiresAt) - Date.now()).toBeLessThanOrEqual(30 * 60_000);
    const headers = { authorization: `Bearer ${session.token}` };
    const { body } = await world.stranger.get('/v1/session', { headers });
    expect(body).toMatchObject({ user: { id: world.ada.userId }, workspace: { name: 'Harmony' } });
    const asOther = { ...headers, 'harmony-user': world.ada.otherUserId };
    expect((await world.stranger.get('/v1/session', { headers: asOther })).status).toBe(404);
    const rows = await world.database.db.select().from(sessions);
    expect(JSON.stringify(rows)).not.toContain(session.token);
  });
  it('makes no sessions itself, and none for a user of another workspace', async () => {
    const { token } = await make();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await world.stranger.post('/v1/sessions', { headers, body: { userId: world.ada.userId } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'workspace_key_required' } });
    const foreign = await world.ada.asWorkspace.post('/v1/sessions', { body: { userId: world.eve.userId } });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
  it('is refused once it is over or signed out', async () => {
    const { token } = await make();
    const headers = { authorization: `Bearer ${token}` };
    await world.database.db
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1).toISOString() })
      .where(eq(sessions.tokenHash, hashSecret(token)));
    expect((await world.stranger.get('/v1/session', { headers })).status).toBe(401);
    const cookie = await signIn();
    const own = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await world.stranger.delete('/v1/session', { headers: own })).status).toBe(204);
    expect((await world.stranger.get('/v1/session', { headers: own })).status).toBe(401);
    expect((await world.ada.asWorkspace.delete('/v1/session')).status).toBe(409);
  });
});

describe('a sign-in link', () => {
  it('carries its secret in the fragment, works once, and sets a cookie that scripts and other sites do not get', async () => {
    const session = await make();
    expect(session.signInUrl).toMatch(/\/sign-in#hl_[\w-]{43}$/);
    const body = { link: linkOf(session.signInUrl) };
    const answer = await world.stranger.post('/v1/sessions/redeem', { body });
    expect(answer).toMatchObject({ status: 200, body: { user: { name: 'Ada Lovelace' } } });
    expect(answer.headers.getSetCookie().join()).toMatch(
      /^harmony_session=hs_[\w-]+; .*HttpOnly; SameSite=Lax$/,
    );
    expect(answer.text).not.toContain('hs_');
    const again = await world.stranger.post('/v1/sessions/redeem', { body });
    expect(again).toMatchObject({ status: 400, body: { code: 'link_invalid' } });
  });
  it('opens one session however many follow it at once', async () => {
    const body = { link: linkOf((await make()).signInUrl) };
    const answers = await Promise.all(
      [1, 2, 3].map(() => world.stranger.post('/v1/sessions/redeem', { body })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400]);
  });
  it('is not redeemed for a page of another site', async () => {
    const body = { link: linkOf((await make()).signInUrl) };
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await world.stranger.post('/v1/sessions/redeem', { body, headers });
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
    }
    expect((await world.stranger.post('/v1/sessions/redeem', { body })).status).toBe(200);
  });
});

describe('the cookie', () => {
  it('changes nothing for another site, and does for our own page', async () => {
    const mine = await seedIntegration(world.database.db, world.ada);
    const cookie = await signIn();
    const path = `/v1/integrations/${mine.id}/collections/${mine.collectionId}`;
    const body = { subscribed: false };
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const answer = await world.stranger.patch(path, { body, headers: { ...headers, cookie } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
    }
    const read = await world.stranger.get(`/v1/integrations/${mine.id}/collections`, { headers: { cookie } });
    expect(read.body.data[0].subscribed).toBe(true);
    for (const headers of [{ origin: world.url }, { 'sec-fetch-site': 'same-origin', origin: world.url }]) {
      const answer = await world.stranger.patch(path, { body, headers: { ...headers, cookie } });
      expect(answer).toMatchObject({ status: 200, body: { subscribed: false } });
    }
  });
  it('is extended while it is used', async () => {
    const cookie = await signIn();
    const tokenHash = hashSecret(cookie.split('=')[1] ?? '');
    const soon = new Date(Date.now() + 5 * 60_000).toISOString();
    await world.database.db
      .update(sessions)
      .set({ expiresAt: soon })
      .where(eq(sessions.tokenHash, tokenHash));
    const answer = await world.stranger.get('/v1/session', { headers: { cookie } });
    expect(answer.headers.getSetCookie().join()).toContain('harmony_session=');
    const { body } = await world.stranger.get('/v1/session', { headers: { cookie } });
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(29 * 60_000);
  });
});
