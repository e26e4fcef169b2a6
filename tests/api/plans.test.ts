/** Deciding on a plan: which decisions it takes, and what turning it down takes back. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq, isNotNull, like, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parkRun } from '../../activities/contacts/check-breaker.ts';
import { createComputePlan } from '../../activities/contacts/compute-plan.ts';
import { type ContactSync, loadContactSync } from '../../activities/contacts/contact-sync.ts';
import { createPlanContacts, type PlanContactsResult } from '../../activities/contacts/plan-contacts.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createFinishRun, type FinishRunInput } from '../../activities/sync/finish-run.ts';
import { newId } from '../../db/ids.ts';
import {
  insertPlan,
  notePlanFailed,
  planFingerprint,
  storeComputed,
} from '../../db/queries/contact-plans.ts';
import { beginRun } from '../../db/queries/runs.ts';
import {
  contactConflicts,
  contactLinks,
  contactListMembers,
  contactLists,
  contactMappings,
  contactPlanDeletes,
  contactPlans,
  contacts,
  contactWork,
  integrations,
  listLinks,
  type StoredObjectMapping,
  streamCursors,
} from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let ada: Tenant;
let mine: SeededIntegration;
let path: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  ada = world.ada;
});
afterAll(() => world.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [
    ...[contactPlans, contactLinks, contactWork, contacts, contactMappings, listLinks, contactListMembers],
    ...[contactLists, integrations],
  ])
    await db.delete(table);
  mine = await seedIntegration(db, ada, { provider: 'google-contacts', approvedDirection: 'from_provider' });
  for (const table of [contactPlans, contactMappings]) await db.delete(table);
  path = `/v1/integrations/${mine.id}`;
});

const rowsOf = async () => {
  const { db } = world.database;
  return {
    plans: await db.select().from(contactPlans),
    integrations: await db.select().from(integrations),
    mappings: await db.select().from(contactMappings),
  };
};

describe('decisions on a plan', () => {
  const one = { contactIds: ['con_1', 'con_2'], resourceNames: ['people/c1', 'people/c2'] };
  const other = { contactIds: ['con_3'], resourceNames: ['people/c3', 'people/c4'] };
  const pair = (contactId: string | null, remoteId: string | null) => ({ contactId, remoteId });
  it.each([
    ['an unknown contact', [pair('con_9', 'people/c1')], ['decisions.0.contactId']],
    ['an unknown remote contact', [pair(null, 'people/c9')], ['decisions.0.remoteId']],
    ['a contact twice', [pair('con_1', 'people/c1'), pair('con_1', null)], ['decisions.1.contactId']],
    [
      'a remote contact twice',
      [pair('con_1', 'people/c1'), pair('con_2', 'people/c1')],
      ['decisions.1.remoteId'],
    ],
    ['two of two groups', [pair('con_1', 'people/c3')], ['decisions.0.remoteId']],
    [
      'ids of the other side',
      [pair('people/c1', 'con_1')],
      ['decisions.0.contactId', 'decisions.0.remoteId'],
    ],
  ])('that name %s are refused with their places, and change nothing', async (_what, decisions, places) => {
    await world.database.db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1, fingerprint: 'any', review: [one, other] },
    });
    const before = await rowsOf();
    const answer = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions } });
    expect(answer.status, answer.text).toBe(422);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(places);
    expect(await rowsOf()).toEqual(before);
  });
  it('that fit are taken: it is the plan that is no longer true', async () => {
    await world.database.db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1, fingerprint: 'any', review: [one, other] },
    });
    const decisions = [
      pair('con_1', 'people/c2'),
      pair('con_2', null),
      pair(null, 'people/c1'),
      pair(null, 'people/c3'),
    ];
    const answer = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions } });
    expect([answer.status, answer.body.code], answer.text).toEqual([409, 'plan_stale']);
  });
});

describe('a plan', () => {
  const insertList = (id: string) =>
    world.database.db
      .insert(contactLists)
      .values({ id, workspaceId: ada.workspaceId, userId: ada.userId, name: id });
  const apply = async () => {
    const answer = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions: [] } });
    return answer.body.code ?? answer.status;
  };
  beforeEach(async () => {
    const { db } = world.database;
    const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId: ada.userId });
    await db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1, fingerprint, review: [] },
    });
  });

  it('is carried out while neither side has moved', async () => {
    expect(await apply()).toBe(202);
  });
  it('is no longer true once somebody else is on a list of the person, and once nobody is', async () => {
    const { db } = world.database;
    const fingerprint = () => planFingerprint(db, { integrationId: mine.id, userId: ada.userId });
    const nobody = await fingerprint();
    await db.insert(contactListMembers).values({ listId: mine.listId, contactId: mine.contactId });
    const one = await fingerprint();
    await db.update(contactListMembers).set({ contactId: 'con_other' });
    expect(new Set([nobody, one, await fingerprint()]).size).toBe(3);
    await db.insert(contactListMembers).values({ listId: 'lst_of_somebody_else', contactId: 'con_other' });
    await db.delete(contactListMembers).where(eq(contactListMembers.listId, mine.listId));
    expect(await fingerprint()).toBe(nobody);
    await db.insert(contactListMembers).values({ listId: mine.listId, contactId: mine.contactId });
    expect(await apply()).toBe('plan_stale');
  });
  it.each([contactLinks, listLinks])(
    'is no longer true once another one is gone than before (%#)',
    async (table) => {
      const { db } = world.database;
      const row = { integrationId: mine.id, contentHash: 'h', shadow: {} };
      const named = { ...row, stream: 'contacts', remoteName: 'Crew', system: false, seenByRun: mine.runId };
      const ids = ['people/c8', 'people/c9'];
      await db.insert(table).values(ids.map((remoteId) => ({ ...named, remoteId })));
      const gone = async (remoteId: string) => {
        const isGone = sql`case when remote_id = ${remoteId} then now() end`;
        await db.update(table).set({ tombstonedAt: isGone });
        return planFingerprint(db, { integrationId: mine.id, userId: ada.userId });
      };
      const one = await gone('people/c8');
      expect(await gone('people/c9')).not.toBe(one);
      expect(await gone('people/c8')).toBe(one);
    },
  );
  it.each<[string, () => PromiseLike<unknown>]>([
    [
      'a contact gives way to another one',
      async () => {
        const { db } = world.database;
        const { workspaceId, userId } = ada;
        await db.insert(contacts).values({ id: 'con_other', workspaceId, userId });
        await db.delete(contacts).where(eq(contacts.id, mine.contactId));
      },
    ],
    ['a list is made in Harmony', () => ada.asUser.post('/v1/contact-lists', { body: { name: 'Crew' } })],
    [
      'a list is renamed in Harmony',
      () => ada.asUser.patch(`/v1/contact-lists/${mine.listId}`, { body: { name: 'Crew' } }),
    ],
    ['a list is archived in Harmony', () => ada.asUser.delete(`/v1/contact-lists/${mine.listId}`)],
    [
      'a list gives way to another one',
      async () => {
        const { db } = world.database;
        await insertList('lst_other');
        await db.delete(contactLists).where(eq(contactLists.id, mine.listId));
      },
    ],
    [
      'a group came',
      () =>
        world.database.db.insert(listLinks).values({
          ...{ integrationId: mine.id, remoteId: 'contactGroups/2', contentHash: 'h', shadow: {} },
          ...{ remoteName: 'Crew', system: false },
        }),
    ],
    ['a group has another name', () => world.database.db.update(listLinks).set({ contentHash: 'h2' })],
    ['a group went', () => world.database.db.update(listLinks).set({ tombstonedAt: '2026-01-01T00:00:00Z' })],
    ['a group is tied to another list', () => world.database.db.update(listLinks).set({ listId: 'lst_2' })],
  ])('is no longer true once %s', async (_what, move) => {
    await move();
    expect(await apply()).toBe('plan_stale');
    expect((await rowsOf()).integrations[0]?.approvedDirection).toBe('from_provider');
  });
});

/** What an activity of contacts needs that calls no provider. */
const activityDeps = (): ActivityDeps => {
  const provider = () => ({ adapter: googleContacts, environment: {} });
  return { db: world.database.db, logger: { warn() {}, info() {} }, provider } as unknown as ActivityDeps;
};

