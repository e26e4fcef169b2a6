/** Two transactions of one person's accounts that decide about the same contact, each before the other has committed. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadContactSync } from '../../activities/contacts/contact-sync.ts';
import { createPlanContacts, type PlanContactsResult } from '../../activities/contacts/plan-contacts.ts';
import { prepareWrites } from '../../activities/contacts/prepare-writes.ts';
import { createPurge } from '../../activities/delete/delete-integration.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { contactStore } from '../../activities/records/contacts.ts';
import type { Transaction } from '../../db/client.ts';
import { isRefusedCopy } from '../../db/copy.ts';
import { newId } from '../../db/ids.ts';
import { startApplyingPlan } from '../../db/queries/apply-contact-plan.ts';
import { holdContacts, insertContact } from '../../db/queries/contact-edits.ts';
import { insertContactList, setMembership } from '../../db/queries/contact-list-edits.ts';
import { readMemberships } from '../../db/queries/contact-list-members.ts';
import { purgeListLinks } from '../../db/queries/contact-list-mirror.ts';
import { isWritingContacts } from '../../db/queries/contact-makers.ts';
import { dueMembers, giveUpMembers, settleMembers } from '../../db/queries/contact-member-work.ts';
import { tieLink } from '../../db/queries/contact-outcome.ts';
import { openPassingConflicts } from '../../db/queries/contact-passing-conflicts.ts';
import { lockContacts } from '../../db/queries/contact-planning.ts';
import { planFingerprint } from '../../db/queries/contact-plans.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import {
  noteContactWork,
  noteLinksAndUntied,
  noteListWork,
  noteMemberWork,
} from '../../db/queries/contact-work.ts';
import { purgeContactLinks } from '../../db/queries/contacts-gone.ts';
import {
  contactConflicts,
  contactLinks,
  contactListMembers,
  contactLists,
  contactPlans,
  contacts,
  contactWork,
  contactWrites,
  integrations,
  listLinks,
  type SyncDirection,
  streamCursors,
} from '../../db/schema/index.ts';
import { createLogger } from '../../platform/logger.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';
import { untilBlocked } from '../support/until-blocked.ts';

const logger = createLogger('two-at-once', 'silent');
let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

async function addIntegration(change: Partial<typeof integrations.$inferInsert> = {}): Promise<string> {
  const id = newId('int');
  await database.db.insert(integrations).values({
    ...{ id, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ syncDirection: 'from_provider', approvedDirection: 'from_provider', ...change },
  });
  return id;
}

async function addContact(feeds: readonly string[]): Promise<string> {
  const id = newId('con');
  await database.db.insert(contacts).values({ id, ...owner, firstName: 'Ada' });
  for (const integrationId of feeds)
    await addLink(integrationId, { remoteId: `people/${id}`, contactId: id });
  return id;
}

const addLink = (
  integrationId: string,
  link: Partial<typeof contactLinks.$inferInsert> & { remoteId: string },
) =>
  database.db.insert(contactLinks).values({
    ...{ integrationId, stream: 'contacts', shadow: {}, contentHash: 'h', seenByRun: 'run', ...link },
  });

/** `second` is begun while `first` is not committed yet, and has gone as far as it gets before that is. */
async function overlap(
  first: (tx: Transaction) => Promise<unknown>,
  second: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  const { db } = database;
  const { later } = await db.transaction(async (tx) => {
    await first(tx);
    const later = db.transaction(second);
    await Promise.race([untilBlocked(db), later]);
    return { later };
  });
  await later;
}

const purge = (integrationId: string, records: 'keep' | 'delete') => (tx: Transaction) =>
  purgeContactLinks(tx, { integrationId, contacts: records, limit: 100 });

const person = (remoteId: string, email: string) => ({
  remoteId,
  shadow: { resourceName: remoteId, emailAddresses: [{ value: email }] },
});

const note = (integrationId: string, key: string) =>
  database.db.insert(contactWork).values({ integrationId, kind: 'remote', key });

const plan = (integrationId: string): Promise<PlanContactsResult> =>
  new MockActivityEnvironment().run(createPlanContacts({ db: database.db } as ActivityDeps), {
    ...{ integrationId, provider: 'google-contacts', generation: 0, runId: newId('run') },
  });

