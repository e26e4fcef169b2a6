import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinearClient } from '@linear/sdk';
import { afterEach, expect, test } from 'vitest';
import { ask, openSandbox, type TestSandbox } from '../testing.ts';

const opened: TestSandbox[] = [];
afterEach(async () => {
  for (const sandbox of opened.splice(0)) await sandbox.close();
});

async function open(options?: Parameters<typeof openSandbox>[0]): Promise<TestSandbox> {
  const sandbox = await openSandbox(options);
  opened.push(sandbox);
  return sandbox;
}

type List = { data: Record<string, unknown>[]; nextCursor: string | null };

const titles = async (linear: LinearClient) => {
  const { issues } = await ask<{ issues: { nodes: { title: string }[] } }>(
    linear,
    '{issues(first:250){nodes{title}}}',
  );
  return issues.nodes.map((issue) => issue.title);
};

test('the same seed makes the same world, another seed another one; organizations and members stay', async () => {
  const sandbox = await open();
  const worlds: List[] = [];
  const members: List[] = [];
  for (const seed of [1, 2, 1]) {
    await sandbox.control('POST', '/reset', { seed });
    worlds.push(await sandbox.control<List>('GET', '/linear/northwind/issues?limit=100000'));
    members.push(await sandbox.control<List>('GET', '/linear/northwind/members'));
  }
  expect(worlds[0]?.data).toHaveLength(80);
  expect(worlds[2]).toEqual(worlds[0]);
  expect(worlds[1]).not.toEqual(worlds[0]);
  expect(members[1]?.data.map((user) => user.id)).toEqual(members[0]?.data.map((user) => user.id));
  expect(members[0]?.data.filter((user) => user.active === false)).toHaveLength(1);
});