it('a plan of mappings that hold no more by the time it is computed is not to be decided on', async () => {
  const { db } = world.database;
  const integrationId = mine.id;
  await db
    .insert(streamCursors)
    .values({ integrationId, stream: 'contacts', collectionId: '', fullListedAt: '2026-01-01T00:00:00Z' })
    .onConflictDoUpdate({
      target: [streamCursors.integrationId, streamCursors.stream, streamCursors.collectionId],
      set: { fullListedAt: '2026-01-01T00:00:00Z' },
    });
  await insertPlan(db, {
    ...{ id: 'pln_1', integrationId, reason: 'first_two_way', status: 'computing' },
    ...{ syncDirection: 'bidirectional', mappingVersion: 1 },
  });
  const [first] = DEFAULT_FIELD_MAPPINGS;
  const body = { data: [{ ...first, direction: 'both' }] };
  const saved = await ada.asUser.put(`${path}/field-mappings`, { body });
  expect(saved.body.takesEffect, saved.text).toBe('now');
  const input = { integrationId, provider: 'google-contacts', planId: 'pln_1' };
  await new MockActivityEnvironment().run(createComputePlan(activityDeps()), input);
  expect((await rowsOf()).plans).toMatchObject([
    { status: 'failed', error: expect.stringContaining('again') },
  ]);
  const answer = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions: [] } });
  expect([answer.status, (await rowsOf()).integrations[0]?.approvedDirection]).toEqual([
    409,
    'from_provider',
  ]);
});