const findTie = async (integrationId: string, remoteId: string) => {
  const links = await database.db
    .select()
    .from(contactLinks)
    .where(eq(contactLinks.integrationId, integrationId));
  return links.find((link) => link.remoteId === remoteId)?.contactId;
};

const findContact = async (id: string) =>
  (await database.db.select().from(contacts).where(eq(contacts.id, id)))[0];

it('a contact that two accounts fed is gone when both are deleted with their records at once', async () => {
  const [one, other] = [await addIntegration(), await addIntegration()];
  const id = await addContact([one, other]);
  await overlap(purge(one, 'delete'), purge(other, 'delete'));
  expect(await findContact(id)).toBeUndefined();
});

it('a contact that two accounts fed is kept for the person alone when both are deleted without their records', async () => {
  const [one, other] = [await addIntegration(), await addIntegration()];
  const id = await addContact([one, other]);
  await overlap(purge(one, 'keep'), purge(other, 'keep'));
  expect((await findContact(id))?.keptAt).not.toBeNull();
});

it('a contact that another account has just tied stays as the one that fed it is deleted', async () => {
  const [one, other] = [await addIntegration(), await addIntegration()];
  const id = await addContact([one]);
  await addLink(other, { remoteId: 'people/other' });
  await overlap(
    async (tx) => {
      await lockContacts(tx, owner.userId, [id]);
      await tieLink(tx, { integrationId: other, remoteId: 'people/other', contactId: id, mappingVersion: 1 });
    },
    purge(one, 'delete'),
  );
  expect(await findContact(id)).toMatchObject({ firstName: 'Ada' });
});

it('a list that two accounts fed is gone when both are deleted with their records at once', async () => {
  const { db } = database;
  const feeding = [await addIntegration(), await addIntegration()];
  const [one = '', other = ''] = feeding;
  const listId = newId('lst');
  await db.insert(contactLists).values({ id: listId, ...owner, name: 'Friends' });
  await db.insert(listLinks).values(
    feeding.map((integrationId) => ({
      ...{ integrationId, remoteId: 'contactGroups/1', contentHash: 'h', shadow: {}, remoteName: 'Friends' },
      ...{ listId, system: false },
    })),
  );
  const purgeLists = (integrationId: string) => (tx: Transaction) =>
    purgeListLinks(tx, { integrationId, lists: 'delete' });
  await overlap(purgeLists(one), purgeLists(other));
  expect(await db.select().from(contactLists).where(eq(contactLists.id, listId))).toEqual([]);
});

/** A contact on a list that its account feeds, as the remote contact says, too. */
async function addMember(work: 'member_sent' | undefined) {
  const { db } = database;
  const integrationId = await addIntegration({ approvedDirection: 'bidirectional' });
  const [listId, contactId] = [newId('lst'), await addContact([])];
  await db.insert(contactLists).values({ id: listId, ...owner, name: 'Choir' });
  await db.insert(contactListMembers).values({ listId, contactId });
  const group = 'contactGroups/choir';
  await db.insert(listLinks).values({
    ...{ integrationId, remoteId: group, contentHash: 'h', shadow: {}, remoteName: 'Choir', system: false },
    listId,
  });
  const memberships = [{ contactGroupMembership: { contactGroupResourceName: group } }];
  await addLink(integrationId, { remoteId: `people/${contactId}`, contactId, shadow: { memberships } });
  if (work !== undefined)
    await db.insert(contactWork).values({ integrationId, kind: work, key: `${contactId}/${listId}` });
  const takeOff = async (tx: Transaction) => {
    await lockContacts(tx, owner.userId, [contactId]);
    await noteMemberWork(tx, { userId: owner.userId, contactId, listId });
    await setMembership(tx, { listId, contactId, member: false });
  };
  const members = () => db.select().from(contactListMembers).where(eq(contactListMembers.listId, listId));
  return { integrationId, contactId, takeOff, members };
}

const bothWays = { pulls: true, pushes: true };
const runId = 'run_1';

it('a contact that is taken off a list stays off it, though a page that says otherwise is written at once', async () => {
  const { integrationId, contactId, takeOff, members } = await addMember(undefined);
  await overlap(takeOff, (tx) =>
    readMemberships(tx, { integrationId, runId, contactIds: [contactId], flow: bothWays }),
  );
  expect(await members()).toEqual([]);
});

