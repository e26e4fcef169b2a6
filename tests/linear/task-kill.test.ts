/** kill -9 of the worker at the steps of a task's creation: exactly one issue, whatever the step. Last, in a refresh. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createDriver, type Driver, type IntegrationView, type RunView } from '../../dev/drive.ts';
import { type Stack, startStack } from '../../dev/stack.ts';

const home = mkdtempSync(join(tmpdir(), 'harmony-task-kill-'));
let stack: Stack;
let driver: Driver;
let sql: postgres.Sql;
let integrationId: string;
let teamId: string;

beforeAll(async () => {
  stack = await startStack({ home, env: {}, randomPorts: true, durable: false, page: false });
  driver = createDriver(stack.running, 60_000);
  sql = postgres(stack.running.databaseUrl, { max: 2 });
  await driver.control('POST', '/reset', { seed: 3, linearIssues: 10 });
  integrationId = await driver.connect('linear');
  await driver.settled(integrationId);
  const { data } = await driver.api<{ data: { id: string }[] }>(
    'GET',
    `/v1/integrations/${integrationId}/collections`,
  );
  teamId = data[0]?.id as string;
});
afterEach(() => driver.control('DELETE', '/faults'));
afterAll(async () => {
  await sql?.end();
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

const create = (title: string) =>
  driver.api<{ id: string; title?: string }>('POST', '/v1/tasks', { integrationId, teamId, title });
const slowCreate = (ms: number) =>
  driver.control('POST', '/faults', {
    ...{ provider: 'linear', path: '/graphql/issueCreate', times: 1 },
    fault: { kind: 'delay', ms },
  });

async function issuesTitled(title: string): Promise<number> {
  const { data } = await driver.control<{ data: { title: string }[] }>(
    'GET',
    '/linear/northwind/issues?limit=100000',
  );
  return data.filter((issue) => issue.title === title).length;
}

async function until(what: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await sleep(20);
  }
}

const isSent = async () => (await sql`select 1 from task_writes where state = 'sent'`).length > 0;

async function expectOne(title: string, answer: Promise<{ id: string; title?: string }>): Promise<void> {
  expect(await answer).toMatchObject({ title });
  expect(await issuesTitled(title)).toBe(1);
  const { data } = await driver.api<{ data: { title: string }[] }>('GET', '/v1/tasks?limit=1000');
  expect(data.filter((task) => task.title === title)).toHaveLength(1);
}

it('makes one issue when the worker dies before it takes the task up', async () => {
  await stack.kill('worker');
  await expectOne('Died before', create('Died before'));
});

it('makes one issue when the worker dies while Linear works on it', async () => {
  await stack.ready('worker');
  await slowCreate(1500);
  const answer = create('Died during');
  await until(isSent);
  await sleep(200);
  await stack.kill('worker');
  await expectOne('Died during', answer);
});

it('makes one issue when the worker dies between Linear’s answer and its own commit', async () => {
  await stack.ready('worker');
  await slowCreate(500);
  const answer = create('Died after');
  await until(isSent);
  await sql.begin(async (held) => {
    await held`select from integrations where id = ${integrationId} for update`;
    await until(async () => (await issuesTitled('Died after')) === 1);
    await sleep(300);
    await stack.kill('worker');
  });
  await expectOne('Died after', answer);
});

it('makes one issue of each of many when the worker dies again and again', async () => {
  await stack.ready('worker');
  const titles = Array.from({ length: 12 }, (_, number) => `Barrage ${number}`);
  const answers = titles.map(async (title, number) => {
    await sleep(number * 120);
    return create(title);
  });
  for (const pauseMs of [250, 700, 900]) {
    await sleep(pauseMs);
    await stack.kill('worker');
    await stack.ready('worker');
  }
  await Promise.all(answers);
  await until(
    async () => (await sql`select 1 from task_writes where state in ('planned', 'sent')`).length === 0,
  );
  for (const title of titles)
    expect({ title, issues: await issuesTitled(title) }).toEqual({ title, issues: 1 });
});

it('says that a new sign-in is needed when the worker dies between Linear’s new tokens and its own commit', async () => {
  await stack.ready('worker');
  await driver.control('POST', '/linear/northwind/access-tokens/expire', {});
  const path = `/v1/integrations/${integrationId}`;
  const since = Date.now();
  const isRefreshed = async () => {
    const { data } = await driver.control<{ data: { path: string; status: number }[] }>(
      'GET',
      `/requests?provider=linear&limit=1000&since=${since}`,
    );
    return data.some((call) => call.path === '/oauth/token' && call.status === 200);
  };
  const { runId } = await sql.begin(async (held) => {
    // Reading the credential under its row lock goes on, storing another one waits.
    await held`lock table credentials in share mode`;
    const asked = await driver.api<{ runId: string }>('POST', `${path}/sync`, { mode: 'incremental' });
    await until(isRefreshed);
    await stack.kill('worker');
    return asked;
  });
  const readRun = () => driver.api<RunView>('GET', `${path}/runs/${runId}`);
  await until(async () => (await readRun()).status !== 'running', 90_000);
  expect(await readRun()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
  const after = await driver.api<IntegrationView>('GET', path);
  expect(after).toMatchObject({ phase: 'needs_reauth', attention: { code: 'reauth_required' } });
  const { data } = await driver.api<{ data: object[] }>('GET', '/v1/tasks?limit=1000');
  expect(data.length).toBeGreaterThan(0);
});