describe('of several plans', () => {
  const insert = (id: string, status: 'computing' | 'ready') =>
    world.database.db.insert(contactPlans).values({
      ...{ id, integrationId: mine.id, reason: 'first_two_way', status },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1 },
    });
  const compute = (id: string) =>
    world.database.db.transaction((tx) =>
      storeComputed(tx, id, { fingerprint: 'any', summary: null, review: null, deletes: [] }),
    );
  const statuses = async () => (await rowsOf()).plans.map(({ id, status }) => `${id} ${status}`).sort();

  it('the newest holds once it is computed, in whatever order they end', async () => {
    await insert('pln_1', 'ready');
    await insert('pln_2', 'computing');
    await insert('pln_3', 'computing');
    await notePlanFailed(world.database.db, 'pln_2', 'Nothing was compared.');
    expect(await statuses()).toEqual(['pln_1 ready', 'pln_2 failed', 'pln_3 computing']);
    await insert('pln_4', 'computing');
    await compute('pln_4');
    expect(await statuses()).toEqual(['pln_1 stale', 'pln_2 failed', 'pln_3 stale', 'pln_4 ready']);
    await compute('pln_3');
    expect(await statuses()).toEqual(['pln_1 stale', 'pln_2 failed', 'pln_3 stale', 'pln_4 ready']);
  });
  it('one that fails and is made again is the newest, of what was chosen by then', async () => {
    await insert('pln_1', 'computing');
    await notePlanFailed(world.database.db, 'pln_1', 'Nothing was compared.');
    await insert('pln_2', 'ready');
    await insertPlan(world.database.db, {
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'direction', status: 'computing' },
      ...{ syncDirection: 'to_provider', mappingVersion: 2 },
    });
    await compute('pln_1');
    expect(await statuses()).toEqual(['pln_1 ready', 'pln_2 stale']);
    const made = { reason: 'direction', syncDirection: 'to_provider', mappingVersion: 2 };
    expect((await rowsOf()).plans.find(({ id }) => id === 'pln_1')).toMatchObject(made);
  });
  it('the newest takes the direction back when it is turned down before it is computed', async () => {
    await ada.asUser.patch(path, { body: { syncDirection: 'bidirectional' } });
    await insert('pln_1', 'ready');
    await insert('pln_2', 'computing');
    expect((await ada.asUser.post(`${path}/plans/pln_2/reject`)).status).toBe(200);
    expect(await statuses()).toEqual(['pln_1 stale', 'pln_2 rejected']);
    expect((await ada.asUser.get(path)).body.syncDirection).toBe('from_provider');
  });
});

