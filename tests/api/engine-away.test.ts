/** What a person decided while the workflow engine is away: it holds, and the answer says so, also to a repeat. */
import { eq, ne } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPlanContacts } from '../../activities/contacts/plan-contacts.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createFinishRun } from '../../activities/sync/finish-run.ts';
import type { ArbiterClient } from '../../api/arbiter-client.ts';
import { newId } from '../../db/ids.ts';
import { planFingerprint } from '../../db/queries/contact-plans.ts';
import { beginRun } from '../../db/queries/runs.ts';
import {
  contactJournal,
  contactLinks,
  contactLists,
  contactPlans,
  contacts,
  contactWork,
  integrations,
  listLinks,
} from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
let path: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world?.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [contacts, integrations]) await db.delete(table);
  mine = await seedIntegration(db, world.ada, {
    ...{ provider: 'google-contacts', syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
  });
  path = `/v1/integrations/${mine.id}`;
});

const toPlan = async () =>
  (await world.database.db.select().from(contactWork)).map(({ kind, key }) => [kind, key]).sort();

/** Twice, as a client does that lost the first answer. */
async function twice(route: string) {
  const options = { headers: { 'idempotency-key': `key-${mine.id}` }, body: {} };
  const first = await world.ada.asUser.post(route, options);
  const second = await world.ada.asUser.post(route, options);
  expect([second.status, second.body]).toEqual([first.status, first.body]);
  return first;
}

it('a run is undone, and what goes to the provider waits for a later sync', async () => {
  const { db } = world.database;
  const { contactId, runId } = mine;
  await db.update(contacts).set({ jobTitle: 'Chef' }).where(eq(contacts.id, contactId));
  await db.insert(contactJournal).values({
    ...{ integrationId: mine.id, runId, contactId, remoteId: 'people/c1', side: 'harmony', action: 'update' },
    ...{ before: { jobTitle: 'Cook' }, after: { jobTitle: 'Chef' } },
  });
  const undone = await twice(`${path}/runs/${runId}/undo`);
  expect([undone.status, undone.body], undone.text).toEqual([
    200,
    {
      ...{ runId, reverted: 1, skipped: [], sync: null, waits: true },
      lists: { reverted: 0, memberships: 0, skipped: [] },
    },
  ]);
  const [contact] = await db.select().from(contacts).where(eq(contacts.id, contactId));
  expect(contact?.jobTitle).toBe('Cook');
  expect(await toPlan()).toEqual([['local', contactId]]);
});

async function accept() {
  const { db } = world.database;
  await db.update(integrations).set({ approvedDirection: 'from_provider' });
  const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId: world.ada.userId });
  await db.update(contactPlans).set({ fingerprint }).where(eq(contactPlans.id, mine.planId));
  return twice(`${path}/plans/${mine.planId}/apply`);
}

it('a plan is accepted and left to the next run, which is not named', async () => {
  const applied = await accept();
  expect([applied.status, applied.body], applied.text).toEqual([
    202,
    { plan: expect.objectContaining({ id: mine.planId, status: 'applying' }) },
  ]);
  const { approvedDirection } = (await world.ada.asUser.get(path)).body;
  expect(approvedDirection).toBe('bidirectional');
  expect(await toPlan()).toContainEqual(['remote', 'people/c1']);
  const again = await world.ada.asUser.post(`${path}/plans/${mine.planId}/apply`, { body: {} });
  expect([again.status, again.body.remedy]).toEqual([409, expect.stringContaining('being carried out')]);
});

it('a plan between two empty address books is ended by the next run, too', async () => {
  const { db } = world.database;
  for (const table of [contacts, contactLinks, listLinks, contactLists]) await db.delete(table);
  await accept();
  const run = { integrationId: mine.id, runId: newId('run'), trigger: 'periodic' } as const;
  const provider = () => ({ adapter: { id: 'google-contacts' }, environment: {} });
  const deps = { db, logger: { warn() {} }, provider } as unknown as ActivityDeps;
  const begun = await beginRun(db, {
    ...{ ...run, operationId: newId('op'), mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
  });
  const plan = { ...run, provider: 'google-contacts', generation: begun?.generation as number };
  expect(await createPlanContacts(deps)(plan)).toEqual({ next: 'done', planned: 0 });
  await createFinishRun(deps)({ ...run, status: 'succeeded', failuresInARow: 0 });
  expect((await world.ada.asUser.get(`${path}/plans/${mine.planId}`)).body.status).toBe('applied');
});

it('a plan that nobody computes is none, and a repeat makes it', async () => {
  const { db } = world.database;
  const options = { headers: { 'idempotency-key': `plan-${mine.id}` }, body: {} };
  const ask = () => world.ada.asUser.post(`${path}/plan`, options);
  const plans = () =>
    db
      .select({ id: contactPlans.id, status: contactPlans.status, error: contactPlans.error })
      .from(contactPlans)
      .where(ne(contactPlans.id, mine.planId));
  expect((await ask()).status).toBe(503);
  const former = await world.ada.asUser.get(`${path}/plans/${mine.planId}`);
  expect(former.body.status).toBe('ready');
  const failed = {
    id: expect.any(String),
    status: 'failed',
    error: expect.stringContaining('Make the plan'),
  };
  expect(await plans()).toEqual([failed]);
  expect((await ask()).status).toBe(503);
  expect(await plans()).toEqual([failed]);
  const arbiter = world.deps.arbiter as { -readonly [Name in keyof ArbiterClient]: ArbiterClient[Name] };
  const { computePlan } = arbiter;
  try {
    arbiter.computePlan = async () => {};
    const { status, body } = await ask();
    const [computing] = await plans();
    expect([status, body]).toEqual([
      202,
      expect.objectContaining({ id: computing?.id, status: 'computing' }),
    ]);
    expect(computing).toMatchObject({ status: 'computing', error: null });
    // The former plan is as good as it was, until there is a newer one to look at.
    expect((await accept()).status).toBe(202);
    expect(await plans()).toEqual([expect.objectContaining({ id: computing?.id, status: 'stale' })]);
  } finally {
    arbiter.computePlan = computePlan;
  }
});
