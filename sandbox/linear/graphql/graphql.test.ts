import { randomUUID } from 'node:crypto';
import {
  AuthenticationLinearError,
  InvalidInputLinearError,
  LinearClient,
  RatelimitedLinearError,
} from '@linear/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, openSandbox, type TestSandbox } from '../testing.ts';

let sandbox: TestSandbox;
let linear: LinearClient;
beforeEach(async () => {
  sandbox = await openSandbox();
  linear = await sandbox.client();
});
afterEach(() => sandbox.close());

interface Page {
  issues: {
    nodes: {
      id: string;
      updatedAt: string;
      createdAt: string;
      archivedAt: string | null;
      trashed: boolean | null;
    }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string; startCursor: string };
  };
}
const fields =
  'nodes{id updatedAt createdAt archivedAt trashed} pageInfo{hasNextPage hasPreviousPage endCursor startCursor}';

async function listIds(argumentsText: string): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const query = `query($after:String){issues(first:7,after:$after,${argumentsText}){${fields}}}`;
    const { issues } = await ask<Page>(linear, query, { after });
    ids.push(...issues.nodes.map((node) => node.id));
    after = issues.pageInfo.hasNextPage ? issues.pageInfo.endCursor : undefined;
  } while (after !== undefined);
  return ids;
}

async function teamId(key = 'ENG'): Promise<string> {
  const { team } = await ask<{ team: { id: string } }>(linear, 'query($key:String!){team(id:$key){id}}', {
    key,
  });
  return team.id;
}

test('typed calls of the SDK work: viewer, organization, teams, members, projects, labels, states, issues', async () => {
  expect((await linear.viewer).email).toBe('ada@example.com');
  expect((await linear.organization).urlKey).toBe('northwind');
  expect((await linear.teams()).nodes.map((team) => team.key).sort()).toEqual(['CS', 'DES', 'ENG']);
  expect((await linear.users()).nodes).toHaveLength(11);
  expect((await linear.users({ includeDisabled: true })).nodes).toHaveLength(12);
  expect((await linear.projects()).nodes).toHaveLength(6);
  expect((await linear.issueLabels()).nodes).toHaveLength(7);
  expect((await linear.workflowStates()).nodes).toHaveLength(18);
  const issue = (await linear.issues({ first: 1 })).nodes[0];
  expect((await issue?.team)?.key).toBe(issue?.identifier.split('-')[0]);
  expect((await issue?.state)?.name).toBeTruthy();
});

test('paging gives every issue once, newest first, in either order; archived ones only on request', async () => {
  for (const orderBy of ['createdAt', 'updatedAt']) {
    const all = await listIds(`orderBy:${orderBy},includeArchived:true`);
    expect(new Set(all).size).toBe(80);
    const open = await listIds(`orderBy:${orderBy}`);
    expect(open.length).toBe(75);
    expect(all.filter((id) => open.includes(id))).toEqual(open);
  }
  const { issues } = await ask<Page>(
    linear,
    `{issues(first:250,orderBy:updatedAt,includeArchived:true){${fields}}}`,
  );
  const times = issues.nodes.map((node) => node.updatedAt);
  expect(times).toEqual([...times].sort().reverse());
  expect(issues.nodes.filter((node) => node.trashed).length).toBe(2);
});