describe('a plan that is turned down', () => {
  const insertPlan = (values: Partial<typeof contactPlans.$inferInsert> = {}) =>
    world.database.db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1, ...values },
    });
  const choose = async (direction: string) => {
    const answer = await ada.asUser.patch(path, { body: { syncDirection: direction } });
    expect(answer.body).toMatchObject({ syncDirection: direction, approvedDirection: 'from_provider' });
  };
  const reject = async (planId = 'pln_1') => {
    const answer = await ada.asUser.post(`${path}/plans/${planId}/reject`);
    expect([answer.status, answer.body.status], answer.text).toEqual([200, 'rejected']);
  };
  const directions = async () => {
    const { syncDirection, approvedDirection, attention } = (await ada.asUser.get(path)).body;
    return [syncDirection, approvedDirection, attention?.code];
  };

  it('takes the direction back that was chosen for it', async () => {
    await choose('bidirectional');
    expect(await directions()).toEqual(['bidirectional', 'from_provider', 'plan_needed']);
    await insertPlan();
    await reject();
    expect(await directions()).toEqual(['from_provider', 'from_provider', undefined]);
  });
  it('leaves alone what was chosen since, and what a newer plan shows', async () => {
    await choose('to_provider');
    await insertPlan();
    await reject();
    expect((await directions())[0]).toBe('to_provider');
    await choose('bidirectional');
    await insertPlan({ id: 'pln_2', status: 'stale' });
    await insertPlan({ id: 'pln_3' });
    await reject('pln_2');
    expect((await directions())[0]).toBe('bidirectional');
    await reject('pln_3');
    expect((await directions())[0]).toBe('from_provider');
  });
  it('leaves mappings that waited for it behind: changes begin from those in force, and nothing waits', async () => {
    const { db } = world.database;
    const bidirectional = { syncDirection: 'bidirectional', approvedDirection: 'bidirectional' } as const;
    await db.update(integrations).set(bidirectional).where(eq(integrations.id, mine.id));
    const get = async () => (await ada.asUser.get(`${path}/field-mappings`)).body;
    const put = async (data: readonly unknown[], version?: number) =>
      (await ada.asUser.put(`${path}/field-mappings`, { body: { data, ...(version && { version }) } })).body;
    const { data } = await get();
    const more = { field: 'custom.customer', path: 'userDefined[key=Customer].value', direction: 'both' };
    expect(await put([...data, more])).toMatchObject({ version: 2, takesEffect: 'with_plan' });
    expect((await directions())[2]).toBe('plan_needed');
    await insertPlan({ reason: 'mapping', mappingVersion: 2 });
    await reject();
    const after = await get();
    expect([after.version, after.pending]).toEqual([1, undefined]);
    expect((await directions())[2]).toBeUndefined();
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data;
    const next = await ada.asUser.put(`${path}/object-mappings`, { body: { data: objects, version: 1 } });
    expect(next.body).toMatchObject({ version: 3, takesEffect: 'now', fields: data });
    const { body } = await ada.asUser.get(`${path}/mapping-versions`);
    expect(body.data.map((row: { state: string }) => row.state)).toEqual(['in_force', 'rejected', 'former']);
    const restored = await ada.asUser.post(`${path}/mapping-versions/2/restore`);
    expect(restored.body).toMatchObject({ version: 4, takesEffect: 'with_plan', fields: [...data, more] });
  });
});

it('a change of settings that gives way to another transaction is carried out all the same', async () => {
  const { db } = world.database;
  await db.execute(sql`create sequence changes_seen`);
  await db.execute(sql`
    create function give_way() returns trigger language plpgsql security definer as $$ begin
      if nextval('changes_seen') = 1 then raise exception 'gives way' using errcode = '40P01'; end if;
      return null;
    end $$`);
  await db.execute(sql`
    create trigger give_way after insert on audit_log for each statement execute function give_way()`);
  const givingWay = async (change: () => Promise<{ status: number; text: string }>) => {
    await db.execute(sql`alter sequence changes_seen restart`);
    const { status, text } = await change();
    return status < 300 ? status : text;
  };
  try {
    const body = { syncDirection: 'bidirectional' };
    expect(await givingWay(() => ada.asUser.patch(path, { body }))).toBe(200);
    const { data } = (await ada.asUser.get(`${path}/field-mappings`)).body;
    expect(await givingWay(() => ada.asUser.put(`${path}/field-mappings`, { body: { data } }))).toBe(200);
    const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId: ada.userId });
    await db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
      ...{ syncDirection: 'bidirectional', mappingVersion: 1, fingerprint, review: [] },
    });
    const decisions = { body: { decisions: [] } };
    expect(await givingWay(() => ada.asUser.post(`${path}/plans/pln_1/apply`, decisions))).toBe(202);
  } finally {
    await db.execute(sql`drop trigger give_way on audit_log`);
  }
});

it('a plan that is applied wakes the other accounts that feed its contacts, and those alone', async () => {
  const { db } = world.database;
  const others = ['int_shares', 'int_apart'];
  const { workspaceId, userId } = ada;
  await db.insert(integrations).values(
    others.map((id) => ({
      ...{ id, workspaceId, userId, provider: 'google-contacts', authKind: 'oauth' as const },
      ...{ phase: 'active' as const, approvedDirection: 'from_provider' as const },
    })),
  );
  await db.insert(contactLinks).values({
    ...{ integrationId: 'int_shares', stream: 'contacts', remoteId: 'people/c7', contactId: mine.contactId },
    ...{ shadow: {}, contentHash: 'h', seenByRun: 'run' },
  });
  const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId });
  await db.insert(contactPlans).values({
    ...{ id: 'pln_1', integrationId: mine.id, reason: 'first_two_way', status: 'ready' },
    ...{ syncDirection: 'bidirectional', mappingVersion: 1, fingerprint, review: [] },
  });
  const announceEdits = vi.spyOn(world.deps.arbiter, 'announceEdits').mockResolvedValue();
  try {
    const { status, text } = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions: [] } });
    expect(status, text).toBe(202);
    await vi.waitFor(() => expect(announceEdits).toHaveBeenCalled());
    expect(announceEdits.mock.calls).toMatchObject([[{ integrationId: 'int_shares' }]]);
  } finally {
    announceEdits.mockRestore();
  }
});

