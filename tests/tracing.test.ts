/** With an OTLP endpoint: one trace from a request to the calls at the provider, and nothing in it that is somebody's. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../db/client.ts';
import { loadCredential } from '../db/queries/credentials.ts';
import { createSealer } from '../db/sealing.ts';
import { eventually } from './support/eventually.ts';
import { type SyncWorld, startSyncWorld } from './sync/sync-world.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

let world: SyncWorld;
let receiver: Server;
const spans: Span[] = [];
/** Everything that was sent, as it came. */
const bodies: string[] = [];

beforeAll(async () => {
  receiver = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      bodies.push(body);
      spans.push(...readSpans(JSON.parse(body)));
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  world = await startSyncWorld({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
});
afterAll(async () => {
  await world?.stop();
  receiver.close();
});

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<Span, 'attributes' | 'service'> & {
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
}
interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const readSpans = ({ resourceSpans }: Exported): Span[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        ...span,
        attributes: plain(span.attributes),
        service: String(plain(resource.attributes)['service.name']),
      })),
    ),
  );

/** Names from a span up to the root of its trace. */
function pathOf(span: Span): string[] {
  const parent = spans.find(
    ({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId,
  );
  return [`${span.service} ${span.name}`, ...(parent === undefined ? [] : pathOf(parent))];
}

const callsUnder = (root: string): string[][] =>
  spans
    .filter(({ attributes }) => attributes['harmony.provider'] !== undefined)
    .map((span) => pathOf(span).reverse())
    .filter(([first]) => first === root);

it('spans request, workflow, activity and call, also where the request waited for its turn', async () => {
  await world.reset({ contacts: 40 });
  const id = await world.connect('google-contacts');
  await world.driver.sync(id, 'full');
  const [path = []] = await eventually(
    async () => callsUnder('harmony-api POST /v1/integrations/{id}/sync'),
    (found) => found.length > 0,
  );
  expect(path).toEqual([
    'harmony-api POST /v1/integrations/{id}/sync',
    expect.stringMatching(/^harmony-api .*requestOperation$/),
    expect.stringMatching(/^harmony-worker .*requestOperation$/),
    expect.stringMatching(/^harmony-worker StartChildWorkflow:sync$/),
    expect.stringMatching(/^harmony-worker RunWorkflow:sync$/),
    expect.stringMatching(/^harmony-worker StartActivity:\w+$/),
    expect.stringMatching(/^harmony-worker RunActivity:\w+$/),
    expect.stringMatching(/^harmony-worker GET google-contacts$/),
  ]);
  const tested = await world.driver.api<{ ok: boolean }>('POST', `/v1/integrations/${id}/test`);
  expect(tested.ok).toBe(true);
  await eventually(
    async () => callsUnder('harmony-api POST /v1/integrations/{id}/test'),
    (found) => found.length > 0,
  );
});

it('begins a trace of its own with each run of the arbiter, and none for what is sent to the endpoint', async () => {
  const roots = spans.filter(({ parentSpanId }) => !parentSpanId);
  expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(roots.length);
  expect(spans.filter(({ name }) => name === 'POST' || name.startsWith('POST google'))).toEqual(
    spans.filter(
      ({ name, attributes }) =>
        name.startsWith('POST google') && attributes['server.address'] === 'localhost',
    ),
  );
});

it('holds no token, no address and no record', async () => {
  const { stack, sql } = world;
  const database = openDatabase({ url: stack.running.databaseUrl, poolSize: 1, name: 'tracing-test' });
  const sealer = createSealer(stack.environment.HARMONY_ENCRYPTION_KEYS as string);
  const [{ id } = { id: '' }] = await sql<{ id: string }[]>`select id from integrations`;
  const tokens = Object.values((await loadCredential(database.db, sealer, id))?.tokens ?? {});
  await database.close();
  const people = await sql<{ first: string; last: string; email: string | null }[]>`
    select first_name as first, last_name as last, email from contacts where first_name is not null limit 40`;
  expect(people.length).toBeGreaterThan(20);
  const sent = bodies.join('\n');
  const secrets = [
    stack.running.workspaceKey,
    ...tokens.filter((token) => typeof token === 'string' && token.length > 12),
  ];
  expect(secrets.length).toBeGreaterThan(1);
  expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);
  expect(sent.match(/.{0,80}[\w.+-]+@[\w-]+\.\w+.{0,20}/g) ?? []).toEqual([]);
  expect(people.filter(({ first, last }) => sent.includes(`${first} ${last}`))).toEqual([]);
  expect(sent.match(/"url\.|"http\.url"|"http\.target"|\?[a-zA-Z]+=/g) ?? []).toEqual([]);
});
