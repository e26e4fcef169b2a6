/** Linear's webhooks: who may push, what a push costs, and what a burst of them comes to. */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { webhookInbox } from '../../db/schema/index.ts';
import { eventually } from '../api/browser.ts';
import { type LinearStack, openLinearStack, organization, type RemoteIssue } from './linear-stack.ts';

const secret = 'sandbox-linear-webhook-secret';
let stack: LinearStack;
let id: string;
let organizationId: string;
let issue: RemoteIssue;

beforeAll(async () => {
  stack = await openLinearStack();
  const { control, world } = stack;
  await control.send('PATCH', '/settings', { linear: { appWebhookUrl: `${world.url}/webhooks/linear` } });
  id = await stack.connect();
  organizationId = (await client().get(`/v1/integrations/${id}`)).body.account.id;
  issue = (await stack.all<RemoteIssue>('issues')).find(
    ({ trashed, archivedAt }) => !trashed && !archivedAt,
  ) as RemoteIssue;
});
afterAll(async () => {
  await dispatcher.close();
  await stack?.close();
});

const client = () => stack.world.ada.asUser;
const inbox = async () => (await stack.world.database.db.select().from(webhookInbox)).length;
const sign = (body: string) => createHmac('sha256', secret).update(body).digest('hex');

function pushOf(more: object = {}, timestampMs = Date.now()) {
  return JSON.stringify({
    ...{ type: 'Issue', action: 'update', organizationId, createdAt: new Date().toISOString() },
    ...{ data: { id: issue.id, teamId: issue.team.id }, webhookTimestamp: timestampMs },
    ...more,
  });
}

/**
 * As a sender elsewhere, each push on a connection of its own. This process is the API, too: when it was busy for long, an idle
 * connection that was kept may be ended by the one side while the other takes it for the next request.
 */
const dispatcher = new Agent({ pipelining: 0 });

async function post(body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${stack.world.url}/webhooks/linear`, {
    method: 'POST',
    body,
    dispatcher,
    headers: {
      'content-type': 'application/json',
      'linear-delivery': randomUUID(),
      'linear-event': 'Issue',
      'linear-signature': sign(body),
      ...headers,
    },
  });
  await answer.text();
  return { status: answer.status };
}

const idle = () => stack.settled(id, 1);
const titleIs = (title: string) =>
  eventually(
    () => client().get(`/v1/tasks?limit=1000&integrationId=${id}`),
    ({ body }) => body.data.some((task: { title: string }) => task.title === title),
  );

it('refuses forged, stale, unsigned and oversized pushes, and leaves no row', async () => {
  const stale = pushOf({}, Date.now() - 61_000);
  const large = pushOf({ padding: 'x'.repeat(5 * 1024 * 1024) });
  const refusals = {
    forged: () => post(pushOf(), { 'linear-signature': sign('something else') }),
    stale: () => post(stale),
    unsigned: () => post(pushOf(), { 'linear-signature': '' }),
    oversized: () => post(large),
  };
  for (const [name, push] of Object.entries(refusals)) {
    const { status } = await push();
    expect({ name, status }).toEqual({ name, status: name === 'oversized' ? 413 : 401 });
  }
  expect((await post('{"signed": "but nothing else"}')).status).toBe(400);
  expect(await inbox()).toBe(0);
});

it('takes a signed push of somebody else’s organization without a row', async () => {
  expect((await post(pushOf({ organizationId: randomUUID() }))).status).toBe(200);
  expect(await inbox()).toBe(0);
});

it('brings a change at Linear here without waiting for the timer, reading only the stream of that team', async () => {
  await idle();
  const since = new Date().toISOString();
  await stack.control.send('PATCH', `${organization}/issues/${issue.id}`, { title: 'Repot the basil' });
  await titleIs('Repot the basil');
  await idle();
  const calls = (await stack.callsSince(since)).filter((call) => call !== 'issueLabels');
  expect(calls).toEqual(['issues']);
});

it('makes of 1,000 pushes, doubled and out of order, one sync’s worth of calls and the state of the last', async () => {
  await idle();
  await stack.control.send('POST', '/pushes', { mode: 'hold' });
  for (let number = 1; number <= 500; number += 1) {
    await stack.control.send('PATCH', `${organization}/issues/${issue.id}`, { title: `Draft ${number}` });
  }
  const since = new Date().toISOString();
  const deliveries = Array.from({ length: 500 }, () => ({ body: pushOf(), delivery: randomUUID() }));
  const burst = [...deliveries, ...deliveries].sort(() => Math.random() - 0.5);
  // Linear takes its time meanwhile, so that the pushes gather however long the burst takes to arrive.
  await stack.control.send('POST', '/faults', { provider: 'linear', fault: { kind: 'delay', ms: 3000 } });
  const answers = await Promise.all(
    burst.map(({ body, delivery }) => post(body, { 'linear-delivery': delivery })),
  );
  await stack.control.send('DELETE', '/faults');
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await titleIs('Draft 500');
  await idle();
  const calls = await stack.callsSince(since);
  // One sync reads 3 teams' issues and comments and the members.
  expect(calls.filter((call) => call !== 'issueLabels').length).toBeLessThanOrEqual(7);
  console.log(`burst: ${calls.length} calls: ${calls.join(' ')}`);
  await stack.control.send('POST', '/pushes', { mode: 'deliver' });
});

it('asks to sign in again when the organization removed the app, once, and not for what is older than the sign-in', async () => {
  await idle();
  const revoked = (createdAt: string) =>
    JSON.stringify({
      ...{ type: 'OAuthApp', action: 'revoked', organizationId, createdAt },
      ...{ oauthClientId: 'sandbox-linear-client', webhookTimestamp: Date.now() },
    });
  expect((await post(revoked('2020-01-01T00:00:00.000Z'))).status).toBe(200);
  expect((await client().get(`/v1/integrations/${id}`)).body.phase).toBe('active');
  await stack.control.send('POST', `${organization}/revoke`, {});
  const { body } = await eventually(
    () => client().get(`/v1/integrations/${id}`),
    (answer) => answer.body.phase === 'needs_reauth',
  );
  expect(body.attention).toMatchObject({
    code: 'reauth_required',
    remedy: expect.stringMatching(/re-auth/i),
  });
  expect((await client().get(`/v1/tasks?integrationId=${id}`)).body.data.length).toBeGreaterThan(0);
});
