/** Tasks from the Companion to Linear: made once whatever breaks, assigned through the mapping, nobody overwritten. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../api/browser.ts';
import { type LinearStack, openLinearStack, organization, type RemoteIssue } from './linear-stack.ts';

let stack: LinearStack;
let id: string;
let teamId: string;

beforeAll(async () => {
  stack = await openLinearStack({ linearIssues: 40 });
  id = await stack.connect();
  teamId = (await client().get(`/v1/integrations/${id}/collections`)).body.data[0].remoteId;
});
afterEach(() => stack.control.send('DELETE', '/faults'));
afterAll(() => stack?.close());

const client = () => stack.world.ada.asUser;
const create = (body: object, headers = {}) =>
  client().post('/v1/tasks', { body: { integrationId: id, teamId, ...body }, headers });
const titled = async (title: string) =>
  (await stack.all<RemoteIssue>('issues')).filter((issue) => issue.title === title);
const fault = (path: string, kind: object, times = 1) =>
  stack.control.send('POST', '/faults', { provider: 'linear', path: `/graphql/${path}`, times, fault: kind });

describe('creating', () => {
  it('makes the issue at Linear and shows it here at once, under the id that every later sync keeps', async () => {
    const answer = await create({ title: 'Order beans', description: 'Two **bags**' });
    expect(answer).toMatchObject({ status: 201, body: { title: 'Order beans', assignee: null } });
    const [issue] = await titled('Order beans');
    expect(issue).toMatchObject({
      id: answer.body.remoteId,
      description: 'Two **bags**',
      team: { id: teamId },
    });
    await stack.sync(id, 'full');
    expect((await client().get(`/v1/tasks/${answer.body.id}`)).body).toMatchObject({ title: 'Order beans' });
    const { counts } = (await client().get(`/v1/integrations/${id}`)).body;
    const live = (await stack.all<RemoteIssue>('issues')).filter(({ trashed }) => trashed !== true);
    expect(counts.issues).toBe(live.length);
  });

  it('gives the same task to a repeat with the same Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const first = await create({ title: 'Clean the grinder' }, key);
    const second = await create({ title: 'Clean the grinder' }, key);
    expect(second.body).toEqual(first.body);
    expect(await titled('Clean the grinder')).toHaveLength(1);
  });

  it.each([
    ['the answer is lost', { kind: 'lose-answer' }],
    ['the request is lost', { kind: 'lose-request' }],
    ['the answer breaks off', { kind: 'cut-body' }],
    ['Linear is down for a moment', { kind: 'status', status: 503 }],
    ['a limit is hit', { kind: 'status', status: 429, headers: { 'Retry-After': '1' } }],
  ])('makes exactly one issue when %s', async (name, kind) => {
    await fault('issueCreate', kind);
    const answer = await create({ title: `Once although ${name}` });
    expect(answer.status).toBe(201);
    expect(await titled(`Once although ${name}`)).toHaveLength(1);
  });

  it('makes exactly one issue when the answer is lost and reads lag behind', async () => {
    await fault('issueCreate', { kind: 'lose-answer' });
    await fault('issue', { kind: 'stale-read', ms: 60_000 }, 2);
    const answer = await create({ title: 'Once although unseen' });
    expect(answer.status).toBe(201);
    expect(await titled('Once although unseen')).toHaveLength(1);
  });

  it('counts the first task of a team that no run has read yet, which goes once it is deleted at Linear', async () => {
    await stack.control.send('POST', '/pushes', { mode: 'drop' });
    const team = await stack.control.send<{ id: string }>('POST', `${organization}/teams`, { name: 'Fresh' });
    await client().post(`/v1/integrations/${id}/collections/refresh`);
    const { body: task } = await create({ title: 'The only one', teamId: team.id });
    await stack.sync(id, 'incremental');
    const { data } = (await client().get(`/v1/integrations/${id}/collections`)).body;
    expect(data.find(({ remoteId }: { remoteId: string }) => remoteId === team.id).recordCount).toBe(1);
    await stack.control.send('DELETE', `${organization}/issues/${task.remoteId}?permanently=true`);
    await stack.sync(id, 'full');
    expect((await client().get(`/v1/tasks/${task.id}`)).status).toBe(404);
    await stack.control.send('POST', '/pushes', { mode: 'deliver' });
  });

  it('says of a team that is ticked and gone at Linear that it is gone', async () => {
    const team = await stack.control.send<{ id: string }>('POST', `${organization}/teams`, { name: 'Brief' });
    const refresh = () => client().post(`/v1/integrations/${id}/collections/refresh`);
    await refresh();
    await stack.control.send('DELETE', `${organization}/teams/${team.id}`);
    await refresh();
    expect(await create({ title: 'Nowhere', teamId: team.id })).toMatchObject({
      status: 422,
      body: {
        detail: expect.stringContaining('no longer'),
        errors: [{ path: 'teamId', message: 'missing' }],
      },
    });
  });

  it('assigns through the mapping', async () => {
    const { body: users } = await client().get(`/v1/integrations/${id}/users?limit=1000`);
    const person = users.data.find(({ active }: { active: boolean }) => active);
    const { otherUserId } = stack.world.ada;
    const mapped = users.data.find(({ userId }: { userId: string }) => userId === otherUserId) ?? person;
    await client().put(`/v1/integrations/${id}/users/${mapped.externalUserId}`, {
      body: { userId: otherUserId },
    });
    const answer = await create({ title: 'For Grace', assigneeUserId: otherUserId });
    expect(answer.body.assignee).toMatchObject({
      externalUserId: mapped.externalUserId,
      userId: otherUserId,
    });
    expect((await titled('For Grace'))[0]?.assignee).toMatchObject({ id: mapped.externalUserId });
    await client().put(`/v1/integrations/${id}/users/${mapped.externalUserId}`, { body: { userId: null } });
    const refused = await create({ title: 'For nobody', assigneeUserId: otherUserId });
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'assignee_unmapped',
        detail: expect.stringContaining('Grace Hopper'),
        remedy: expect.stringContaining('/users/sync'),
      },
    });
    expect(await titled('For nobody')).toHaveLength(0);
  });

  it('refuses unknown teams and users of elsewhere, and what Linear refuses, with its words', async () => {
    expect(await create({ title: 'x', teamId: 'nowhere' })).toMatchObject({
      status: 422,
      body: { code: 'write_refused' },
    });
    expect((await create({ title: 'x', assigneeUserId: stack.world.eve.userId })).status).toBe(422);
    expect((await create({ title: '' })).status).toBe(400);
    await fault('issueCreate', { kind: 'status', status: 400 });
    expect(await create({ title: 'Refused' })).toMatchObject({
      status: 422,
      body: { code: 'write_refused' },
    });
    await fault('issueCreate', { kind: 'status', status: 403 });
    expect(await create({ title: 'Not allowed' })).toMatchObject({
      status: 403,
      body: { code: 'missing_scope' },
    });
    expect(await titled('Refused')).toHaveLength(0);
  });
});

describe('changing', () => {
  const patch = (taskId: string, body: object) => client().patch(`/v1/tasks/${taskId}`, { body });
  const newTask = async (title: string) => (await create({ title, description: 'as it was' })).body;
  const remote = (task: { remoteId: string }) =>
    stack.control.get<RemoteIssue>(`${organization}/issues/${task.remoteId}`);
  const asPerson = (task: { remoteId: string }, body: object) =>
    stack.control.send('PATCH', `${organization}/issues/${task.remoteId}`, body);

  it('changes title, description, state and assignee', async () => {
    const task = await newTask('Change me');
    const states = await stack.all<{ name: string; type: string }>('states');
    const done = states.find(({ type }) => type === 'completed')?.name as string;
    const answer = await patch(task.id, { title: 'Changed', description: null, state: done.toUpperCase() });
    expect(answer).toMatchObject({
      status: 200,
      body: { title: 'Changed', state: done, stateCategory: 'done' },
    });
    expect(await remote(task)).toMatchObject({ title: 'Changed', state: { name: done } });
    expect((await remote(task)).description ?? '').toBe('');
    expect((await client().get(`/v1/tasks/${task.id}`)).body.title).toBe('Changed');
  });

  it('tells of a newer change at Linear instead of overwriting it, and shows it', async () => {
    const task = await newTask('Mine');
    await asPerson(task, { title: 'Theirs' });
    const answer = await patch(task.id, { title: 'Mine again' });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining('newer title') },
    });
    expect(await remote(task)).toMatchObject({ title: 'Theirs' });
    expect((await client().get(`/v1/tasks/${task.id}`)).body.title).toBe('Theirs');
    expect((await patch(task.id, { title: 'Mine again' })).status).toBe(200);
  });

  it('lets a newer change of another field stand beside ours', async () => {
    const task = await newTask('Both');
    await asPerson(task, { description: 'theirs' });
    expect(await patch(task.id, { title: 'Both of us' })).toMatchObject({ status: 200 });
    expect(await remote(task)).toMatchObject({ title: 'Both of us', description: 'theirs' });
  });

  it('says what states there are', async () => {
    const task = await newTask('Stateless');
    const answer = await patch(task.id, { state: 'Nirvana' });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('It has:') } });
  });

  it('survives a lost answer', async () => {
    const task = await newTask('Lost');
    await fault('issueUpdate', { kind: 'lose-answer' });
    expect(await patch(task.id, { title: 'Found' })).toMatchObject({ status: 200, body: { title: 'Found' } });
  });

  it('says that a task is gone at Linear', async () => {
    const task = await newTask('Gone');
    await stack.control.send('DELETE', `${organization}/issues/${task.remoteId}`);
    expect(await patch(task.id, { title: 'x' })).toMatchObject({ status: 409 });
    await stack.sync(id, 'incremental');
    await eventually(
      () => client().get(`/v1/tasks/${task.id}`),
      ({ status }) => status === 404,
    );
  });

  it('says how a task goes from Harmony that was deleted at Linear for good', async () => {
    const task = await newTask('Gone for good');
    await stack.control.send('DELETE', `${organization}/issues/${task.remoteId}?permanently=true`);
    expect(await patch(task.id, { title: 'x' })).toMatchObject({
      status: 409,
      body: { remedy: expect.stringContaining('full sync') },
    });
    await stack.sync(id, 'full');
    expect((await client().get(`/v1/tasks/${task.id}`)).status).toBe(404);
  });

  it('leaves a task alone that moved to a team that is not ticked, and shows it no longer', async () => {
    type Team = { id: string; remoteId: string; recordCount: number; missingSince?: string };
    const teams = async (): Promise<Team[]> =>
      (await client().get(`/v1/integrations/${id}/collections`)).body.data;
    const other = (await teams()).find(
      ({ remoteId, missingSince }) => remoteId !== teamId && missingSince === undefined,
    ) as Team;
    const tick = (subscribed: boolean) =>
      client().patch(`/v1/integrations/${id}/collections/${other.id}`, { body: { subscribed } });
    await tick(false);
    const task = await newTask('Moves away');
    await stack.sync(id, 'incremental');
    const count = async () =>
      (await teams()).find(({ remoteId }) => remoteId === teamId)?.recordCount as number;
    const before = await count();
    await asPerson(task, { teamId: other.remoteId });
    expect(await patch(task.id, { title: 'Moved' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining('elsewhere') },
    });
    expect(await remote(task)).toMatchObject({ title: 'Moves away' });
    expect((await client().get(`/v1/tasks/${task.id}`)).status).toBe(404);
    expect(await count()).toBe(before - 1);
    await tick(true);
    await stack.sync(id, 'incremental');
    expect((await client().get(`/v1/tasks/${task.id}`)).body).toMatchObject({ collectionId: other.id });
  });
});