it('a contact that is taken off a list stays off it, though what was sent of it before is settled at once', async () => {
  const { integrationId, takeOff, members } = await addMember('member_sent');
  const now = new Date(Date.now() + 1000).toISOString();
  await overlap(takeOff, (tx) =>
    settleMembers(tx, { integrationId, runId, kinds: ['member_sent'], now, limit: 10, flow: bothWays }),
  );
  expect(await members()).toEqual([]);
});

/** While what is begun waits for the contact, it has not locked yet what is noted of its memberships. */
async function expectFree(contactId: string, begin: () => Promise<unknown>): Promise<void> {
  const { db } = database;
  const { later } = await db.transaction(async (other) => {
    await holdContacts(other, [contactId]);
    const later = begin();
    await untilBlocked(db);
    const free = await other.execute(sql`
      select kind from contact_work where starts_with(key, ${contactId}) and kind like 'member%' for update nowait`);
    expect(free).toHaveLength(1);
    return { later };
  });
  await later;
}

it.each(['member', 'member_sent'] as const)(
  'what is noted of a membership is taken up (%s) once its contact is free, as it is noted for another account',
  async (kind) => {
    const { db } = database;
    const { integrationId, contactId } = await addMember(undefined);
    const [link] = await db.select().from(listLinks).where(eq(listLinks.integrationId, integrationId));
    await db.insert(contactWork).values({ integrationId, kind, key: `${contactId}/${link?.listId}` });
    const now = new Date(Date.now() + 1000).toISOString();
    await expectFree(contactId, () =>
      db.transaction(async (tx) => {
        if (kind === 'member') {
          const members = await dueMembers(tx, { integrationId, now, limit: 1 });
          await giveUpMembers(tx, { integrationId, runId, members, pulls: true });
        } else {
          await settleMembers(tx, { integrationId, runId, kinds: [kind], now, limit: 10, flow: bothWays });
        }
      }),
    );
  },
);

/** An integration that only reads, and a plan that is ready to let it write, too. */
async function addPlan() {
  const { db } = database;
  const integrationId = await addIntegration({ syncDirection: 'bidirectional' });
  const planId = newId('pln');
  const fingerprint = await planFingerprint(db, { integrationId, userId: owner.userId });
  await db.insert(contactPlans).values({
    ...{ id: planId, integrationId, reason: 'direction', status: 'ready', syncDirection: 'bidirectional' },
    ...{ mappingVersion: 0, fingerprint },
  });
  const apply = (tx: Transaction) =>
    startApplyingPlan(tx, {
      ...{ integrationId, userId: owner.userId, planId, decisions: [], runId: newId('run') },
    });
  const isNoted = async (key: string) =>
    (await db.select().from(contactWork).where(eq(contactWork.key, key))).some(
      (row) => row.integrationId === integrationId,
    );
  return { apply, isNoted };
}

it('a contact that is made while a plan is being applied is noted for the account that is written to from then on', async () => {
  const { apply, isNoted } = await addPlan();
  const id = newId('con');
  await overlap(apply, (tx) => insertContact(tx, { id, ...owner, change: { firstName: 'Ida' } }));
  expect(await isNoted(id)).toBe(true);
});

it('a contact that is being made as a plan is applied makes it stale', async () => {
  const { apply, isNoted } = await addPlan();
  const id = newId('con');
  let applied: string | undefined;
  await overlap(
    (tx) => insertContact(tx, { id, ...owner, change: { firstName: 'Ida' } }),
    async (tx) => {
      applied = (await apply(tx)).outcome;
    },
  );
  expect(applied).toBe('stale');
  expect(await isNoted(id)).toBe(false);
});

it('a list that is made while a plan is being applied is noted for the account that is written to from then on', async () => {
  const { apply, isNoted } = await addPlan();
  const id = newId('lst');
  await overlap(apply, async (tx) => {
    await noteListWork(tx, { userId: owner.userId, listIds: [id] });
    await insertContactList(tx, { id, ...owner, name: 'Choir' });
  });
  expect(await isNoted(id)).toBe(true);
});

