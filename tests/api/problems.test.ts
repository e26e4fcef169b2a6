/** What every route refuses, and how it says so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../../api/contract/problem.ts';
import type { Answer } from './client.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  mine = await seedIntegration(world.database.db, world.ada);
});
afterAll(() => world.close());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code, text: answer.text }).toMatchObject({
    status,
    code,
  });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.parse(answer.body)).toMatchObject({ status, type: `urn:harmony:problem:${code}` });
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
}

describe('bodies', () => {
  it('refuses unknown fields and names each', async () => {
    const answer = await world.ada.asUser.post('/v1/integrations', {
      body: { provider: 'google-calendar', colour: 'red', size: 1 },
    });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(['colour', 'size']);
  });
  it('refuses wrong types, an interval of 5 seconds and an empty change', async () => {
    const path = `/v1/integrations/${mine.id}`;
    for (const body of [
      { intervalSeconds: 5 },
      { intervalSeconds: '300' },
      { autoSync: 'yes' },
      { syncDirection: 'up' },
    ]) {
      const answer = await world.ada.asUser.patch(path, { body });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.body.errors[0].path).toBe(Object.keys(body)[0]);
    }
    expectProblem(await world.ada.asUser.patch(path, { body: {} }), 400, 'invalid_request');
    const { body } = await world.ada.asUser.get(path);
    expect(body).toMatchObject({ autoSync: true, intervalSeconds: 300 });
  });
  it('tells malformed, too large and foreign content apart', async () => {
    const { ada } = world;
    expectProblem(await ada.asUser.post('/v1/integrations', { body: '{"provider":' }), 400, 'malformed_json');
    expectProblem(await ada.asUser.post('/v1/integrations', { body: '[1]' }), 400, 'invalid_request');
    const large = { body: JSON.stringify({ provider: 'x'.repeat(300_000) }) };
    expectProblem(await ada.asUser.post('/v1/integrations', large), 413, 'payload_too_large');
    const form = { body: 'provider=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expectProblem(await ada.asUser.post('/v1/integrations', form), 415, 'unsupported_media_type');
  });
  it('refuses two-way settings where the provider is only read', async () => {
    const answer = await world.ada.asUser.patch(`/v1/integrations/${mine.id}`, {
      body: { syncDirection: 'bidirectional' },
    });
    expectProblem(answer, 422, 'not_supported');
  });
});

describe('queries', () => {
  it('take an empty cursor for none', async () => {
    const [whole, begun] = await Promise.all(
      ['/v1/contacts?limit=2', '/v1/contacts?limit=2&cursor='].map((path) => world.ada.asUser.get(path)),
    );
    expect([begun?.status, begun?.body]).toEqual([200, whole?.body]);
  });
  it('refuses unknown fields, limits outside 1 to 1000 and foreign cursors', async () => {
    for (const query of ['colour=red', 'limit=0', 'limit=1001', 'limit=ten', 'limit=1&limit=2']) {
      expectProblem(await world.ada.asUser.get(`/v1/contacts?${query}`), 400, 'invalid_request');
    }
    for (const cursor of ['x', 'eyJpZCI6MX0', '%00']) {
      expectProblem(await world.ada.asUser.get(`/v1/contacts?cursor=${cursor}`), 400, 'invalid_cursor');
    }
  });
  it('refuses a range that ends before it begins, and days that do not exist', async () => {
    for (const query of ['from=2026-02-01&to=2026-01-01', 'from=2026-02-30', 'from=yesterday']) {
      expectProblem(await world.ada.asUser.get(`/v1/calendar-events?${query}`), 400, 'invalid_request');
    }
  });
});

describe('paths', () => {
  it('answers 404 for unknown routes and 405 with Allow for other methods', async () => {
    expectProblem(await world.ada.asUser.get('/v1/nothing'), 404, 'not_found');
    expectProblem(await world.ada.asUser.get('/v1/task'), 404, 'not_found');
    const answer = await world.ada.asUser.delete('/v1/providers');
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
  it('answers 404 for ids that can not be, and 400 for paths that can not be read', async () => {
    for (const id of ['int_nothing', '1', '%00', "x'--", 'a'.repeat(500)]) {
      expectProblem(await world.ada.asUser.get(`/v1/integrations/${id}`), 404, 'not_found');
    }
    expectProblem(await world.ada.asUser.get('/v1/integrations/%zz'), 400, 'invalid_request');
  });
});

describe('credentials', () => {
  it('lets a workspace key act for its own users only', async () => {
    const { ada, eve } = world;
    const bearer = { authorization: `Bearer ${ada.key}` };
    for (const user of [eve.userId, 'usr_none', '../x']) {
      const answer = await world.stranger.get('/v1/session', {
        headers: { ...bearer, 'harmony-user': user },
      });
      expectProblem(answer, 404, 'not_found');
    }
  });
  it('needs a user for an integration, and says by which header', async () => {
    const answer = await world.ada.asWorkspace.post('/v1/integrations', {
      body: { provider: 'google-calendar' },
    });
    expectProblem(answer, 400, 'user_required');
    expect(answer.body.errors[0].path).toBe('Harmony-User');
  });
  it('names the providers that there are', async () => {
    const answer = await world.ada.asUser.post('/v1/integrations', { body: { provider: 'fax' } });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body.remedy).toContain('google-contacts');
  });
  it('refuses a way to sign in that the provider does not have', async () => {
    const body = { provider: 'google-calendar', auth: 'api_key', apiKey: 'k' };
    expectProblem(await world.ada.asUser.post('/v1/integrations', { body }), 422, 'auth_kind_unsupported');
    const path = `/v1/integrations/${mine.id}/api-key`;
    expectProblem(await world.ada.asUser.put(path, { body: { apiKey: 'k' } }), 422, 'auth_kind_unsupported');
  });
});

describe('tenants', () => {
  it('lists nothing of another tenant or user, also when asked by id', async () => {
    const paths = [
      ...['/v1/integrations', '/v1/contacts', '/v1/contact-lists', '/v1/calendar-events', '/v1/tasks'],
      `/v1/contacts?integrationId=${mine.id}`,
    ];
    const ofCalendar = `/v1/calendar-events?calendarId=${mine.collectionId}`;
    for (const path of paths) {
      expect((await world.ada.asUser.get(path)).body.data).toHaveLength(1);
      expect((await world.ada.asWorkspace.get(path)).body.data).toHaveLength(1);
      for (const client of [world.eve.asUser, world.eve.asWorkspace, asOtherUser()]) {
        expect((await client.get(path)).body).toEqual({ data: [], nextCursor: null });
        // Another's id answers as one that nobody has.
        expectProblem(await client.get(ofCalendar), 404, 'not_found');
      }
    }
    expect((await world.ada.asWorkspace.get(ofCalendar)).body.data).toHaveLength(1);
  });
  const asOtherUser = () => ({
    ...world.stranger,
    get: (path: string) => sendAsOther('GET', path),
    send: (method: string, path: string, options = {}) => sendAsOther(method, path, options),
  });
  const sendAsOther = (method: string, path: string, options: { body?: unknown } = {}) =>
    world.stranger.send(method, path, {
      ...options,
      headers: { authorization: `Bearer ${world.ada.key}`, 'harmony-user': world.ada.otherUserId },
    });
});

describe('parts that are away', () => {
  it('answers 503 with Retry-After and a remedy while Temporal is away', async () => {
    const answer = await world.ada.asUser.post(`/v1/integrations/${mine.id}/sync`, {
      body: { mode: 'full' },
    });
    expectProblem(answer, 503, 'upstream_unavailable');
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.body.remedy).toBeTruthy();
    expect((await world.stranger.get('/healthz')).status).toBe(200);
    const ready = await world.stranger.get('/readyz');
    expect({ status: ready.status, body: ready.body }).toEqual({
      status: 503,
      body: {
        ...{ status: 'unavailable', checks: { database: true, temporal: false } },
        reason: 'Temporal does not answer.',
      },
    });
  });
  it('still takes a Delete while Temporal is away, whatever is to become of the records', async () => {
    const { asUser } = world.ada;
    const other = await seedIntegration(world.database.db, world.ada);
    expect((await asUser.delete(`/v1/integrations/${other.id}?records=keep`)).status).toBe(202);
    expectProblem(await asUser.get(`/v1/integrations/${other.id}`), 404, 'not_found');
    expectProblem(await asUser.delete(`/v1/integrations/${other.id}`), 404, 'not_found');
  });
});
