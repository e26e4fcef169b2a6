/** Linear from the consent page to current tasks: what arrives, what changes, what goes, and in how many calls. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LinearStack, openLinearStack, organization, type RemoteIssue } from './linear-stack.ts';

let stack: LinearStack;
let id: string;

beforeAll(async () => {
  stack = await openLinearStack();
  id = await stack.connect();
});
afterAll(() => stack?.close());

const client = () => stack.world.ada.asUser;
const tasks = async (query = '') =>
  (await client().get(`/v1/tasks?limit=1000&integrationId=${id}${query}`)).body.data;
const taskOf = async (remoteId: string) =>
  (await tasks('&includeArchived=true')).find((task: { remoteId: string }) => task.remoteId === remoteId);

it('has every issue that is not in the trash, every comment and every member', async () => {
  const issues = await stack.all<RemoteIssue>('issues');
  const live = issues.filter(({ trashed }) => trashed !== true);
  const open = live.filter(({ archivedAt }) => archivedAt === null);
  expect(live.length).toBeGreaterThan(open.length);
  const ids = (rows: readonly { id?: string; remoteId?: string }[]) =>
    rows.map((row) => row.remoteId ?? row.id).sort();
  expect(ids(await tasks('&includeArchived=true'))).toEqual(ids(live));
  expect(ids(await tasks())).toEqual(ids(open));
  const comments = await stack.all<unknown>('comments');
  const members = await stack.all<unknown>('members');
  const { body } = await client().get(`/v1/integrations/${id}`);
  expect(body).toMatchObject({
    phase: 'active',
    account: { name: expect.stringMatching(/northwind/i) },
    counts: { issues: live.length, comments: comments.length, members: members.length, collections: 3 },
  });
});

it('shows a task with its names, its comments and a page of the list', async () => {
  const [comment] = await stack.all<{ body: string; issue: { id: string } }>('comments');
  const issue = await stack.control.get<RemoteIssue & { identifier: string }>(
    `${organization}/issues/${comment?.issue.id}`,
  );
  const { id: taskId } = await taskOf(issue.id);
  const { body } = await client().get(`/v1/tasks/${taskId}`);
  expect(body).toMatchObject({ title: issue.title, identifier: issue.identifier, state: issue.state.name });
  expect(body.comments.map((one: { body: string }) => one.body)).toContain(comment?.body);
  const first = (await client().get('/v1/tasks?limit=7')).body;
  const second = (await client().get(`/v1/tasks?limit=7&cursor=${first.nextCursor}`)).body;
  const all = await tasks();
  expect([...first.data, ...second.data].map((task) => task.id)).toEqual(
    all.slice(0, 14).map((task: { id: string }) => task.id),
  );
});

it('brings changes, archived and trashed issues with the next increment, in one call per stream and team', async () => {
  const issues = (await stack.all<RemoteIssue>('issues')).filter(
    ({ trashed, archivedAt }) => trashed !== true && archivedAt === null,
  );
  const [changed, archived, trashed] = issues.map((issue) => issue.id);
  const path = (issueId: string | undefined) => `${organization}/issues/${issueId}`;
  await stack.control.send('PATCH', path(changed), { title: 'Water the ferns' });
  await stack.control.send('PATCH', path(archived), { archived: true });
  await stack.control.send('DELETE', path(trashed));
  const since = new Date().toISOString();
  expect((await stack.sync(id, 'incremental')).counts).toMatchObject({ updated: 2, deleted: 1, created: 0 });
  expect(await taskOf(changed as string)).toMatchObject({ title: 'Water the ferns' });
  expect(await taskOf(archived as string)).toMatchObject({ archived: true });
  expect(await taskOf(trashed as string)).toBeUndefined();
  const calls = await stack.callsSince(since);
  expect(calls.filter((call) => call === 'issues')).toHaveLength(3);
  expect(calls.filter((call) => call === 'comments')).toHaveLength(3);
  expect(calls.filter((call) => call === 'users')).toHaveLength(1);
  expect((await stack.sync(id, 'incremental')).counts).toMatchObject({ read: 0 });
});

it('follows an issue to another team, in the counts of both', async () => {
  const { data: teams } = (await client().get(`/v1/integrations/${id}/collections`)).body;
  const countOf = async (collectionId: string) => {
    const { data } = (await client().get(`/v1/integrations/${id}/collections`)).body;
    return data.find((team: { id: string }) => team.id === collectionId).recordCount;
  };
  const [task] = await tasks();
  const target = teams.find((team: { id: string }) => team.id !== task.collectionId);
  const before = [await countOf(task.collectionId), await countOf(target.id)];
  await stack.control.send('PATCH', `${organization}/issues/${task.remoteId}`, { teamId: target.remoteId });
  await stack.sync(id, 'incremental');
  expect(await taskOf(task.remoteId)).toMatchObject({ id: task.id, collectionId: target.id });
  expect([await countOf(task.collectionId), await countOf(target.id)]).toEqual([
    before[0] - 1,
    before[1] + 1,
  ]);
});

it('finds what was deleted for good by a complete listing, and removes nothing when that is cut short', async () => {
  const before = (await tasks('&includeArchived=true')).length;
  const [task] = await tasks();
  const fault = { provider: 'linear', path: '/graphql/issues', fault: { kind: 'truncate-list', keep: 1 } };
  await stack.control.send('POST', '/faults', fault);
  await stack.sync(id, 'full');
  await stack.control.send('DELETE', '/faults');
  expect(await tasks('&includeArchived=true')).toHaveLength(before);
  await stack.control.send('DELETE', `${organization}/issues/${task.remoteId}?permanently=true`);
  expect((await stack.sync(id, 'incremental')).counts.deleted).toBe(0);
  // Its comments went with it.
  expect((await stack.sync(id, 'full')).counts).toMatchObject({ created: 0 });
  expect(await tasks('&includeArchived=true')).toHaveLength(before - 1);
  expect(await taskOf(task.remoteId)).toBeUndefined();
});

it('drops the tasks of an unticked team, keeps the others, and brings them back under the same ids', async () => {
  const all = await tasks();
  const { collectionId } = all[0];
  const kept = all.filter((task: { collectionId: string }) => task.collectionId !== collectionId);
  const path = `/v1/integrations/${id}/collections/${collectionId}`;
  await client().patch(path, { body: { subscribed: false } });
  expect((await tasks()).length).toBe(kept.length);
  await stack.sync(id, 'incremental');
  await client().patch(path, { body: { subscribed: true } });
  await stack.sync(id, 'incremental');
  expect((await tasks()).map((task: { id: string }) => task.id).sort()).toEqual(
    all.map((task: { id: string }) => task.id).sort(),
  );
});

it('tests the connection with a check for each stream', async () => {
  const { body } = await client().post(`/v1/integrations/${id}/test`);
  expect(body.ok).toBe(true);
  expect(body.checks.map((check: { name: string }) => check.name)).toEqual([
    ...['token', 'account', 'scope:read', 'scope:write'],
    ...['read:members', 'read:issues', 'read:comments', 'watch'],
  ]);
});

it('deletes everything of the integration and ends its grant', async () => {
  await stack.remove(id);
  const { db } = stack.world.database;
  const left = async () => {
    const rows = await db.execute(
      `select (select count(*) from tasks) + (select count(*) from task_comments) + (select count(*) from people)
        + (select count(*) from integrations) as left`,
    );
    return Number(rows[0]?.left);
  };
  const deadline = Date.now() + 20_000;
  while ((await left()) > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 100));
  expect(await left()).toBe(0);
  expect(await stack.callsSince(new Date(Date.now() - 20_000).toISOString())).toContain('/oauth/revoke');
});