test('100,000 issues are there within seconds, each once', async () => {
  const sandbox = await open({ settings: { limitsEnforced: false } });
  const startedMs = performance.now();
  await sandbox.control('POST', '/reset', { seed: 3, linearIssues: 100_000, linearMembers: 200 });
  expect(performance.now() - startedMs).toBeLessThan(5000);
  const linear = await sandbox.client();
  const ids = new Set<string>();
  let after: string | null = null;
  let listed = 0;
  do {
    const query =
      'query($after:String){issues(first:250,after:$after,includeArchived:true,orderBy:updatedAt){nodes{id} pageInfo{hasNextPage endCursor}}}';
    const {
      issues,
    }: { issues: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
      await ask(linear, query, { after });
    for (const { id } of issues.nodes) ids.add(id);
    listed += issues.nodes.length;
    after = issues.pageInfo.hasNextPage ? issues.pageInfo.endCursor : null;
  } while (after !== null);
  expect([listed, ids.size]).toEqual([100_000, 100_000]);
  const { issue } = await ask<{ issue: { number: number } }>(linear, '{issue(id:"ENG-50000"){number}}');
  expect(issue.number).toBe(50_000);
  const { users } = await ask<{ users: { nodes: unknown[] } }>(
    linear,
    '{users(first:250,includeDisabled:true){nodes{id}}}',
  );
  expect(users.nodes).toHaveLength(200);
});

test('members are listed, added, changed and removed as on the members page', async () => {
  const sandbox = await open();
  const linear = await sandbox.client();
  const page = await sandbox.control<List>('GET', '/linear/northwind/members?limit=5');
  expect(page.data.map((user) => user.email).slice(0, 2)).toEqual(['ada@example.com', 'grace@example.com']);
  const next = await sandbox.control<List>(
    'GET',
    `/linear/northwind/members?limit=100&cursor=${page.nextCursor}`,
  );
  expect(page.data.length + next.data.length).toBe(12);
  expect(next.nextCursor).toBeNull();
  const added = await sandbox.control<{ id: string; updatedAt: string }>(
    'POST',
    '/linear/northwind/members',
    {
      name: 'Zoë Müller',
      email: 'zoe@example.com',
    },
  );
  const changed = await sandbox.control<{ updatedAt: string }>(
    'PATCH',
    `/linear/northwind/members/${added.id}`,
    {
      email: 'zoe.mueller@example.com',
    },
  );
  expect(changed.updatedAt >= added.updatedAt).toBe(true);
  expect((await linear.user(added.id)).email).toBe('zoe.mueller@example.com');
  await sandbox.control('DELETE', `/linear/northwind/members/${added.id}`);
  expect((await linear.user(added.id)).active).toBe(false);
  expect((await linear.users()).nodes.some((user) => user.id === added.id)).toBe(false);
});

test('teams are added with states, renamed, and removed with their issues', async () => {
  const sandbox = await open();
  const linear = await sandbox.client();
  const team = await sandbox.control<{ id: string; key: string }>('POST', '/linear/northwind/teams', {
    name: 'Legal',
  });
  expect(team.key).toBe('LEG');
  await linear.createIssue({ teamId: team.id, title: 'Read the contract' });
  await sandbox.control('PATCH', `/linear/northwind/teams/${team.id}`, { name: 'Law' });
  expect((await linear.teams()).nodes.map((one) => one.name)).toContain('Law');
  await sandbox.control('DELETE', `/linear/northwind/teams/${team.id}`);
  expect((await linear.teams()).nodes.map((one) => one.name)).not.toContain('Law');
  expect(await linear.issue('LEG-1')).toMatchObject({ trashed: true });
});

test('writes outlive a restart, tokens too; a reset takes the writes and leaves the key', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'linear-'));
  try {
    const first = await openSandbox({ stateDir });
    const linear = await first.client();
    const teams = await linear.teams();
    await linear.createIssue({ teamId: teams.nodes[0]?.id ?? '', title: 'Kept' });
    const { data } = await first.control<List>('GET', '/linear/northwind/api-keys');
    await first.close();
    const second = await open({ stateDir });
    const again = await second.client();
    expect(await titles(again)).toContain('Kept');
    expect((await second.control<List>('GET', '/linear/northwind/api-keys')).data).toEqual(data);
    await second.control('POST', '/reset', { seed: 1 });
    expect(await titles(again)).not.toContain('Kept');
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test('revoking an organization ends its keys, for good across a restart; the other organization goes on', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'linear-'));
  try {
    const first = await openSandbox({ stateDir });
    const northwind = await first.client();
    await first.control('POST', '/linear/northwind/revoke');
    await expect(northwind.viewer).rejects.toMatchObject({ status: 401 });
    expect((await (await first.client('lumen')).viewer).email).toBe('grace@example.com');
    await first.close();
    const second = await open({ stateDir });
    expect((await second.control<List>('GET', '/linear/northwind/api-keys')).data).toEqual([]);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test('faults match the operation: a lost answer was done, a cut listing looks complete, a lag hides new issues', async () => {
  const sandbox = await open();
  const linear = await sandbox.client();
  const teamId = (await linear.teams()).nodes[0]?.id ?? '';
  await sandbox.control('POST', '/faults', {
    provider: 'linear',
    path: '/graphql/issueCreate',
    account: 'northwind',
    times: 1,
    fault: { kind: 'lose-answer' },
  });
  await expect(linear.createIssue({ teamId, title: 'Lost answer' })).rejects.toThrow();
  expect(await titles(linear)).toContain('Lost answer');

  await sandbox.control('POST', '/faults', {
    provider: 'linear',
    path: '/graphql/issues',
    times: 1,
    fault: { kind: 'truncate-list', keep: 0.5 },
  });
  expect(await titles(linear)).toHaveLength(38);
  expect(await titles(linear)).toHaveLength(76);

  await sandbox.control('POST', '/lag', { provider: 'linear', ms: 60_000 });
  await linear.createIssue({ teamId, title: 'Lagging' });
  expect(await titles(linear)).not.toContain('Lagging');
  await sandbox.control('POST', '/clock', { advanceMs: 60_001 });
  expect(await titles(linear)).toContain('Lagging');

  const { data } = await sandbox.control<List>('GET', '/requests?provider=linear');
  expect(data.find((entry) => entry.path === '/graphql/issueCreate')).toMatchObject({
    account: 'northwind',
    write: true,
    status: 0,
  });
  expect(data.find((entry) => entry.path === '/graphql/issues')).toMatchObject({ write: false, status: 200 });
});

test('an ordered status comes in the form that Linear gives it', async () => {
  const sandbox = await open();
  const linear = await sandbox.client();
  for (const [status, type] of [
    [401, 'AuthenticationError'],
    [403, 'Forbidden'],
    [429, 'Ratelimited'],
    [500, 'InternalError'],
  ] as const) {
    const order = { provider: 'linear', path: '/graphql', times: 1, fault: { kind: 'status', status } };
    await sandbox.control('POST', '/faults', order);
    await expect(linear.viewer).rejects.toMatchObject({ type, status });
  }
});