it('what a person writes while a batch that brings another value is on its way stays', async () => {
  const integrationId = await addIntegration({
    ...{ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
  });
  const contactId = await addContact([]);
  const remoteId = 'people/overtaken';
  const names = [{ givenName: 'Ada' }];
  await addLink(integrationId, {
    ...{ remoteId, contactId, localVersion: 1 },
    base: { firstName: { local: 'Ada', remote: 'Ada' }, jobTitle: { local: null, remote: null } },
    shadow: { resourceName: remoteId, names, organizations: [{ title: 'Countess' }] },
  });
  await note(integrationId, remoteId);
  await overlap(
    (tx) =>
      tx.update(contacts).set({ notes: 'Mine', version: sql`version + 1` }).where(eq(contacts.id, contactId)),
    () => plan(integrationId),
  );
  expect(await findContact(contactId)).toMatchObject({ notes: 'Mine', jobTitle: 'Countess', version: 3 });
});

it.each<[SyncDirection, 'matched' | 'had']>([
  ['bidirectional', 'matched'],
  ['to_provider', 'matched'],
  ['bidirectional', 'had'],
])('%s: a contact that is archived while a batch ties who is %s by it stays so', async (direction, how) => {
  const { db } = database;
  const integrationId = await addIntegration({ syncDirection: direction, approvedDirection: direction });
  const contactId = await addContact([]);
  const [remoteId, email] = [`people/late-${contactId}`, `${contactId}@example.com`];
  await db.update(contacts).set({ email }).where(eq(contacts.id, contactId));
  await addLink(integrationId, {
    ...person(remoteId, email),
    ...(how === 'had' ? { formerOf: contactId, returnedAt: '2026-11-01T00:00:00Z' } : {}),
  });
  await note(integrationId, remoteId);
  const archive = { archivedAt: new Date().toISOString(), version: sql`version + 1` };
  await overlap(
    (tx) => tx.update(contacts).set(archive).where(eq(contacts.id, contactId)),
    () => plan(integrationId),
  );
  await plan(integrationId);
  expect((await findContact(contactId))?.archivedAt).not.toBeNull();
  expect(await findTie(integrationId, remoteId)).not.toBe(contactId);
  expect(await db.select().from(contactWrites).where(eq(contactWrites.integrationId, integrationId))).toEqual(
    [],
  );
});

it('a batch that gave way to another transaction looks again at what was doubtful before', async () => {
  const { db } = database;
  const integrationId = await addIntegration();
  const parked = { reason: 'ambiguous_match', since: new Date().toISOString(), candidates: ['con_gone'] };
  await addLink(integrationId, { ...person('people/doubtful', 'doubtful@x.io'), parked });
  await addLink(integrationId, person('people/new', 'new@x.io'));
  await note(integrationId, 'people/new');
  await db.execute(sql`create sequence gave_way`);
  await db.execute(sql`
    create function give_way() returns trigger language plpgsql as $$ begin
      if nextval('gave_way') = 1 then raise exception 'gives way' using errcode = '40P01'; end if;
      return null;
    end $$`);
  await db.execute(sql`
    create trigger give_way after insert on contacts for each statement execute function give_way()`);
  try {
    await plan(integrationId);
  } finally {
    await db.execute(sql`drop trigger give_way on contacts`);
  }
  expect(await findTie(integrationId, 'people/new')).toEqual(expect.any(String));
  expect(await findTie(integrationId, 'people/doubtful')).toEqual(expect.any(String));
});

const lockJournal = (gate: Transaction): Promise<unknown> =>
  gate.execute(sql`lock table contact_journal in share row exclusive mode`);

/** Runs `first` up to where it needs what `close` locks, by default to write the journal, then `second` as far as that gets. */
async function interleave(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  close: (gate: Transaction) => Promise<unknown> = lockJournal,
): Promise<void> {
  const { db } = database;
  const { both } = await db.transaction(async (gate) => {
    await close(gate);
    const one = first();
    await untilBlocked(db);
    const other = second();
    await untilBlocked(db, 2);
    return { both: [one, other] };
  });
  await Promise.all(both);
}

it('a person who is in two accounts that are planned at once comes into Harmony once', async () => {
  const accounts = [await addIntegration(), await addIntegration()];
  const [one = '', other = ''] = accounts;
  for (const id of accounts) {
    await addLink(id, person('people/ann', 'ann@planned.io'));
    await note(id, 'people/ann');
  }
  await interleave(
    () => plan(one),
    () => plan(other),
  );
  const tie = await findTie(one, 'people/ann');
  expect(tie).toEqual(expect.any(String));
  expect(await findTie(other, 'people/ann')).toBe(tie);
});

const pageOf = (remoteId: string, email: string) => ({
  upserts: [
    { kind: 'contact' as const, remoteId, raw: person(remoteId, email).shadow } as unknown as ContactRecord,
  ],
  deletions: [],
  next: { kind: 'done' as const, cursor: 'c' },
});

/** The first listing of an account that found nothing in Harmony as it began. */
async function beginFirstListing() {
  const { db } = database;
  const integrationId = await addIntegration();
  const key = { integrationId, stream: 'contacts', collectionId: '' };
  await db.insert(streamCursors).values({ ...key, listingId: newId('run'), listingKind: 'full' });
  const settings = await contactStore.loadSettings?.({ db }, key);
  expect(await contactStore.mayLoad?.(db, settings)).toBe(true);
  const context = { ...key, ...owner, runId: 'run' };
  const page = pageOf('people/ann', 'ann@listed.io');
  return {
    integrationId,
    load: async (tx: Transaction) => contactStore.prepareLoad?.(page, context, settings)(tx, context),
    write: (tx: Transaction) => contactStore.prepare(page, settings)(tx, context),
  };
}

const clearContacts = async () => {
  for (const table of [contactListMembers, contactLinks, contactWork, contactWrites, contacts])
    await database.db.delete(table);
};

it('whoever another account brings while a first listing goes on is not loaded a second time', async () => {
  const { db } = database;
  await clearContacts();
  const [one, other] = [await beginFirstListing(), await beginFirstListing()];
  let refused: unknown;
  await overlap(one.load, async (tx) => {
    // What fails takes the transaction back.
    await tx
      .transaction((inner) => Promise.resolve(other.load(inner as Transaction)))
      .catch((error) => {
        refused = error;
      });
  });
  expect(isRefusedCopy(refused)).toBe(true);
  await db.transaction(other.write);
  await plan(other.integrationId);
  const tie = await findTie(one.integrationId, 'people/ann');
  expect(tie).toEqual(expect.any(String));
  expect(await findTie(other.integrationId, 'people/ann')).toBe(tie);
});

it('whoever another account brings while a page is written is left to the planner', async () => {
  await clearContacts();
  const [one, other] = [await beginFirstListing(), await beginFirstListing()];
  await overlap(one.write, other.write);
  expect(await findTie(one.integrationId, 'people/ann')).toEqual(expect.any(String));
  expect(await findTie(other.integrationId, 'people/ann')).toBeNull();
});

const makeAnn = async (tx: Transaction): Promise<string> => {
  const id = newId('con');
  await insertContact(tx, { id, ...owner, change: { email: 'ann@listed.io' } });
  return id;
};

it('whom a person makes while a first listing goes on is not loaded a second time', async () => {
  const { db } = database;
  await clearContacts();
  const { integrationId, load, write } = await beginFirstListing();
  let id: string | undefined;
  let refused: unknown;
  await overlap(
    async (tx) => {
      id = await makeAnn(tx);
    },
    async (tx) => {
      // What fails takes the transaction back.
      await tx
        .transaction((inner) => Promise.resolve(load(inner as Transaction)))
        .catch((error) => {
          refused = error;
        });
    },
  );
  expect(isRefusedCopy(refused)).toBe(true);
  await db.transaction(write);
  await plan(integrationId);
  expect(await findTie(integrationId, 'people/ann')).toBe(id);
});

it('whom a person makes while a page is written is left to the planner, as is whom they bring back', async () => {
  const { db } = database;
  await clearContacts();
  const made = await beginFirstListing();
  await overlap(makeAnn, made.write);
  expect(await findTie(made.integrationId, 'people/ann')).toBeNull();

  await clearContacts();
  const id = await db.transaction(makeAnn);
  await db.update(contacts).set({ archivedAt: new Date().toISOString() });
  await db.delete(contactWork);
  const restored = await beginFirstListing();
  await db.transaction(async (tx) => {
    await noteContactWork(tx, { userId: owner.userId, contactIds: [id] });
    await tx.update(contacts).set({ archivedAt: null });
  });
  await db.transaction(restored.write);
  expect(await findTie(restored.integrationId, 'people/ann')).toBeNull();
});

it('a contact of its own that a person edits does not keep a first listing from being loaded', async () => {
  const { db } = database;
  await clearContacts();
  const { integrationId, load } = await beginFirstListing();
  const id = await addContact([integrationId]);
  await db.transaction((tx) => noteContactWork(tx, { userId: owner.userId, contactIds: [id] }));
  await db.transaction(async (tx) => load(tx));
  expect(await findTie(integrationId, 'people/ann')).toEqual(expect.any(String));
});

/** Two accounts that sync both ways, the first of them connected first, and a contact made in Harmony that both know of. */
async function addMadeHere() {
  const { db } = database;
  await clearContacts();
  await db.update(integrations).set({ approvedDirection: 'from_provider' });
  const settings = { syncDirection: 'bidirectional', approvedDirection: 'bidirectional' } as const;
  const older = await addIntegration({ ...settings, createdAt: '2025-01-01T00:00:00Z' });
  const newer = await addIntegration({ ...settings, createdAt: '2025-02-01T00:00:00Z' });
  const id = newId('con');
  await db.transaction((tx) => insertContact(tx, { id, ...owner, change: { email: 'ida@made.io' } }));
  const stop = (tx: Transaction) => turn(tx, older, 'from_provider');
  const makers = async () => {
    const writes = await db.select().from(contactWrites).where(eq(contactWrites.recordId, id));
    return writes.filter(({ state }) => state === 'planned').map(({ integrationId }) => integrationId);
  };
  return { older, newer, id, stop, makers };
}

async function turn(tx: Transaction, integrationId: string, approvedDirection: SyncDirection) {
  await lockContactSettings(tx, integrationId);
  const wrote = await isWritingContacts(tx, integrationId);
  await tx.update(integrations).set({ approvedDirection }).where(eq(integrations.id, integrationId));
  await noteLinksAndUntied(tx, { integrationId, userId: owner.userId, wrote });
}

/** The step before the calls, where no read shows anybody: of which contacts something is sent. */
async function prepareAll(integrationId: string) {
  const { db } = database;
  const sync = await loadContactSync(db, integrationId);
  if (sync === undefined) throw new Error('contacts are not mapped');
  const writes = await db.select().from(contactWrites).where(eq(contactWrites.integrationId, integrationId));
  const writing = { deps: { db } as ActivityDeps, sync, runId: newId('run'), stream: 'contacts' };
  return async () => {
    const fence = { integrationId, generation: 0 };
    const prepared = await prepareWrites(
      { ...writing, fence },
      writes.map((write) => ({ write })),
    );
    return [...prepared.values()].map(({ write }) => write.recordId);
  };
}

it('a contact made in Harmony is planned at the account connected first alone, though another one is planned before', async () => {
  const { older, newer, makers } = await addMadeHere();
  await plan(newer);
  await plan(older);
  expect(await makers()).toEqual([older]);
});

it('a contact made in Harmony is planned at the next account where the first one stops writing meanwhile', async () => {
  const { db } = database;
  const { newer, id, stop, makers } = await addMadeHere();
  await interleave(
    () => plan(newer),
    () => db.transaction(stop),
    (gate) => lockContacts(gate, owner.userId, [id]),
  );
  await plan(newer);
  expect(await makers()).toEqual([newer]);
});

it('a create that is not to be sent any more leaves its contact to the next account, and is not sent after that one has it', async () => {
  const { db } = database;
  const { older, newer, id, stop, makers } = await addMadeHere();
  await plan(older);
  const prepare = await prepareAll(older);
  await db.transaction(stop);
  await plan(newer);
  await db.transaction((tx) => turn(tx, older, 'bidirectional'));
  expect(await prepare()).toEqual([]);
  expect(await makers()).toEqual([newer]);
  expect(await (await prepareAll(newer))()).toEqual([id]);
});

it('a create that was on its way as its account stopped writing, and did not get through, leaves its contact to the next one', async () => {
  const { db } = database;
  const { older, newer, stop, makers } = await addMadeHere();
  await plan(older);
  const setState = (state: 'sent' | 'planned') =>
    db.update(contactWrites).set({ state }).where(eq(contactWrites.integrationId, older));
  await setState('sent');
  await db.transaction(stop);
  await plan(newer);
  expect(await makers()).toEqual([]);
  await setState('planned');
  expect(await (await prepareAll(older))()).toEqual([]);
  await plan(newer);
  expect(await makers()).toEqual([newer]);
});

it('a create is not sent once another account has matched its contact, nor made there', async () => {
  const { older, newer, id, makers } = await addMadeHere();
  await plan(older);
  const prepare = await prepareAll(older);
  await addLink(newer, person('people/ida', 'ida@made.io'));
  await note(newer, 'people/ida');
  await plan(newer);
  expect(await findTie(newer, 'people/ida')).toBe(id);
  expect(await prepare()).toEqual([]);
  await plan(older);
  expect(await makers()).toEqual([]);
});

it('what was made in Harmony is planned at the next account once the first one is deleted', async () => {
  const { db } = database;
  const { older, newer, makers } = await addMadeHere();
  await plan(older);
  await plan(newer);
  expect(await makers()).toEqual([older]);
  await db
    .update(integrations)
    .set({ deletingAt: new Date().toISOString() })
    .where(eq(integrations.id, older));
  const deps = { db, provider: () => ({ adapter: googleContacts }), logger } as unknown as ActivityDeps;
  const purged = { integrationId: older, provider: 'google-contacts', records: 'keep' } as const;
  await new MockActivityEnvironment().run(createPurge(deps), purged);
  await plan(newer);
  expect(await makers()).toEqual([newer]);
});

it('what an account refused to make is asked no more once another one makes it', async () => {
  const { db } = database;
  const { older, newer, id, stop, makers } = await addMadeHere();
  await plan(older);
  await db.update(contactWrites).set({ state: 'failed' }).where(eq(contactWrites.recordId, id));
  const told = { ...owner, runId: newId('run'), kind: 'refused' as const, contactId: id };
  await db.transaction((tx) => openPassingConflicts(tx, [{ ...told, integrationId: older }]));
  const open = () =>
    db.$count(contactConflicts, and(eq(contactConflicts.contactId, id), isNull(contactConflicts.resolvedAt)));
  await plan(newer);
  expect(await open()).toBe(1);
  await db.transaction(stop);
  await plan(newer);
  expect(await makers()).toEqual([newer]);
  expect(await open()).toBe(0);
});

it('a plan is stale once the account that makes what is new writes no more', async () => {
  const { db } = database;
  const { newer, stop } = await addMadeHere();
  const fingerprint = () => planFingerprint(db, { integrationId: newer, userId: owner.userId });
  const before = await fingerprint();
  await db.transaction(stop);
  expect(await fingerprint()).not.toBe(before);
});

it('a contact that goes with its account while another one matches it is made anew', async () => {
  const { db } = database;
  const [one, other] = [await addIntegration(), await addIntegration()];
  const id = await addContact([one]);
  await db.update(contacts).set({ email: 'ann@gone.io' }).where(eq(contacts.id, id));
  await addLink(other, person('people/gone', 'ann@gone.io'));
  await note(other, 'people/gone');
  const { planning } = await db.transaction(async (tx) => {
    await purge(one, 'delete')(tx);
    const planning = plan(other);
    await untilBlocked(db);
    return { planning };
  });
  await planning;
  expect(await findContact(id)).toBeUndefined();
  expect(await findTie(other, 'people/gone')).toEqual(expect.any(String));
});

it.each([
  ['is not sent again for one that a person has restored', null, 0],
  ['is sent again for one in the archive', '2026-11-01T00:00:00Z', 1],
])(
  'a delete that was not answered, of a contact that no read shows for a moment, %s',
  async (_what, archivedAt, sent) => {
    const { db } = database;
    const integrationId = await addIntegration({
      ...{ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
    });
    const contactId = await addContact([]);
    await db.update(contacts).set({ archivedAt }).where(eq(contacts.id, contactId));
    const [remoteId, now] = [`people/unseen-${contactId}`, new Date().toISOString()];
    await addLink(integrationId, { remoteId, contactId, ackedAt: now, localVersion: 1 });
    const operation = { kind: 'delete_remote', contactId, resourceName: remoteId };
    await db.insert(contactWrites).values({
      ...{ id: newId('op'), integrationId, runId, recordId: contactId, remoteId, kind: 'delete', operation },
      ...{ state: 'unknown', sentAt: now, localVersion: 1 },
    });
    const prepare = await prepareAll(integrationId);
    expect(await prepare()).toHaveLength(sent);
  },
);
