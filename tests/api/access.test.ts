/** Every route of the document, tried by everybody who must not get through, and by those who must. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSecret, newSecret } from '../../db/ids.ts';
import { createSession, ensureWorkspaceKey } from '../../db/queries/identity.ts';
import { apiKeys, sessions } from '../../db/schema/index.ts';
import { type FilledRequest, fillRequest, nameIds, type Operation, readOperations } from './fill-request.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

type Headers = Readonly<Record<string, string>>;

let world: ApiWorld;
let document: unknown;
let operations: readonly Operation[];
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api', env: { HARMONY_RATE_LIMIT_PER_MINUTE: '100000' } });
  document = (await world.stranger.get('/openapi.json')).body;
  operations = readOperations(document).filter(({ access }) => access !== 'none');
  mine = await seedIntegration(world.database.db, world.ada);
});
afterAll(() => world.close());

const fill = (operation: Operation, seeded: SeededIntegration = mine): FilledRequest =>
  fillRequest(document, operation, nameIds(seeded, world.ada.userId));

/** Reads no further than the head of an event stream, which doesn't end by itself. */
async function send(operation: Operation, request: FilledRequest, headers: Headers) {
  const { method } = operation;
  const hasBody = request.body !== undefined;
  const response = await fetch(new URL(request.path, world.url), {
    method,
    headers: { ...headers, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
  });
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (streams) await response.body?.cancel();
  return {
    of: `${method} ${request.path}`,
    status: response.status,
    text: streams ? '' : await response.text(),
  };
}

const bearer = (token: string, more: Headers = {}): Headers => ({
  authorization: `Bearer ${token}`,
  ...more,
});

/** A new one each time: signing out is one of the routes. */
async function openSession(userId: string): Promise<string> {
  return (await createSession(world.database.db, userId, { lifetimeMs: 60_000 })).token;
}

async function makeEndedCredentials(): Promise<Headers[]> {
  const { db } = world.database;
  const revoked = newSecret('hk');
  await ensureWorkspaceKey(db, { workspaceId: world.ada.workspaceId, key: revoked, name: 'revoked' });
  await db
    .update(apiKeys)
    .set({ revokedAt: new Date().toISOString() })
    .where(eq(apiKeys.tokenHash, hashSecret(revoked)));
  const expired = await openSession(world.ada.userId);
  await db
    .update(sessions)
    .set({ expiresAt: new Date(Date.now() - 1000).toISOString() })
    .where(eq(sessions.tokenHash, hashSecret(expired)));
  return [
    bearer(revoked),
    bearer(revoked, { 'harmony-user': world.ada.userId }),
    bearer(expired),
    { cookie: `harmony_session=${expired}` },
  ];
}

it('asks for credentials on every route that is not public, and takes none that ended or that it did not give', async () => {
  const strangers: Headers[] = [
    {},
    bearer(newSecret('hk')),
    bearer(newSecret('hs')),
    { authorization: 'Basic eDp5' },
    { cookie: 'harmony_session=hs_x' },
    ...(await makeEndedCredentials()),
  ];
  for (const operation of operations) {
    for (const headers of strangers) {
      const answer = await send(operation, fill(operation), headers);
      expect(answer).toMatchObject({ status: 401 });
      expect(JSON.parse(answer.text).code).toBe('unauthorized');
    }
  }
  expect(operations.length).toBeGreaterThan(30);
});

it('lets a key act for nobody of another workspace, and a session for nobody else, on any route', async () => {
  const { ada, eve } = world;
  for (const operation of operations) {
    const request = fill(operation);
    const key = await send(operation, request, bearer(ada.key, { 'harmony-user': eve.userId }));
    expect(key).toMatchObject({ status: 404 });
    if (operation.access === 'key') continue;
    const session = await openSession(ada.otherUserId);
    const forMe = await send(operation, request, bearer(session, { 'harmony-user': ada.userId }));
    expect(forMe).toMatchObject({ status: 404 });
  }
});

it('shows a session no route that is for workspace keys', async () => {
  const forKeys = operations.filter(({ access }) => access === 'key');
  expect(forKeys.length).toBeGreaterThan(0);
  for (const operation of forKeys) {
    const answer = await send(operation, fill(operation), bearer(await openSession(world.ada.userId)));
    expect(answer).toMatchObject({ status: 403 });
  }
});

it('shows nothing of a user to another user, here or elsewhere, on any route, and lets them change nothing', async () => {
  const { ada, eve } = world;
  const foreigners: readonly { of: Tenant; headers: () => Promise<Headers> }[] = [
    { of: eve, headers: async () => bearer(await openSession(eve.userId)) },
    { of: eve, headers: async () => bearer(eve.key, { 'harmony-user': eve.userId }) },
    { of: eve, headers: async () => bearer(eve.key) },
    { of: ada, headers: async () => bearer(await openSession(ada.otherUserId)) },
    { of: ada, headers: async () => bearer(ada.key, { 'harmony-user': ada.otherUserId }) },
  ];
  const before = await fingerprintRows();
  for (const operation of operations) {
    const request = fill(operation);
    for (const { of, headers } of foreigners) {
      // A workspace key may do this for its whole workspace.
      if (operation.access === 'key' && of === ada) continue;
      const answer = await send(operation, request, await headers());
      if (operation.access === 'key' && answer.status === 403) continue;
      if (request.names.path || (request.names.body && !request.names.query)) {
        expect(answer).toMatchObject({ status: 404 });
      } else {
        expect([200, 201, 202, 204, 400, 403, 404, 409, 422, 503], answer.of).toContain(answer.status);
      }
      for (const trace of tracesOf(mine)) expect(answer.text, answer.of).not.toContain(trace);
    }
  }
  expect(await fingerprintRows()).toEqual(before);
});

it('lets the user, by session and by key, and the workspace key reach every one of those routes', async () => {
  const { ada } = world;
  for (const operation of operations) {
    const owners: Headers[] = [
      bearer(ada.key),
      bearer(ada.key, { 'harmony-user': ada.userId }),
      operation.access === 'key'
        ? bearer(ada.key, { 'harmony-user': ada.otherUserId })
        : bearer(await openSession(ada.userId)),
    ];
    // At once: some wait a while for the workflow engine, which is away here.
    await Promise.all(
      owners.map(async (headers) => {
        const provider = providerFor(operation.path);
        const seeded = await seedIntegration(world.database.db, ada, { provider });
        const answer = await send(operation, fill(operation, seeded), headers);
        expect([200, 201, 202, 204, 400, 409, 422, 503], `${answer.of} ${answer.text}`).toContain(
          answer.status,
        );
        if (answer.status === 400) expect(JSON.parse(answer.text).code, answer.of).toBe('user_required');
      }),
    );
  }
});

/** One that has what the route is about. */
function providerFor(path: string): string {
  if (/contact|mapping|plan|conflict/.test(path)) return 'google-contacts';
  return /task|users/.test(path) ? 'linear' : 'google-calendar';
}

const tracesOf = (seeded: SeededIntegration): string[] => [
  ...Object.values(seeded),
  ...['Mary@example.com', 'Mend the kettle', 'Standup', 'Recipes', 'Chef'],
];

/** Of every row, in every table, that has to do with the user or their integration. */
async function fingerprintRows(): Promise<Record<string, unknown>> {
  const { sql } = world.database;
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  const marks = [...Object.values(mine), world.ada.userId].map((id) => `%${id}%`);
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    if (name === 'sessions') continue;
    const [row] = await sql`
      select count(*)::int as rows, md5(string_agg(md5(t::text), '' order by md5(t::text))) as hash
      from ${sql(name)} t where t::text like any(${marks})`;
    found[name] = row;
  }
  expect(Object.values(found).filter((row) => (row as { rows: number }).rows > 0).length).toBeGreaterThan(10);
  return found;
}
