/** What operators and integrators get: document, docs, metrics, limits, headers; and the process itself. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../api/routes/index.ts';
import { choosePorts } from '../../dev/ports.ts';
import { createClient } from './client.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api', env: { HARMONY_RATE_LIMIT_PER_MINUTE: '200' } });
});
afterAll(() => world.close());

describe('the document', () => {
  it('describes every route with its parameters, body and problems, as OpenAPI 3.1', async () => {
    const { body } = await world.stranger.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    for (const route of routes) {
      const operation = body.paths[route.path]?.[route.method];
      expect(operation?.summary, route.path).toBe(route.summary);
      const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = (operation.parameters ?? []).filter(
        (parameter: { in: string }) => parameter.in === 'path',
      );
      expect(described.map(({ name }: { name: string }) => name)).toEqual(named);
      expect('requestBody' in operation).toBe(route.body !== undefined);
    }
    const ids = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((path) =>
      Object.values(path).map((operation) => operation.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, auth, rawBodyLimitBytes } of routes) {
      const { responses } = body.paths[path][method];
      const statuses = Object.keys(responses);
      const needed = auth === 'public' ? [] : ['401', '404', '429', '503'];
      if (method !== 'get' && rawBodyLimitBytes === undefined) needed.push('400', '409', '413', '415', '422');
      expect(statuses, `${method} ${path}`).toEqual(expect.arrayContaining(needed));
      // A readiness check and a page for a person fail in their own shapes.
      for (const status of statuses.filter((one) => Number(one) >= 400 && path.startsWith('/v1'))) {
        expect(responses[status].content, `${method} ${path} ${status}`).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
    }
    expect(body.components.schemas.PatchIntegration.additionalProperties).toBe(false);
  });
  it('is shown at /docs without anything from elsewhere', async () => {
    const page = await world.stranger.get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    for (const [, path = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(path).toMatch(/^\/docs\//);
      expect((await world.stranger.get(path)).status, path).toBe(200);
    }
  });
});

it('sets strict headers and answers a request id', async () => {
  const { headers } = await world.ada.asUser.get('/v1/providers');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('leads from under /v1 to what operators ask for', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs']) {
    const { status, headers } = await world.stranger.get(`/v1${path}`);
    expect([status, headers.get('location')], path).toEqual([308, path]);
  }
});

it('keeps an idle connection longer than clients do', async () => {
  const { headers } = await world.stranger.get('/healthz');
  expect(headers.get('keep-alive')).toBe('timeout=75');
});

it('counts requests by route, not by id', async () => {
  await world.ada.asUser.get('/v1/integrations/int_some');
  const { text } = await world.stranger.get('/metrics');
  expect(text).toContain(
    'http_request_duration_seconds_count{method="GET",route="/v1/integrations/{id}",status="404"}',
  );
  expect(text).not.toContain('int_some');
  expect(text).toContain('process_cpu_user_seconds_total');
});

it('lists the catalogue', async () => {
  const { body } = await world.ada.asUser.get('/v1/providers');
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(['google-calendar', 'google-contacts']),
  );
  expect(body.data[0]).toMatchObject({ authKinds: ['oauth'], collectionNoun: { one: 'calendar' } });
  const first = (await world.ada.asUser.get('/v1/providers?limit=1')).body;
  const rest = (await world.ada.asUser.get(`/v1/providers?cursor=${first.nextCursor}`)).body;
  expect([...first.data, ...rest.data]).toEqual(body.data);
  expect(rest.nextCursor).toBeNull();
});

it('limits each caller by itself', async () => {
  const greedy = createClient(world.url, { authorization: 'Bearer hs_greedy' });
  let limited: Awaited<ReturnType<typeof greedy.get>> | undefined;
  for (let index = 0; index < 220 && limited === undefined; index += 1) {
    const answer = await greedy.get('/v1/session');
    if (answer.status === 429) limited = answer;
  }
  expect(limited?.body).toMatchObject({ code: 'rate_limited', status: 429 });
  expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await world.ada.asUser.get('/v1/session')).status).toBe(200);
});

describe('the processes', () => {
  const entry = (name: string) => fileURLToPath(new URL(`../../api/${name}`, import.meta.url));
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env.PATH ?? '',
    DATABASE_URL: world.database.url,
    HARMONY_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    SANDBOX_URL: 'http://127.0.0.1:9',
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    LOG_LEVEL: 'warn',
    ...more,
  });

  it('sets up the workspace once, keeps its key, and prints a fresh link each time', async () => {
    const run = async (more: Record<string, string>) => {
      const { stdout } = await promisify(execFile)(process.execPath, [entry('setup.ts')], {
        env: environment(more),
      });
      return JSON.parse(stdout) as { workspaceKey: string; userId: string; signInUrl: string };
    };
    const first = await run({});
    const second = await run({ HARMONY_WORKSPACE_KEY: first.workspaceKey });
    expect(second).toMatchObject({ workspaceKey: first.workspaceKey, userId: first.userId });
    expect(second.signInUrl).not.toBe(first.signInUrl);
    const client = createClient(world.url, { authorization: `Bearer ${first.workspaceKey}` });
    expect((await client.get('/v1/session')).body).toMatchObject({
      workspace: { name: 'Harmony' },
      user: null,
    });
    const link = new URL(second.signInUrl).hash.slice(1);
    const { body } = await world.stranger.post('/v1/sessions/redeem', { body: { link } });
    expect(body.user).toMatchObject({ id: first.userId, name: 'Ada Lovelace' });
  });

  it('starts without Temporal, says that it is ready, and ends on SIGTERM and with its parent', async () => {
    for (const end of ['SIGTERM', 'disconnect'] as const) {
      const child = fork(entry('main.ts'), { env: environment({ PORT: '0' }), silent: true });
      const [message] = await once(child, 'message');
      expect(message).toBe('ready');
      const exited = once(child, 'exit');
      if (end === 'SIGTERM') child.kill('SIGTERM');
      else child.disconnect();
      expect((await exited)[0]).toBe(0);
    }
  });

  // More than wait by Node's own default, 511. Elsewhere the kernel takes fewer.
  it.runIf(process.platform === 'linux')(
    'leaves no connection of a burst outside while it is busy',
    async () => {
      const { PORT } = (await choosePorts({ env: {}, needed: ['PORT'], random: true })).ports;
      const child = fork(entry('main.ts'), { env: environment({ PORT: String(PORT) }), silent: true });
      await once(child, 'message');
      child.kill('SIGSTOP');
      let connected = 0;
      const sockets = Array.from({ length: 700 }, () =>
        connect(PORT, '127.0.0.1', () => {
          connected += 1;
        }),
      );
      try {
        await expect.poll(() => connected).toBe(sockets.length);
      } finally {
        for (const socket of sockets) socket.destroy();
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  );
});
