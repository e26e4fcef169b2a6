/** Input that is meant to do harm: what is parsed, what is logged, and how long a pattern may take on it. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import ts from 'typescript-5';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Operation, readOperations } from './fill-request.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let operations: readonly Operation[];
const lines: string[] = [];

beforeAll(async () => {
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  world = await openApiWorld({ parts: 'api', deps: { logger } });
  operations = readOperations((await world.stranger.get('/openapi.json')).body);
});
afterAll(() => world.close());

/** As deep as fits into the largest body that is read. */
const nested = (open: string, close: string) => `${open.repeat(20_000)}1${close.repeat(20_000)}`;

it('refuses deeply nested, enormous and polluting bodies on every route that takes one, without a fault of its own', async () => {
  const bodies = [
    nested('[', ']'),
    nested('{"a":', '}'),
    `{"provider":${nested('[', ']')}}`,
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    `{"name":"${'\\u0000'.repeat(1000)}","provider":"${'x'.repeat(200_000)}"}`,
    `[${'1,'.repeat(100_000)}1]`,
  ];
  const taking = operations.filter(({ body, path }) => body !== undefined || path.startsWith('/webhooks'));
  expect(taking.length).toBeGreaterThan(8);
  for (const { method, path } of taking) {
    const target = path.replace('{provider}', 'linear').replaceAll(/\{\w+\}/g, 'int_none');
    for (const body of bodies) {
      const answer = await world.ada.asUser.send(method, target, { body });
      expect(answer.status, `${method} ${target} ${answer.text.slice(0, 200)}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `${method} ${target} ${answer.text.slice(0, 200)}`).toBeLessThan(500);
    }
  }
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

it('writes one line of JSON a request, whatever is in its address, and no code, state or hop', async () => {
  lines.length = 0;
  const forged = encodeURIComponent('\r\n{"level":60,"msg":"forged"}');
  await world.ada.asUser.get(`/v1/integrations/x${forged}`);
  await world.stranger.get('/oauth/callback?code=secret-code&state=secret-state');
  await world.stranger.get('/oauth/start/secret-hop');
  await world.stranger.post('/v1/sessions/redeem', { body: { link: 'hl_secret-link' } });
  await expect.poll(() => lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines) {
    expect(line.trimEnd()).not.toContain('\n');
    expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
    expect(line).not.toMatch(/secret-/);
    expect(line).not.toContain(world.ada.key);
  }
});

it('sends no header that a caller wrote', async () => {
  const answer = await world.ada.asUser.get(`/v1/search?q=${encodeURIComponent('x\r\nSet-Cookie: a=b')}`);
  expect(answer.headers.getSetCookie()).toEqual([]);
  const { headers } = await world.stranger.get(
    '/oauth/callback?state=x&redirect_uri=https://evil.example&next=//evil.example',
  );
  expect(headers.get('location')).toBeNull();
});

/** A repeated group in which something repeats without bound: the shape of patterns that take exponential time. */
const nestedRepeat = /\((?:[^()\\]|\\.)*(?:[+*]|\{\d+,\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\})/;

it('has no pattern that can take exponential time', () => {
  const project = fileURLToPath(new URL('../../', import.meta.url));
  const files = globSync('{activities,api,db,platform,providers,sync,worker,workflows}/**/*.ts', {
    cwd: project,
  });
  let checked = 0;
  for (const file of files.filter((name) => !name.endsWith('.test.ts'))) {
    const source = ts.createSourceFile(file, readFileSync(project + file, 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        checked += 1;
        // Inside of [] these signs mean themselves.
        const pattern = node.text.replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, 'c');
        expect(nestedRepeat.test(pattern), `${file}: ${node.text}`).toBe(false);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(checked).toBeGreaterThan(30);
  expect(nestedRepeat.test('^(a+)+$')).toBe(true);
});