describe('turning down what a parked run would delete', () => {
  const person = async (
    id: string,
    of: {
      archivedAt?: string;
      isGone?: boolean;
      isEdited?: boolean;
      /** On which side the plan shows that they go. */
      shown?: 'harmony' | 'provider';
    },
  ) => {
    const { db } = world.database;
    const { archivedAt, isGone = false, isEdited = false, shown } = of;
    const remoteId = `people/${id}`;
    await db.insert(contacts).values({
      ...{ id, workspaceId: ada.workspaceId, userId: ada.userId, firstName: id },
      ...(archivedAt === undefined ? {} : { archivedAt }),
      ...(isEdited ? { version: 2 } : {}),
    });
    await db.insert(contactLinks).values({
      ...{ integrationId: mine.id, stream: 'contacts', remoteId, contentHash: 'h', shadow: {} },
      ...{ seenByRun: mine.runId, contactId: id, ...(isGone ? { tombstonedAt: since } : {}) },
    });
    if (shown !== undefined)
      await db.insert(contactPlanDeletes).values({ planId: 'pln_2', remoteId, contactId: id, side: shown });
  };
  const since = '2026-01-01T00:00:00Z';
  const later = new Date(Date.now() + 60_000).toISOString();
  const park = async () => {
    const { db } = world.database;
    const directions = { syncDirection: 'bidirectional', approvedDirection: 'bidirectional' } as const;
    await db
      .update(integrations)
      .set({ phase: 'parked', ...directions })
      .where(eq(integrations.id, mine.id));
    for (const [id, status] of [
      ['pln_1', 'stale'],
      ['pln_2', 'ready'],
    ] as const) {
      await db.insert(contactPlans).values({
        ...{ id, integrationId: mine.id, reason: 'parked_run', status, syncDirection: 'bidirectional' },
        ...{ mappingVersion: 1, fingerprint: 'any', runId: mine.runId },
      });
    }
    await person('con_deleted_now', { archivedAt: since, shown: 'provider' });
    await person('con_gone_now', { isGone: true, shown: 'harmony' });
    await person('con_deleted_unshown', { archivedAt: since });
    await person('con_gone_unshown', { isGone: true });
  };
  /** Who is in Harmony, and of these who is tied. */
  const there = async () => {
    const { db } = world.database;
    const rows = await db
      .select({
        id: contacts.id,
        archivedAt: contacts.archivedAt,
        kept: contacts.keptAt,
        tie: contactLinks.contactId,
      })
      .from(contacts)
      .leftJoin(contactLinks, eq(contactLinks.contactId, contacts.id))
      .where(like(contacts.id, 'con\\_%\\_%'))
      .orderBy(contacts.id);
    return rows.map(({ id, archivedAt, kept, tie }) =>
      [id.slice(4), archivedAt !== null && 'archived', kept !== null && 'kept', tie === null && 'untied']
        .filter((word) => word !== false)
        .join(' '),
    );
  };
  const reject = async (planId: string) => {
    const { status, text } = await ada.asUser.post(`${path}/plans/${planId}/reject`);
    expect(status, text).toBe(200);
  };
  const kept = ['deleted_now', 'gone_now kept untied'];

  it('keeps those that its plan shows, and leaves everybody else alone', async () => {
    await park();
    await reject('pln_2');
    expect(await there()).toEqual([...kept, 'deleted_unshown archived', 'gone_unshown'].sort());
    expect((await ada.asUser.get(path)).body.phase).toBe('active');
    const noted = await world.database.db.select().from(contactWork);
    expect(noted.map(({ key }) => key)).toEqual(['con_deleted_now']);
  });

  it('leaves alone who was deleted, edited or restored since', async () => {
    await park();
    await person('con_deleted_since', { archivedAt: later, shown: 'provider' });
    await person('con_edited_since', { isGone: true, isEdited: true, shown: 'harmony' });
    await person('con_gone_since', { archivedAt: since, isGone: true, shown: 'provider' });
    await person('con_there_again', { shown: 'harmony' });
    await reject('pln_2');
    const others = ['deleted_since archived', 'edited_since', 'gone_since archived', 'there_again'];
    expect(await there()).toEqual(expect.arrayContaining([...kept, ...others]));
  });

  it.each([
    ['contacts are not mapped any more', 'off'],
    ['they only go to the provider now', 'to_provider'],
    ['they only come from it now', 'from_provider'],
  ] as const)('keeps them where %s', async (_, direction) => {
    const contact = { harmonyObject: 'contact', providerObject: 'person' } as const;
    const objects: StoredObjectMapping[] = [
      { ...contact, enabled: direction !== 'off', direction: direction === 'off' ? 'both' : direction },
    ];
    await world.database.db.insert(contactMappings).values({
      ...{ integrationId: mine.id, version: 2, objects, fields: [...DEFAULT_FIELD_MAPPINGS] },
      ...{ createdBy: ada.userId, approvedAt: since },
    });
    await park();
    await reject('pln_2');
    expect(await there()).toEqual(expect.arrayContaining(kept));
  });

  it('asks nothing more about those that it keeps', async () => {
    const { db } = world.database;
    await park();
    await db.insert(contactConflicts).values({
      ...{ id: 'cfl_1', workspaceId: ada.workspaceId, userId: ada.userId, integrationId: mine.id },
      ...{ runId: mine.runId, contactId: 'con_gone_now', kind: 'unstorable_value', field: 'birthday' },
    });
    await reject('pln_2');
    const [question] = await db.select().from(contactConflicts).where(eq(contactConflicts.id, 'cfl_1'));
    expect(question?.resolvedAt).toEqual(expect.any(String));
  });

  it('keeps from no account whom another one has, and tells that one who is there again', async () => {
    const { db } = world.database;
    await park();
    await db.insert(integrations).values({
      ...{ id: 'int_other', workspaceId: ada.workspaceId, userId: ada.userId, provider: 'google-contacts' },
      ...{ authKind: 'oauth', phase: 'active', approvedDirection: 'bidirectional' },
    });
    for (const id of ['con_deleted_now', 'con_gone_now'])
      await db.insert(contactLinks).values({
        ...{ integrationId: 'int_other', stream: 'contacts', remoteId: `people/${id}`, contentHash: 'h' },
        ...{ shadow: {}, seenByRun: mine.runId, contactId: id },
      });
    await reject('pln_2');
    const [gone] = await db.select().from(contacts).where(eq(contacts.id, 'con_gone_now'));
    expect(gone?.keptAt).toBeNull();
    const noted = await db.select().from(contactWork).where(eq(contactWork.integrationId, 'int_other'));
    expect(noted.map(({ key }) => key)).toEqual(['con_deleted_now']);
  });

  it('keeps them where the access was ended meanwhile, too', async () => {
    await park();
    await world.database.db.update(integrations).set({ phase: 'needs_reauth' });
    await reject('pln_2');
    expect(await there()).toEqual(expect.arrayContaining(kept));
    expect((await ada.asUser.get(path)).body.phase).toBe('needs_reauth');
  });

  it('keeps them while the run that asks is still ending, which is not parked then', async () => {
    const { db } = world.database;
    await park();
    await db.update(integrations).set({ phase: 'active' });
    const ids = { integrationId: mine.id, runId: newId('run'), operationId: newId('op') };
    await beginRun(db, {
      ...{ ...ids, trigger: 'periodic', mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
    });
    await db.update(contactPlans).set({ runId: ids.runId }).where(eq(contactPlans.id, 'pln_2'));
    await reject('pln_2');
    expect(await there()).toEqual(expect.arrayContaining(kept));
    const attention = { code: 'run_parked', title: 'It would delete 2.', remedy: 'Look at the plan.' };
    const ended = await new MockActivityEnvironment().run(createFinishRun(activityDeps()), {
      ...{ ...ids, mode: 'incremental', trigger: 'periodic', status: 'parked', attention, failuresInARow: 0 },
    } satisfies FinishRunInput);
    expect(ended).toMatchObject({ status: 'cancelled', needsSignIn: false });
    const { phase, attention: told } = (await ada.asUser.get(path)).body;
    expect([phase, told]).toEqual(['active', undefined]);
  });

  it('keeps nobody by a plan that another one came after, nor where nothing is parked any more', async () => {
    await park();
    const before = await there();
    await reject('pln_1');
    expect(await there()).toEqual(before);
    expect((await ada.asUser.get(path)).body.phase).toBe('parked');
    await world.database.db.update(integrations).set({ phase: 'active' });
    await reject('pln_2');
    expect(await there()).toEqual(before);
  });
});

describe('the plan that a parked run makes', () => {
  const since = '2026-01-01T00:00:00Z';
  const person = async (
    name: string,
    of: {
      isArchived?: boolean;
      isGone?: boolean;
      isEdited?: boolean;
      waits?: boolean;
      stream?: string;
      due?: 'local' | 'remote';
    },
  ) => {
    const { db } = world.database;
    const [id, remoteId] = [`con_${name}`, `people/${name}`];
    const { isArchived = false, isGone = false, isEdited = false, waits = false, due } = of;
    await db.insert(contacts).values({
      ...{ id, workspaceId: ada.workspaceId, userId: ada.userId, firstName: name },
      ...(isArchived ? { archivedAt: since } : {}),
      ...(isEdited ? { version: 2 } : {}),
    });
    await db.insert(contactLinks).values({
      ...{ integrationId: mine.id, stream: of.stream ?? 'contacts', remoteId, contentHash: 'h' },
      ...{ shadow: { names: [{ givenName: name }] }, seenByRun: mine.runId, contactId: id, localVersion: 1 },
      ...(isGone ? { tombstonedAt: since } : {}),
      ...(waits ? { parked: { reason: 'maybe_merged', candidates: ['people/other'], since } } : {}),
    });
    if (due === undefined) return;
    const key = due === 'local' ? id : remoteId;
    await db.insert(contactWork).values({ integrationId: mine.id, kind: due, key, dueAt: since });
  };
  /** Who goes by it, besides a crowd that comes to more than goes without asking. */
  const shown = async () => {
    const { db } = world.database;
    for (let number = 0; number < 11; number += 1) {
      await person(`crowd_deleted_${number}`, { isArchived: true, due: 'local' });
      await person(`crowd_gone_${number}`, { isGone: true, due: 'remote' });
    }
    await person('deleted_long_ago', { isArchived: true });
    await person('deleted_now', { isArchived: true, due: 'local' });
    await person('gone_now', { isGone: true, due: 'remote' });
    await person('gone_before', { isGone: true });
    await person('edited_gone', { isGone: true, isEdited: true, due: 'local' });
    await person('waits_gone', { isGone: true, waits: true, due: 'remote' });
    await person('read_deleted', { isArchived: true, stream: 'other_contacts', due: 'local' });
    await person('read_gone', { isGone: true, stream: 'other_contacts', due: 'remote' });
    const begun = await beginRun(db, {
      ...{ integrationId: mine.id, runId: newId('run'), trigger: 'periodic', operationId: newId('op') },
      ...{ mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
    });
    const sync = (await loadContactSync(db, mine.id)) as ContactSync;
    const fence = { integrationId: mine.id, generation: begun?.generation as number };
    expect(await parkRun(activityDeps(), { sync, fence, runId: mine.runId })).toMatchObject({
      code: 'run_parked',
    });
    const rows = await db.select().from(contactPlanDeletes).orderBy(contactPlanDeletes.contactId);
    return rows
      .map(({ contactId, side }) => `${contactId.slice(4)} ${side}`)
      .filter((row) => !row.startsWith('crowd'));
  };
  const map = async (direction: StoredObjectMapping['direction']) => {
    const isOn = { harmonyObject: 'contact', enabled: true } as const;
    const objects: StoredObjectMapping[] = [
      { ...isOn, providerObject: 'person', direction },
      { ...isOn, providerObject: 'otherContact', direction: 'from_provider' },
    ];
    await world.database.db.insert(contactMappings).values({
      ...{ integrationId: mine.id, version: 2, objects, fields: [...DEFAULT_FIELD_MAPPINGS] },
      ...{ createdBy: ada.userId, approvedAt: since },
    });
  };
  const [here, there, read] = ['gone_now harmony', 'deleted_now provider', 'read_gone harmony'];

  it.each([
    ['bidirectional', 'both', [there, here, read]],
    ['from_provider', 'both', [here, read]],
    ['to_provider', 'both', [there]],
    ['bidirectional', 'from_provider', [here, read]],
    ['bidirectional', 'to_provider', [there, read]],
  ] as const)(
    'shows who goes, %s and mapped %s, and nobody who was deleted or went before, is made anew, or waits for a person',
    async (direction, mapped, goes) => {
      const { db } = world.database;
      await db.update(integrations).set({ syncDirection: direction, approvedDirection: direction });
      await map(mapped);
      expect(await shown()).toEqual(goes);
    },
  );
});

it('a plan of deletes that is applied leaves the direction chosen that waits for one of its own', async () => {
  const { db } = world.database;
  const chosen = await ada.asUser.patch(path, { body: { syncDirection: 'bidirectional' } });
  expect(chosen.body).toMatchObject({ syncDirection: 'bidirectional', approvedDirection: 'from_provider' });
  await db.update(integrations).set({ phase: 'parked' });
  const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId: ada.userId });
  await db.insert(contactPlans).values({
    ...{ id: 'pln_1', integrationId: mine.id, reason: 'parked_run', status: 'ready', runId: mine.runId },
    ...{ syncDirection: 'from_provider', mappingVersion: 1, fingerprint },
  });
  const answer = await ada.asUser.post(`${path}/plans/pln_1/apply`, { body: { decisions: [] } });
  expect(answer.status, answer.text).toBe(202);
  const { body } = await ada.asUser.get(path);
  expect([body.syncDirection, body.approvedDirection]).toEqual(['bidirectional', 'from_provider']);
});