test('last and before walk the same list from its end', async () => {
  const all = await listIds('includeArchived:true');
  const end = await ask<Page>(linear, `{issues(last:5,includeArchived:true){${fields}}}`);
  expect(end.issues.nodes.map((node) => node.id)).toEqual(all.slice(-5));
  expect(end.issues.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
  const query = `query($before:String){issues(last:5,before:$before,includeArchived:true){${fields}}}`;
  const { issues } = await ask<Page>(linear, query, { before: end.issues.pageInfo.startCursor });
  expect(issues.nodes.map((node) => node.id)).toEqual(all.slice(-10, -5));
});

test('filters by updatedAt, team, state, assignee, label and id, with and, or and durations', async () => {
  const { issues } = await ask<Page>(linear, `{issues(first:250,includeArchived:true){${fields}}}`);
  const middle = issues.nodes.map((node) => node.updatedAt).sort()[40] as string;
  const later = issues.nodes.filter((node) => node.updatedAt >= middle).length;
  const at = JSON.stringify(middle);
  expect(await listIds(`includeArchived:true,orderBy:updatedAt,filter:{updatedAt:{gte:${at}}}`)).toHaveLength(
    later,
  );
  expect(await listIds(`includeArchived:true,filter:{updatedAt:{gt:${at}}}`)).toHaveLength(later - 1);
  expect(await listIds(`includeArchived:true,filter:{updatedAt:{lt:${at}}}`)).toHaveLength(80 - later);
  expect(await listIds('includeArchived:true,filter:{updatedAt:{gt:"-P10Y"}}')).toHaveLength(80);
  expect(await listIds('includeArchived:true,filter:{updatedAt:{gt:"P1D"}}')).toHaveLength(0);
  expect(await listIds('includeArchived:true,filter:{team:{key:{eq:"ENG"}}}')).toHaveLength(40);
  const either = 'or:[{team:{key:{eq:"DES"}}},{team:{key:{eq:"CS"}}}]';
  expect(await listIds(`includeArchived:true,filter:{${either}}`)).toHaveLength(40);
  const none = await listIds('includeArchived:true,filter:{assignee:{null:true}}');
  const some = await listIds('includeArchived:true,filter:{assignee:{email:{endsWith:"@example.com"}}}');
  expect(none.length + some.length).toBe(80);
  const bug = await listIds('includeArchived:true,filter:{labels:{some:{name:{eq:"Bug"}}}}');
  const unlabelled = await listIds('includeArchived:true,filter:{labels:{every:{name:{neq:"Bug"}}}}');
  expect(bug.length).toBeGreaterThan(0);
  expect(bug.length + unlabelled.length).toBe(80);
  const ids = issues.nodes.slice(0, 3).map((node) => node.id);
  expect((await listIds(`includeArchived:true,filter:{id:{in:${JSON.stringify(ids)}}}`)).sort()).toEqual(
    ids.sort(),
  );
});

test('an issue is created, changed, moved, archived, trashed, restored and deleted for good', async () => {
  const id = randomUUID();
  const created = await linear.createIssue({ id, teamId: await teamId(), title: 'Write the tests' });
  expect(created.success).toBe(true);
  let issue = await linear.issue(id);
  expect(issue).toMatchObject({ title: 'Write the tests', identifier: 'ENG-41', priority: 0 });
  await linear.updateIssue('ENG-41', { title: 'Write more tests', priority: 2 });
  issue = await linear.issue(id);
  expect(issue).toMatchObject({ title: 'Write more tests', priorityLabel: 'High' });
  const before = issue.updatedAt.toISOString();
  await linear.updateIssue(id, { title: 'Write more tests' });
  await linear.archiveIssue(id);
  issue = await linear.issue(id);
  expect(issue.archivedAt).toBeTruthy();
  expect(issue.updatedAt.toISOString()).toBe(before);
  await linear.unarchiveIssue(id);
  await linear.deleteIssue(id);
  expect(await linear.issue(id)).toMatchObject({ trashed: true });
  await linear.updateIssue(id, { teamId: await teamId('DES') });
  expect(await linear.issue('ENG-41')).toMatchObject({
    identifier: 'DES-25',
    previousIdentifiers: ['ENG-41'],
  });
  await linear.deleteIssue(id, { permanentlyDelete: true });
  await expect(linear.issue(id)).rejects.toBeInstanceOf(InvalidInputLinearError);
});

test('entering a completed state sets the times, leaving it clears them', async () => {
  const { workflowStates } = await ask<{ workflowStates: { nodes: { id: string; name: string }[] } }>(
    linear,
    '{workflowStates(filter:{team:{key:{eq:"ENG"}}}){nodes{id name}}}',
  );
  const state = (name: string) => workflowStates.nodes.find((one) => one.name === name)?.id ?? '';
  await linear.createIssue({ teamId: await teamId(), title: 'Ship it', stateId: state('Done') });
  expect((await linear.issue('ENG-41')).completedAt).toBeInstanceOf(Date);
  await linear.updateIssue('ENG-41', { stateId: state('Todo') });
  expect((await linear.issue('ENG-41')).completedAt).toBeFalsy();
});

test('a second create with the same id is an error by default and the existing issue by setting; never a second issue', async () => {
  const input = { id: randomUUID(), teamId: await teamId(), title: 'Once' };
  await linear.createIssue(input);
  await expect(linear.createIssue(input)).rejects.toBeInstanceOf(InvalidInputLinearError);
  await sandbox.control('PATCH', '/settings', { linear: { secondCreate: 'existing' } });
  expect((await linear.createIssue(input)).issueId).toBe(input.id);
  expect(await listIds('filter:{title:{eq:"Once"}}')).toEqual([input.id]);
  await expect(linear.createIssue({ ...input, id: 'not-a-uuid' })).rejects.toBeInstanceOf(
    InvalidInputLinearError,
  );
});

test('comments are written and read with their issue', async () => {
  await linear.createComment({ issueId: 'ENG-3', body: 'Looks good' });
  const issue = await linear.issue('ENG-3');
  expect((await issue.comments()).nodes.map((comment) => comment.body)).toContain('Looks good');
});

test('each answer carries the limits; past them comes 400 RATELIMITED, which the SDK understands', async () => {
  const first = await linear.client.rawRequest('{issues(first:250){nodes{id title}}}');
  expect(first.headers?.get('x-ratelimit-requests-limit')).toBe('2500');
  expect(first.headers?.get('x-complexity')).toBe('300');
  expect(Number(first.headers?.get('x-ratelimit-requests-reset'))).toBeGreaterThan(Date.now());
  await sandbox.control('PATCH', '/settings', { linear: { apiKeyRequestsPerHour: 3 } });
  const refused = await Promise.all(
    [1, 2, 3, 4].map(() => linear.client.rawRequest('{viewer{id}}').catch((error: unknown) => error)),
  );
  const error = refused.find((one) => one instanceof RatelimitedLinearError);
  expect(error).toMatchObject({ status: 400 });
});

test('a query above 10,000 points is refused, whatever is left', async () => {
  const query = '{issues(first:250){nodes{comments{nodes{body}}}}}';
  await expect(ask(linear, query)).rejects.toBeInstanceOf(InvalidInputLinearError);
  await expect(ask(linear, '{issues(first:251){nodes{id}}}')).rejects.toBeInstanceOf(InvalidInputLinearError);
});

test('the limits can be asked for', async () => {
  const { limits } = await linear.rateLimitStatus;
  expect(limits.map((limit) => [limit.type, limit.allowedAmount])).toEqual([
    ['request', 2500],
    ['complexity', 3_000_000],
  ]);
});

test('an unknown key is 401, and a key behind Bearer is told so', async () => {
  const stranger = new LinearClient({ apiKey: 'lin_api_unknown', apiUrl: `${sandbox.url}/graphql` });
  await expect(stranger.viewer).rejects.toBeInstanceOf(AuthenticationLinearError);
  const { data } = await sandbox.control<{ data: { key: string }[] }>('GET', '/linear/northwind/api-keys');
  const bearer = new LinearClient({ accessToken: data[0]?.key ?? '', apiUrl: `${sandbox.url}/graphql` });
  await expect(bearer.viewer).rejects.toThrow(/Remove the Bearer prefix/);
});

test('what a 401 holds is as it is set', async () => {
  const ask401 = async (unauthenticatedBody: string) => {
    await sandbox.control('PATCH', '/settings', { linear: { unauthenticatedBody } });
    const answer = await fetch(`${sandbox.url}/graphql`, {
      method: 'POST',
      headers: { Authorization: 'lin_api_unknown' },
      body: JSON.stringify({ query: '{viewer{id}}' }),
    });
    expect(answer.status).toBe(401);
    return (await answer.json()) as { errors?: { extensions: object }[] };
  };
  expect((await ask401('none')).errors).toBeUndefined();
  expect((await ask401('code')).errors).toMatchObject([{ extensions: { code: 'AUTHENTICATION_ERROR' } }]);
  expect((await ask401('code')).errors?.[0]?.extensions).not.toHaveProperty('type');
  expect((await ask401('code_and_type')).errors).toMatchObject([
    { extensions: { code: 'AUTHENTICATION_ERROR', type: 'authentication error' } },
  ]);
});

test('a query for a field that does not exist is 400 GRAPHQL_VALIDATION_FAILED', async () => {
  await expect(ask(linear, '{viewer{shoeSize}}')).rejects.toMatchObject({ status: 400 });
});