describe('the deletes that a person approved', () => {
  const longAgo = '2026-01-01T00:00:00Z';
  const gone = 12;
  /** As many of an account of 40 as come to more than go without asking. */
  const loseSome = async () => {
    const { db } = world.database;
    const ids = Array.from({ length: 40 }, (_, number) => `con_${String(number).padStart(2, '0')}`);
    await db
      .insert(contacts)
      .values(ids.map((id) => ({ id, workspaceId: ada.workspaceId, userId: ada.userId })));
    await db.insert(contactLinks).values(
      ids.map((id, number) => ({
        ...{
          integrationId: mine.id,
          stream: 'contacts',
          remoteId: `people/${id}`,
          contentHash: 'h',
          shadow: {},
        },
        ...{ seenByRun: mine.runId, contactId: id, localVersion: 1 },
        ...(number < gone ? { tombstonedAt: longAgo } : {}),
      })),
    );
    const due = ids.slice(0, gone).map((id) => `people/${id}`);
    await db
      .insert(contactWork)
      .values(due.map((key) => ({ integrationId: mine.id, kind: 'remote' as const, key, dueAt: longAgo })));
    await db.insert(contactPlans).values({
      ...{ id: 'pln_1', integrationId: mine.id, reason: 'parked_run', status: 'applying', mappingVersion: 1 },
      ...{ syncDirection: 'from_provider', runId: mine.runId, fingerprint: 'any' },
    });
    await db.insert(contactPlanDeletes).values(
      ids.slice(0, gone).map((id) => ({
        planId: 'pln_1',
        remoteId: `people/${id}`,
        contactId: id,
        side: 'harmony' as const,
      })),
    );
  };
  const planContacts = async () => {
    const { db } = world.database;
    const run = { integrationId: mine.id, runId: newId('run'), trigger: 'periodic' } as const;
    const begun = await beginRun(db, {
      ...{ ...run, operationId: newId('op'), mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
    });
    const input = { ...run, provider: 'google-contacts', generation: begun?.generation as number };
    const environment = new MockActivityEnvironment();
    const { next } = (await environment.run(createPlanContacts(activityDeps()), input)) as PlanContactsResult;
    const rows = await db.select({ id: contacts.id }).from(contacts).where(isNotNull(contacts.archivedAt));
    return [next, rows.length];
  };

  it('are asked about by the settings that hold by then, which the plan leaves as they are', async () => {
    const { db } = world.database;
    await loseSome();
    await db.delete(contactPlans);
    await db.update(integrations).set({ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' });
    const sync = await loadContactSync(db, mine.id);
    const begun = await beginRun(db, {
      ...{ integrationId: mine.id, runId: newId('run'), trigger: 'periodic', operationId: newId('op') },
      ...{ mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
    });
    expect((await ada.asUser.patch(path, { body: { syncDirection: 'from_provider' } })).status).toBe(200);
    const fence = { integrationId: mine.id, generation: begun?.generation as number };
    const run = { sync: sync as ContactSync, fence, runId: mine.runId };
    expect(await parkRun(activityDeps(), run)).toMatchObject({ code: 'run_parked' });
    const { plans } = await rowsOf();
    expect(plans).toMatchObject([{ status: 'ready', syncDirection: 'from_provider' }]);
    const deletes = await db.select().from(contactPlanDeletes);
    expect(deletes.map(({ planId, side }) => [planId, side])).toEqual(
      Array<unknown>(gone).fill([plans[0]?.id, 'harmony']),
    );
  });
  it('are carried out once: where as many are gone again before its run has ended, a person is asked', async () => {
    const { db } = world.database;
    await loseSome();
    expect(await planContacts()).toEqual(['done', gone]);
    const later = await db
      .update(contactLinks)
      .set({ tombstonedAt: longAgo })
      .where(sql`remote_id >= 'people/con_12' and remote_id < 'people/con_24'`)
      .returning({ key: contactLinks.remoteId });
    await db
      .insert(contactWork)
      .values(
        later.map(({ key }) => ({ integrationId: mine.id, kind: 'remote' as const, key, dueAt: longAgo })),
      );
    expect(later).toHaveLength(gone);
    expect(await planContacts()).toEqual(['parked', gone]);
  });
});
