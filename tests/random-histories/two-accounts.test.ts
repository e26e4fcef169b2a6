/** Two accounts of one person that feed the same contact: neither takes back what the other one brings, time and again. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../api/caller.ts';
import { findOneWay } from '../../api/one-way-fields.ts';
import type { Executor } from '../../db/client.ts';
import { rejectPlan } from '../../db/queries/apply-contact-plan.ts';
import { purgeListLinks } from '../../db/queries/contact-list-mirror.ts';
import { insertMappings } from '../../db/queries/contact-mappings.ts';
import { noteUntiedElsewhere } from '../../db/queries/contact-work.ts';
import { purgeContactLinks } from '../../db/queries/contacts-gone.ts';
import { pruneTombstones } from '../../db/queries/tombstones.ts';
import { contactWrites, integrations } from '../../db/schema/index.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import { groupsOf, type Person } from '../../sync/person.ts';
import { type Account, openPerson } from './account.ts';
import { Schedule } from './gate.ts';
import { Lists } from './lists.ts';
import { changeMembership, createContact, createList, editContact } from './local-side.ts';
import { openStage, type Stage } from './stage.ts';
import { readTables } from './tables.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const first = '2025-01-01T00:00:00Z';
const second = '2025-02-01T00:00:00Z';
const third = '2025-03-01T00:00:00Z';
const email = 'ada@example.com';
const ada = (more: Person = {}): Person => ({
  ...{ names: [{ givenName: 'Ada' }], emailAddresses: [{ value: email }], ...more },
});
const phone = (value: string) => ({ phoneNumbers: [{ value }] });
const notes = (value: string) => ({ biographies: [{ value }] });

const syncAll = async (accounts: readonly Account[]) => {
  for (const account of accounts) await account.sync();
};

/** Lets what accounts have to tell one another come to rest; then another round of each writes nothing. */
const settle = async (accounts: readonly Account[]) => {
  const look = async () =>
    JSON.stringify([
      await Promise.all(accounts.map(async ({ harmony }) => (await readTables(harmony)).fingerprint)),
      accounts.map(({ writes, groups }) => [writes.length, groups.writes.length]),
    ]);
  for (let round = 0; round < 2; round++) await syncAll(accounts);
  const before = await look();
  for (let round = 0; round < 2; round++) await syncAll(accounts);
  expect(await look()).toBe(before);
  const work = await stage.sql`
    select kind, key from contact_work where integration_id = any(${accounts.map((one) => one.integrationId)})`;
  expect(work).toEqual([]);
};

/** The one contact of the user with Ada's address. */
const adaIn = async ({ harmony }: Account) => {
  const { locals } = await readTables(harmony);
  const found = [...locals.values()].filter(({ fields }) => fields.email === email);
  expect(found).toHaveLength(1);
  const [contact] = found;
  if (contact === undefined) throw new Error('no Ada');
  return contact;
};

const conflictsOf = async (accounts: readonly Account[]) =>
  (await Promise.all(accounts.map(async ({ harmony }) => (await readTables(harmony)).conflicts)))
    .flat()
    .map(({ field, localValue, remoteValue }) => [field, [localValue, remoteValue].sort()]);

/** As its workflow does. */
const disconnect = (
  { harmony: { db, integrationId } }: Account,
  contacts: 'keep' | 'delete' = 'keep',
): Promise<void> =>
  db.transaction(async (tx) => {
    await hide(tx, integrationId);
    await purgeContactLinks(tx, { integrationId, contacts, limit: 100 });
    await purgeListLinks(tx, { integrationId, lists: contacts });
    await noteUntiedElsewhere(tx, integrationId);
  });

/** What Delete does first. */
const hide = (db: Executor, integrationId: string) =>
  db
    .update(integrations)
    .set({ deletingAt: new Date().toISOString() })
    .where(eq(integrations.id, integrationId));

const oneWayPhone = DEFAULT_FIELD_MAPPINGS.map(
  (mapping): FieldMapping =>
    mapping.field === 'phone' ? { ...mapping, direction: 'from_provider' } : mapping,
);

/** Two accounts that are at rest; the older one syncs both ways, or as `direction` says. */
const connectBoth = async (direction: 'both' | 'from_provider' = 'both') => {
  const person = await openPerson(stage);
  const older = await person.connect({ direction, at: first });
  const newer = await person.connect({ direction: 'both', at: second });
  await settle([older, newer]);
  return { older, newer };
};

let made = 0;
const makeIda = async ({ harmony }: Account): Promise<string> => {
  const id = `con_ida_${++made}`;
  await createContact(harmony, id, { firstName: 'Ida' });
  return id;
};

/** Somebody whom the account's Google has saved by itself, read already. */
const becomeOtherContact = async (account: Account, name: string): Promise<void> => {
  const { db, integrationId } = account.harmony;
  await db.transaction((tx) =>
    insertMappings(tx, {
      ...{
        integrationId,
        version: 1,
        fields: DEFAULT_FIELD_MAPPINGS,
        createdBy: 'user:test',
        approved: true,
      },
      objects: [
        { harmonyObject: 'contact', providerObject: 'person', direction: 'both', enabled: true },
        {
          harmonyObject: 'contact',
          providerObject: 'otherContact',
          direction: 'from_provider',
          enabled: true,
        },
      ],
    }),
  );
  await stage.sql`
    update contact_links set stream = 'other_contacts'
    where integration_id = ${integrationId} and remote_id = ${account.find(name).resourceName}`;
};

/** How often Ida is there. */
const counted = (...accounts: readonly Account[]) => accounts.map((account) => account.findAll('Ida').length);

/** The contact was sent to the account, and never arrived, which nobody knows yet. */
const addLostCreate = async ({ harmony: { db, integrationId } }: Account, contactId: string) => {
  const names = [{ givenName: 'Ida' }];
  const operation = {
    kind: 'create_remote',
    contactId,
    localVersion: 1,
    body: { names },
    sent: { firstName: 'Ida' },
  };
  await db.insert(contactWrites).values({
    ...{
      id: `op_${contactId}`,
      integrationId,
      runId: 'run',
      recordId: contactId,
      kind: 'create',
      state: 'sent',
    },
    ...{ localVersion: 1, operation, sentAt: new Date(stage.time.nowMs).toISOString() },
  });
};

for (const olderFirst of [true, false]) {
  const order = (accounts: readonly Account[]) => (olderFirst ? accounts : accounts.toReversed());
  const which = `the ${olderFirst ? 'older' : 'newer'} one syncs first`;

  it(`of two accounts that are read the one connected first decides a field, and the other's value is told once (${which})`, async () => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first, persons: [ada(phone('111'))] });
    const newer = await person.connect({ at: second, persons: [ada(phone('222'))] });
    const accounts = order([older, newer]);
    await settle(accounts);
    expect((await adaIn(older)).fields.phone).toBe('111');
    expect(await conflictsOf(accounts)).toEqual([['phone', ['111', '222']]]);
    newer.edit('Ada', phone('333'));
    await settle(accounts);
    expect((await adaIn(older)).fields.phone).toBe('111');
    expect(await conflictsOf(accounts)).toHaveLength(2);
    older.edit('Ada', phone('112'));
    await settle(accounts);
    expect((await adaIn(older)).fields.phone).toBe('112');
    expect(await conflictsOf(accounts)).toHaveLength(2);
  });

  it(`a blank of one account leaves the other's value alone, and what somebody clears there is filled from the other (${which})`, async () => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first, persons: [ada(phone('111'))] });
    const newer = await person.connect({ at: second, persons: [ada({ ...phone('222'), ...notes('x') })] });
    const accounts = order([older, newer]);
    await settle(accounts);
    expect((await adaIn(older)).fields).toMatchObject({ phone: '111', notes: 'x' });
    older.edit('Ada', { phoneNumbers: [] });
    await settle(accounts);
    expect((await adaIn(older)).fields).toMatchObject({ phone: '222', notes: 'x' });
    older.edit('Ada', { ...phone('113'), ...notes('y') });
    await settle(accounts);
    expect((await adaIn(older)).fields).toMatchObject({ phone: '113', notes: 'y' });
  });

  it(`two accounts with a field that only comes from them leave it to one of them, both ways otherwise (${which})`, async () => {
    const person = await openPerson(stage);
    const options = { direction: 'both', mappings: oneWayPhone } as const;
    const older = await person.connect({ ...options, at: first, persons: [ada(phone('111'))] });
    const newer = await person.connect({
      ...options,
      at: second,
      persons: [ada({ ...phone('222'), ...notes('x') })],
    });
    const accounts = order([older, newer]);
    await settle(accounts);
    expect((await adaIn(older)).fields).toMatchObject({ phone: '111', notes: 'x' });
    expect(older.find('Ada')).toMatchObject({ ...phone('111'), ...notes('x') });
    expect(newer.find('Ada')).toMatchObject(phone('222'));
  });

  it(`a blank of an account that is read clears nothing at one that is written to (${which})`, async () => {
    const person = await openPerson(stage);
    const read = await person.connect({ at: first, persons: [ada()] });
    const written = await person.connect({ direction: 'both', at: second, persons: [ada(phone('222'))] });
    const accounts = order([read, written]);
    await settle(accounts);
    expect(written.find('Ada')).toMatchObject(phone('222'));
    await editContact(read.harmony, (await adaIn(read)).id, { notes: 'y' });
    await settle(accounts);
    expect(written.find('Ada')).toMatchObject({ ...phone('222'), ...notes('y') });
  });

  it(`where the deciding account has the contact no more, the other one decides (${which})`, async () => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first, persons: [ada(phone('111'))] });
    const newer = await person.connect({ at: second, persons: [ada(phone('222'))] });
    const accounts = order([older, newer]);
    await settle(accounts);
    older.google.delete(older.find('Ada').resourceName);
    await settle(accounts);
    expect(await adaIn(newer)).toMatchObject({ archived: false, fields: { phone: '222' } });
  });

  it.each(['reads', 'writes, but for the phone'])(
    `who is deleted at both accounts is archived, though their values differed (each %s; ${which})`,
    async (what) => {
      const person = await openPerson(stage);
      const options = what === 'reads' ? {} : ({ direction: 'both', mappings: oneWayPhone } as const);
      const older = await person.connect({ ...options, at: first, persons: [ada(phone('111'))] });
      const newer = await person.connect({ ...options, at: second, persons: [ada(phone('222'))] });
      const accounts = order([older, newer]);
      await settle(accounts);
      for (const account of accounts) account.google.delete(account.find('Ada').resourceName);
      await settle(accounts);
      expect((await adaIn(older)).archived).toBe(true);
      expect(accounts.flatMap((account) => account.findAll('Ada'))).toEqual([]);
    },
  );

  it(`an edit in Harmony of what an account decides is set back, and stays so (${which})`, async () => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first, persons: [ada(phone('111'))] });
    const newer = await person.connect({ at: second, persons: [ada(phone('222'))] });
    const accounts = order([older, newer]);
    await settle(accounts);
    await editContact(older.harmony, (await adaIn(older)).id, { phone: '444' });
    await settle(accounts);
    expect((await adaIn(older)).fields.phone).toBe('111');
  });

  it(`a contact made in Harmony goes to the account connected first, with its edits and its delete (${which})`, async () => {
    const { older, newer } = await connectBoth();
    const accounts = order([older, newer]);
    const ida = await makeIda(older);
    await settle(accounts);
    expect(counted(older, newer)).toEqual([1, 0]);
    await editContact(older.harmony, ida, { notes: 'x' });
    await settle(accounts);
    expect(older.find('Ida')).toMatchObject(notes('x'));
    await editContact(older.harmony, ida, { archived: true });
    await settle(accounts);
    expect(counted(older, newer)).toEqual([0, 0]);
    expect(newer.writes).toEqual([]);
  });
}

const stops: Readonly<Record<string, (account: Account) => Promise<void>>> = {
  'only reads from now on': (account) => account.turn('from_provider'),
  'only reads contacts by its mapping': (account) => account.mapContacts({ direction: 'from_provider' }),
  'maps no contacts any more': (account) => account.mapContacts({ enabled: false }),
};

for (const [how, stop] of Object.entries(stops)) {
  it(`what the account connected first has not made when it ${how} is made at the next one`, async () => {
    const { older, newer } = await connectBoth();
    const ida = await makeIda(older);
    await newer.sync();
    expect(counted(older, newer)).toEqual([0, 0]);
    await stop(older);
    await settle([older, newer]);
    expect(counted(older, newer)).toEqual([0, 1]);
    await editContact(older.harmony, ida, { notes: 'x' });
    await settle([older, newer]);
    expect(newer.find('Ida')).toMatchObject(notes('x'));
  });
}

it('what the account connected first has sent, and what never arrived, is made at the next one once it only reads', async () => {
  const { older, newer } = await connectBoth();
  await addLostCreate(older, await makeIda(older));
  await newer.sync();
  await older.turn('from_provider');
  await newer.sync();
  expect(counted(older, newer)).toEqual([0, 0]);
  await settle([older, newer]);
  expect(counted(older, newer)).toEqual([0, 1]);
});

it('what an account has sent stays its own to make, though one connected before writes from then on', async () => {
  const { older, newer } = await connectBoth('from_provider');
  await addLostCreate(newer, await makeIda(older));
  expect(await older.plan('both')).toMatchObject({ provider: { created: 0 } });
  await older.turn('both');
  await older.sync();
  expect(counted(older, newer)).toEqual([0, 0]);
  await settle([older, newer]);
  expect(counted(older, newer)).toEqual([0, 1]);
});

it('what an account has sent and is then refused is made at the one connected before, which writes by now', async () => {
  const { older, newer } = await connectBoth('from_provider');
  await addLostCreate(newer, await makeIda(older));
  await older.turn('both');
  await older.sync();
  newer.refusing.set('create', 'invalid_request');
  await syncAll([newer, newer]);
  expect(newer.refused).toEqual(['create']);
  await settle([older, newer]);
  expect(counted(older, newer)).toEqual([1, 0]);
});

it.each(['keep', 'delete'] as const)(
  'a contact that was about to be made anew at its account goes to no other one once that is deleted (%s)',
  async (records) => {
    const { older, newer } = await connectBoth();
    older.google.create(ada());
    await settle([older, newer]);
    const { id } = await adaIn(older);
    older.google.delete(older.find('Ada').resourceName);
    await editContact(older.harmony, id, { notes: 'x' });
    older.refusing.set('create', 'rate_limited');
    const schedule = new Schedule();
    await older.sync('incremental', { schedule, world: { meddle: async () => {} } });
    await disconnect(older, records);
    await settle([newer]);
    await editContact(newer.harmony, id, { notes: 'y' });
    await settle([newer]);
    expect((await adaIn(newer)).fields.notes).toBe('y');
    expect(newer.findAll('Ada')).toEqual([]);
  },
);

it('a contact that its account had, and that lives on here without it, goes to no other one', async () => {
  const { older, newer } = await connectBoth('from_provider');
  older.google.create(ada());
  await settle([older, newer]);
  const { id } = await adaIn(older);
  older.google.delete(older.find('Ada').resourceName);
  await editContact(older.harmony, id, { archived: true });
  await editContact(older.harmony, id, { archived: false });
  await settle([older, newer]);
  await editContact(older.harmony, id, { notes: 'x' });
  await newer.turn('to_provider');
  await settle([older, newer]);
  expect((await adaIn(older)).archived).toBe(false);
  expect(newer.findAll('Ada')).toEqual([]);
});

it.each(['older', 'newer'])(
  'a contact that two accounts had is made anew by the one that had it last, once that writes (the %s one)',
  async (which) => {
    const { older, newer } = await connectBoth();
    const [last, other] = which === 'older' ? [older, newer] : [newer, older];
    for (const account of [older, newer]) account.google.create(ada());
    await settle([older, newer]);
    const { id } = await adaIn(older);
    await last.turn('from_provider');
    await settle([older, newer]);
    for (const account of [other, last]) {
      account.google.delete(account.find('Ada').resourceName);
      if (account === last) await editContact(last.harmony, id, { notes: 'x' });
      await settle([older, newer]);
    }
    expect(await adaIn(older)).toMatchObject({ archived: false, fields: { notes: 'x' } });
    expect(await last.plan('both')).toMatchObject({ provider: { created: 1 } });
    await last.turn('both');
    await settle([older, newer]);
    expect([other.findAll('Ada'), last.findAll('Ada')]).toMatchObject([[], [notes('x')]]);
  },
);

it('a contact made in Harmony waits for the account connected first where that needs a new sign-in', async () => {
  const { older, newer } = await connectBoth();
  const { db, integrationId } = older.harmony;
  const change = (phase: 'needs_reauth' | 'active') =>
    db.update(integrations).set({ phase }).where(eq(integrations.id, integrationId));
  await change('needs_reauth');
  await makeIda(older);
  await syncAll([newer, newer]);
  expect(counted(older, newer)).toEqual([0, 0]);
  await change('active');
  await settle([older, newer]);
  expect(counted(older, newer)).toEqual([1, 0]);
});

it('a plan counts what was made in Harmony where it will be made', async () => {
  const { older, newer } = await connectBoth('from_provider');
  await makeIda(older);
  expect(await older.plan('both')).toMatchObject({ provider: { created: 1 } });
  expect(await newer.plan('both')).toMatchObject({ provider: { created: 1 } });
  await older.turn('both');
  expect(await older.plan('both')).toMatchObject({ provider: { created: 1 } });
  expect(await newer.plan('both')).toMatchObject({ provider: { created: 0 } });
});

it('whoever goes at one account and lives at another one is deleted nowhere, in no plan, and holds up no run', async () => {
  const person = await openPerson(stage);
  const names = Array.from({ length: 12 }, (_, at) => `Ada ${at}`);
  const persons = names.map(
    (givenName, at): Person => ({
      ...{ names: [{ givenName }], emailAddresses: [{ value: `${at}@example.com` }] },
    }),
  );
  const older = await person.connect({ at: first, persons });
  const newer = await person.connect({ at: second, persons });
  await settle([older, newer]);
  for (const name of names) older.google.delete(older.find(name).resourceName);
  await older.sync();
  const plans = await stage.sql`select id from contact_plans where integration_id = ${older.integrationId}`;
  expect(plans).toEqual([]);
  for (const name of names) newer.google.delete(newer.find(name).resourceName);
  await newer.sync();
  expect(await newer.plan('both')).toMatchObject({ harmony: { deleted: 12 } });
});

it('a plan shows whom another account has as untied, not as deleted', async () => {
  const person = await openPerson(stage);
  const older = await person.connect({ at: first, persons: [ada()] });
  const newer = await person.connect({ at: second, persons: [ada()] });
  await settle([older, newer]);
  await older.mapContacts({ enabled: false });
  older.google.delete(older.find('Ada').resourceName);
  await settle([older, newer]);
  await older.mapContacts({ enabled: true }, { approved: false });
  expect(await older.plan('from_provider')).toMatchObject({ harmony: { deleted: 0 }, unlinked: 1 });
});

it('once the deciding account is disconnected or writes instead, the other one decides', async () => {
  const person = await openPerson(stage);
  const [oldest, older, newer] = [
    await person.connect({ at: first, persons: [ada({ ...phone('111'), ...notes('x') })] }),
    await person.connect({ at: second, persons: [ada({ ...phone('222'), ...notes('y') })] }),
    await person.connect({ at: third, persons: [ada(phone('333'))] }),
  ];
  await settle([oldest, older, newer]);
  await disconnect(oldest);
  await settle([older, newer]);
  expect((await adaIn(older)).fields).toMatchObject({ phone: '222', notes: 'y' });
  await older.turn('to_provider');
  await settle([older, newer]);
  expect((await adaIn(older)).fields).toMatchObject({ phone: '333', notes: 'y' });
  expect(older.find('Ada')).toMatchObject({ ...phone('333'), ...notes('y') });
});

it('a plan counts nothing that gives way to another account', async () => {
  const person = await openPerson(stage);
  const older = await person.connect({ at: first, persons: [ada(phone('111'))] });
  const newer = await person.connect({ at: second, persons: [ada(phone('222'))] });
  await settle([older, newer]);
  expect(await newer.plan('from_provider')).toMatchObject({ harmony: { updated: 0 }, conflicts: 0 });
  expect(await older.plan('from_provider')).toMatchObject({ harmony: { updated: 0 }, conflicts: 0 });
});

it.each(['both', 'to_provider'] as const)(
  'a plan shows what another account decides once this one does no more (%s)',
  async (direction) => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first, persons: [ada({ ...phone('111'), ...notes('x') })] });
    const newer = await person.connect({ at: second, persons: [ada(phone('222'))] });
    await settle([older, newer]);
    expect(await older.plan(direction)).toMatchObject({
      ...{ harmony: { updated: 1 }, provider: { updated: 1 } },
      samples: { update_local: [{ fields: { phone: '222' } }], update_remote: [{ sent: { phone: '222' } }] },
    });
    await older.turn(direction);
    await settle([older, newer]);
    expect((await adaIn(older)).fields).toMatchObject({ phone: '222', notes: 'x' });
    expect(older.find('Ada')).toMatchObject({ ...phone('222'), ...notes('x') });
    expect(await older.plan(direction)).toMatchObject({ harmony: { updated: 0 }, provider: { updated: 0 } });
  },
);

for (const direction of ['both', 'from_provider', 'to_provider'] as const) {
  it.each([true, false])(
    `whom one account's Google has saved by itself is edited as the contact that another account has (${direction}, saved at the older one: %s)`,
    async (isOlder) => {
      const person = await openPerson(stage);
      const [savedAt, ownAt] = isOlder ? [first, second] : [second, first];
      const saved = await person.connect({ at: savedAt, persons: [ada(phone('111'))] });
      await saved.sync();
      await becomeOtherContact(saved, 'Ada');
      const own = await person.connect({ direction, at: ownAt, persons: [ada(phone('222'))] });
      await settle([saved, own]);
      const contact = await adaIn(own);
      if (direction === 'to_provider') await editContact(own.harmony, contact.id, { phone: '333' });
      else own.edit('Ada', phone('333'));
      await settle([saved, own]);
      expect((await adaIn(own)).fields.phone).toBe('333');
      expect(own.find('Ada')).toMatchObject(phone('333'));
      own.google.delete(own.find('Ada').resourceName);
      saved.edit('Ada', phone('112'));
      await settle([saved, own]);
      if (direction !== 'to_provider') expect((await adaIn(own)).fields.phone).toBe('112');
    },
  );
}

it('what Google cannot hold of a contact that it saved by itself stays as a person wrote it in Harmony', async () => {
  const person = await openPerson(stage);
  const saved = await person.connect({ at: first, persons: [ada(phone('111'))] });
  await saved.sync();
  await becomeOtherContact(saved, 'Ada');
  const { id } = await adaIn(saved);
  await editContact(saved.harmony, id, { notes: 'Met in Oslo', phone: '222' });
  await settle([saved]);
  expect((await adaIn(saved)).fields).toMatchObject({ notes: 'Met in Oslo', phone: '111' });
  expect(await conflictsOf([saved])).toEqual([['phone', ['111', '222']]]);
});

it('a blank that gave way is filled once its account may be written to', async () => {
  const person = await openPerson(stage);
  const shared = await person.connect({ direction: 'both', at: first, persons: [ada(phone('111'))] });
  const blank = await person.connect({ at: second, persons: [ada()] });
  await settle([shared, blank]);
  expect(blank.find('Ada').phoneNumbers ?? []).toEqual([]);
  await blank.turn('both');
  await settle([shared, blank]);
  expect(blank.find('Ada')).toMatchObject(phone('111'));
  expect((await adaIn(shared)).fields.phone).toBe('111');
});

it('what changes at an account that is read goes on to one that is written to', async () => {
  const person = await openPerson(stage);
  const read = await person.connect({ at: first, persons: [ada(phone('111'))] });
  const written = await person.connect({ direction: 'both', at: second, persons: [ada(phone('111'))] });
  await settle([read, written]);
  read.edit('Ada', phone('112'));
  await settle([read, written]);
  expect(written.find('Ada')).toMatchObject(phone('112'));
});

const bo = (more: Person = {}): Person => ({
  ...{ names: [{ givenName: 'Bo' }], emailAddresses: [{ value: 'bo@example.com' }], ...more },
});

/** The contacts with Bo's address that are not in the archive. */
const bosIn = async ({ harmony }: Account) => {
  const { locals } = await readTables(harmony);
  return [...locals.values()].filter(
    ({ fields, archived }) => !archived && fields.email === 'bo@example.com',
  );
};

/** What `hadBefore` has of Bo is in the archive here, and another account has brought Bo since. */
const openComeback = async (
  direction: 'both' | 'from_provider',
  archive: (account: Account) => Promise<void>,
) => {
  const person = await openPerson(stage);
  const hadBefore = await person.connect({
    direction,
    at: first,
    persons: [bo({ ...phone('111'), ...notes('x') })],
  });
  await settle([hadBefore]);
  const [{ id = '' } = {}] = await bosIn(hadBefore);
  await archive(hadBefore);
  const brings = await person.connect({ direction: 'both', at: second, persons: [bo(phone('222'))] });
  await brings.sync();
  return { id, hadBefore, brings };
};
const archiveBo = async (account: Account) => {
  const [{ id = '' } = {}] = await bosIn(account);
  await editContact(account.harmony, id, { archived: true });
};

/** Bo is there once, with what both accounts have, and the one in the archive stays there. */
const expectOneBo = async (former: string, accounts: readonly Account[], values: Record<string, string>) => {
  await settle(accounts);
  for (const account of accounts) {
    expect(await bosIn(account)).toMatchObject([{ fields: values }]);
    expect(account.findAll('Bo')).toHaveLength(1);
  }
  const [account] = accounts;
  if (account === undefined) return;
  expect((await readTables(account.harmony)).locals.get(former)?.archived).toBe(true);
  await editContact(account.harmony, former, { archived: false });
  await settle(accounts);
  for (const one of accounts) expect(one.findAll('Bo')).toHaveLength(1);
};

it('who is edited at an account after they were deleted here goes on with whom another account has brought since', async () => {
  const { id, hadBefore, brings } = await openComeback('from_provider', archiveBo);
  hadBefore.edit('Bo', phone('333'));
  await expectOneBo(id, [hadBefore, brings], { phone: '333', notes: 'x' });
  expect(brings.find('Bo')).toMatchObject({ ...phone('333'), ...notes('x') });
});

it('who is restored at an account after they had gone there goes on with whom another account has brought since', async () => {
  const { id, hadBefore, brings } = await openComeback('from_provider', async (account) => {
    account.google.delete(account.find('Bo').resourceName);
    await settle([account]);
  });
  for (const name of hadBefore.google.names()) hadBefore.google.restore(name);
  await expectOneBo(id, [hadBefore, brings], { phone: '111', notes: 'x' });
});

it('whose delete an edit beats at the last moment goes on with whom another account has brought since', async () => {
  const { id, hadBefore, brings } = await openComeback('both', archiveBo);
  let isEdited = false;
  const meddle = async (_: unknown, remoteId: string | undefined) => {
    if (remoteId === undefined || isEdited) return;
    isEdited = true;
    hadBefore.edit('Bo', notes('y'));
  };
  const schedule = new Schedule(Array.from({ length: 20 }, () => ({ at: 0, kind: 'overtaken' as const })));
  await hadBefore.sync('incremental', { schedule, world: { meddle } });
  expect(isEdited).toBe(true);
  await expectOneBo(id, [hadBefore, brings], { notes: 'y' });
});

/** Bo was deleted here, and made anew by the same person, before that was carried over. */
const openMadeAnew = async () => {
  const person = await openPerson(stage);
  const account = await person.connect({ direction: 'both', at: first, persons: [bo(notes('x'))] });
  await settle([account]);
  const [{ id: former = '' } = {}] = await bosIn(account);
  await editContact(account.harmony, former, { archived: true });
  const anew = { firstName: 'Bo', email: 'bo@example.com', phone: '222' };
  await createContact(account.harmony, `con_bo_${++made}`, anew);
  return { account, former };
};

it('who is made anew here after they were deleted goes on with whom an edit at the account would bring back', async () => {
  const { account, former } = await openMadeAnew();
  account.edit('Bo', notes('y'));
  await expectOneBo(former, [account], { notes: 'y', phone: '222' });
});

it('a plan shows with whom somebody goes on who would come back', async () => {
  const { account, former } = await openMadeAnew();
  await account.mapContacts({ enabled: false });
  account.edit('Bo', notes('y'));
  await settle([account]);
  await account.mapContacts({ enabled: true }, { approved: false });
  expect(await account.plan('both')).toMatchObject({
    ...{ linked: 1, harmony: { created: 0, updated: 1 }, provider: { created: 0, updated: 1, deleted: 0 } },
  });
  await account.mapContacts({ enabled: true });
  await expectOneBo(former, [account], { notes: 'y', phone: '222' });
});

it('who is edited at an account after they were deleted here comes back where it is in doubt who they are', async () => {
  const { id, hadBefore, brings } = await openComeback('from_provider', archiveBo);
  await createContact(brings.harmony, `con_bo_${++made}`, { firstName: 'Bo', email: 'bo@example.com' });
  hadBefore.edit('Bo', phone('333'));
  await settle([hadBefore, brings]);
  expect((await bosIn(brings)).find((one) => one.id === id)?.fields).toMatchObject({ phone: '333' });
  expect(await bosIn(brings)).toHaveLength(3);
});

/** Ada in two accounts that sync both ways, and the list Crew, which both of them have. */
const openCrew = async () => {
  const person = await openPerson(stage);
  const options = { direction: 'both', persons: [ada()] } as const;
  const older = await person.connect({ ...options, at: first, mappings: DEFAULT_FIELD_MAPPINGS });
  const newer = await person.connect({ ...options, at: second, mappings: DEFAULT_FIELD_MAPPINGS });
  await syncAll([older, newer]);
  const lists = new Lists(older.harmony, older.google, older.groups);
  await lists.take({ kind: 'list_create', name: 'Crew' });
  await syncAll([older, newer]);
  await settle([older, newer]);
  return { older, newer, lists };
};

const labelNamed = ({ groups }: Account, name: string): string => {
  const found = [...groups.live].find(([, group]) => group.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found[0];
};

/** As a person does it at Google. */
const label = (account: Account, name: string, isMember: boolean, who = 'Ada') =>
  account.groups.setMember(labelNamed(account, name), account.find(who).resourceName, isMember);

/** As a person does it in Harmony. */
const putAdaOn = async (account: Account, name: string, member: boolean) => {
  const [list] = await stage.sql<{ id: string }[]>`
    select id from contact_lists where user_id = ${account.harmony.userId} and name = ${name}`;
  const contactId = (await adaIn(account)).id;
  await changeMembership(account.harmony, { contactId, listId: list?.id ?? '', member });
};

const listNames = async ({ harmony: { userId } }: Account): Promise<string[]> => {
  const rows = await stage.sql<{ name: string }[]>`
    select name from contact_lists where user_id = ${userId} and archived_at is null and not system`;
  return rows.map(({ name }) => name);
};

const labels = ({ groups }: Account): string[] =>
  [...groups.live.values()].flatMap(({ name, system }) => (system ? [] : [name]));

const labelsOf = (account: Account, who: string): (string | undefined)[] =>
  groupsOf(account.find(who)).map((id) => account.groups.live.get(id)?.name);
const adasLabels = (account: Account) => labelsOf(account, 'Ada');

const adasLists = async ({ harmony: { userId } }: Account): Promise<string[]> => {
  const rows = await stage.sql<{ name: string }[]>`
    select l.name from contact_list_members m join contact_lists l on l.id = m.list_id and l.archived_at is null
      join contacts c on c.id = m.contact_id
    where l.user_id = ${userId} and c.email = ${email}`;
  return rows.map(({ name }) => name);
};

/** Everywhere, after whatever is under way. */
const expectAdaOn = async (accounts: readonly Account[], on: readonly string[]) => {
  await syncAll(accounts);
  await settle(accounts);
  for (const account of accounts) {
    expect(await adasLists(account)).toEqual(on);
    expect(adasLabels(account)).toEqual(on);
  }
};

for (const isOlder of [true, false]) {
  const which = `the ${isOlder ? 'older' : 'newer'} one`;
  const openSides = async () => {
    const { older, newer, lists } = await openCrew();
    return isOlder ? { here: older, there: newer, lists } : { here: newer, there: older, lists };
  };

  it(`who is labelled at one account is at the other, too, whatever changed there before it knew (${which})`, async () => {
    const { here, there } = await openSides();
    label(here, 'Crew', true);
    await here.sync();
    there.edit('Ada', phone('111'));
    await there.sync();
    expect(await adasLists(here)).toEqual(['Crew']);
    await expectAdaOn([here, there], ['Crew']);
    label(there, 'Crew', false);
    await there.sync();
    here.edit('Ada', phone('222'));
    await expectAdaOn([here, there], []);
  });

  it(`a label that is renamed or deleted at one account is so at the other one (${which})`, async () => {
    const { here, there } = await openSides();
    label(here, 'Crew', true);
    await expectAdaOn([here, there], ['Crew']);
    here.groups.rename(labelNamed(here, 'Crew'), 'Band');
    await expectAdaOn([there, here], ['Band']);
    here.groups.delete(labelNamed(here, 'Band'));
    await expectAdaOn([here, there], []);
    expect(labels(there)).toEqual([]);
  });

  it(`a list that was deleted here comes back to both accounts, since its label was renamed at one (${which})`, async () => {
    const { here, there, lists } = await openSides();
    label(here, 'Crew', true);
    await expectAdaOn([here, there], ['Crew']);
    await lists.take({ kind: 'list_archive', at: 0 });
    here.groups.rename(labelNamed(here, 'Crew'), 'Band');
    await there.sync();
    expect(labels(there)).toEqual([]);
    await here.sync();
    await expectAdaOn([here, there], ['Band']);
    expect(labels(there)).toEqual(['Band']);
  });

  it(`who has to stay in a group at one account is in it at the other one again (${which})`, async () => {
    const { here, there } = await openSides();
    label(here, 'Crew', true);
    await expectAdaOn([here, there], ['Crew']);
    here.groups.keeping.add(labelNamed(here, 'Crew'));
    label(there, 'Crew', false);
    await there.sync();
    expect(adasLabels(there)).toEqual([]);
    await expectAdaOn([here, there], ['Crew']);
  });

  it(`who is labelled at one account as the label becomes one with a list is so at the other one (${which})`, async () => {
    const { here, there, lists } = await openSides();
    await lists.take({ kind: 'list_create', name: 'Band' });
    here.groups.create('Band');
    label(here, 'Band', true);
    await there.sync();
    await expectAdaOn([here, there], ['Band']);
  });

  it.each(['direction', 'mapping'])(
    `an account whose lists are only read by its %s has nothing to do for the other one (${which})`,
    async (by) => {
      const { here, there } = await openSides();
      if (by === 'direction') await there.turn('from_provider');
      else
        await stage.sql`
          update contact_mappings set objects = jsonb_set(objects, '{1,direction}', '"from_provider"')
          where integration_id = ${there.integrationId}`;
      await settle([here, there]);
      const writes = there.groups.writes.length;
      label(here, 'Crew', true);
      here.groups.rename(labelNamed(here, 'Crew'), 'Band');
      await here.sync();
      const noted = await stage.sql`
        select kind, key from contact_work where integration_id = ${there.integrationId}`;
      expect(noted).toEqual([]);
      await syncAll([here, there]);
      await settle([here, there]);
      // What changes there besides takes nobody off.
      there.edit('Ada', phone('111'));
      there.groups.create('Choir');
      label(there, 'Choir', true);
      await syncAll([there, here]);
      await settle([here, there]);
      expect((await adasLists(here)).sort()).toEqual(['Band', 'Choir']);
      expect(adasLabels(here)).toEqual(['Band']);
      label(there, 'Choir', false);
      label(there, 'Crew', true);
      await syncAll([there, here]);
      label(there, 'Crew', false);
      await syncAll([there, here]);
      await settle([here, there]);
      expect(await adasLists(here)).toEqual([]);
      expect(adasLabels(here)).toEqual([]);
      expect(there.groups.writes).toHaveLength(writes);
    },
  );
}

it('a list that is renamed here or at the account that writes keeps its name where another account only reads it', async () => {
  const { older: written, newer: read, lists } = await openCrew();
  await read.turn('from_provider');
  await settle([written, read]);
  await lists.take({ kind: 'list_rename', at: 0, name: 'Band' });
  await syncAll([read, written]);
  await settle([read, written]);
  expect([await listNames(written), labels(written), labels(read)]).toEqual([['Band'], ['Band'], ['Crew']]);
  written.groups.rename(labelNamed(written, 'Band'), 'Choir');
  await settle([written, read]);
  await read.turn('from_provider');
  await settle([read, written]);
  expect([await listNames(written), labels(written), labels(read)]).toEqual([['Choir'], ['Choir'], ['Crew']]);
  expect(await conflictsOf([written, read])).toEqual([]);
  // What is done there is news, and reaches both.
  read.groups.rename(labelNamed(read, 'Crew'), 'Friends of Ada');
  await settle([read, written]);
  expect(labels(written)).toEqual(['Friends of Ada']);
});

it('a list that was renamed while an account only read it has its new name there once that one writes', async () => {
  const { older: written, newer: read, lists } = await openCrew();
  await read.turn('from_provider');
  await lists.take({ kind: 'list_rename', at: 0, name: 'Band' });
  await settle([read, written]);
  await read.turn('both');
  await settle([read, written]);
  expect([await listNames(written), labels(written), labels(read)]).toEqual([['Band'], ['Band'], ['Band']]);
});

it('a list that is renamed here gets its name back where all accounts that have it only read', async () => {
  const { older, newer, lists } = await openCrew();
  for (const account of [older, newer]) await account.turn('from_provider');
  await settle([older, newer]);
  await lists.take({ kind: 'list_rename', at: 0, name: 'Band' });
  await settle([older, newer]);
  expect(await listNames(older)).toEqual(['Crew']);
});

it('who is not taken on a list at one account, and not let off it at another, is told at both, and nothing goes round', async () => {
  const { older, newer } = await openCrew();
  label(newer, 'Crew', true);
  newer.groups.keeping.add(labelNamed(newer, 'Crew'));
  older.groups.refusing.set(labelNamed(older, 'Crew'), 'invalid_request');
  await syncAll([newer, older, newer, older]);
  await settle([newer, older]);
  expect([await adasLists(older), adasLabels(older), adasLabels(newer)]).toEqual([['Crew'], [], ['Crew']]);
});

for (const isMember of [true, false]) {
  const done = isMember ? 'put on a list' : 'taken off a list';
  const [before, after] = isMember ? [[], ['Crew']] : [['Crew'], []];
  /** The newer one only reads, and has of before whether Ada is on Crew. */
  const openReader = async () => {
    const { older: written, newer: read } = await openCrew();
    if (!isMember) label(written, 'Crew', true);
    await expectAdaOn([written, read], before);
    await read.turn('from_provider');
    await settle([written, read]);
    return { written, read };
  };
  const expectDone = async (written: Account, read: Account) => {
    await syncAll([read, written, read]);
    await settle([written, read]);
    expect([await adasLists(written), adasLabels(written), adasLabels(read)]).toEqual([after, after, before]);
  };

  it(`who is ${done} at one account stays so when settings of one that only reads change`, async () => {
    const { written, read } = await openReader();
    label(written, 'Crew', isMember);
    await settle([written, read]);
    await read.turn('from_provider');
    await expectDone(written, read);
  });

  it(`who is ${done} at one account stays so when another one that is behind only reads from then on`, async () => {
    const { written, read } = await openReader();
    await read.turn('both');
    await settle([written, read]);
    label(written, 'Crew', isMember);
    await written.sync();
    await read.turn('from_provider');
    await expectDone(written, read);
  });

  it(`who is ${done} in Harmony stays so where an account that only reads has them, and goes to the one that writes`, async () => {
    const { written, read } = await openReader();
    await putAdaOn(written, 'Crew', isMember);
    await expectDone(written, read);
  });

  it(`who is ${done} in Harmony goes back where all accounts that have them only read`, async () => {
    const { written, read } = await openReader();
    await written.turn('from_provider');
    await settle([written, read]);
    await putAdaOn(written, 'Crew', isMember);
    await settle([written, read]);
    expect([await adasLists(written), adasLabels(written), adasLabels(read)]).toEqual([
      before,
      before,
      before,
    ]);
  });
}

it('who is added to an account that only reads stays on the lists of another one, and comes onto those of both', async () => {
  const { older: written, newer: read, lists } = await openCrew();
  await lists.take({ kind: 'list_create', name: 'Band' });
  await settle([written, read]);
  await read.turn('from_provider');
  written.google.create(bo());
  label(written, 'Crew', true, 'Bo');
  await settle([written, read]);
  read.google.create(bo());
  label(read, 'Band', true, 'Bo');
  await syncAll([written, read]);
  await settle([written, read]);
  expect(labelsOf(read, 'Bo')).toEqual(['Band']);
  expect(labelsOf(written, 'Bo').sort()).toEqual(['Band', 'Crew']);
});

it('two accounts that only read leave the lists of one another alone', async () => {
  const { older, newer } = await openCrew();
  for (const account of [older, newer]) await account.turn('from_provider');
  await settle([older, newer]);
  label(newer, 'Crew', true);
  newer.groups.rename(labelNamed(newer, 'Crew'), 'Band');
  await syncAll([older, newer]);
  await settle([older, newer]);
  expect(await adasLists(older)).toEqual(['Band']);
  expect([labels(older), adasLabels(older)]).toEqual([['Crew'], []]);
});

it.each(['both', 'from_provider'] as const)(
  'an account that is connected anew before its former connection is purged has each list once (%s)',
  async (direction) => {
    const person = await openPerson(stage);
    const connect = async (at: string) => {
      const account = await person.connect({ direction, at, persons: [ada()] });
      const crew = account.groups.create('Crew') ?? '';
      account.groups.setMember(crew, account.find('Ada').resourceName, true);
      return account;
    };
    const former = await connect(first);
    await settle([former]);
    await hide(former.harmony.db, former.integrationId);
    const anew = await connect(second);
    await settle([anew]);
    await disconnect(former);
    await settle([anew]);
    const lists = await stage.sql<{ name: string }[]>`
      select name from contact_lists where user_id = ${person.userId} and archived_at is null order by name`;
    expect(lists.map(({ name }) => name)).toEqual(['Crew', 'Starred']);
    expect(await adasLists(anew)).toEqual(['Crew']);
  },
);

it.each(['deletion', 'former_name'] as const)(
  "what a contact may have been merged into at one account is a question, and the other account's values count meanwhile (%s)",
  async (as) => {
    const person = await openPerson(stage);
    const older = await person.connect({ at: first });
    const newer = await person.connect({ at: second });
    const [here, there] = [older.google.create(ada(phone('1'))), newer.google.create(ada(phone('2')))];
    const ida = older.google.create({ names: [{ givenName: 'Ida' }] });
    await settle([older, newer]);
    expect((await adaIn(older)).fields.phone).toBe('1');
    older.google.merge(ida.resourceName, here.resourceName, as);
    await settle([older, newer]);
    const phones = async () => {
      const { locals } = await readTables(newer.harmony);
      return [...locals.values()].flatMap(({ fields }) => (fields.firstName === 'Ada' ? fields.phone : []));
    };
    expect(await phones()).toEqual(['2']);
    newer.google.edit(there.resourceName, notes('n'));
    await settle([older, newer]);
    expect(await phones()).toEqual(['2']);
  },
);

it('who is kept since a parked run of one account was turned down is made anew at the other one, which had deleted them', async () => {
  const person = await openPerson(stage);
  const names = Array.from({ length: 12 }, (_, at) => `Ada ${at}`);
  const persons = names.map(
    (givenName, at): Person => ({
      ...{ names: [{ givenName }], emailAddresses: [{ value: `${at}@example.com` }] },
    }),
  );
  const older = await person.connect({ direction: 'both', at: first, persons });
  const newer = await person.connect({ direction: 'both', at: second, persons });
  await settle([older, newer]);
  const { db, integrationId } = older.harmony;
  const { locals } = await readTables(older.harmony);
  const ids = [...locals.values()].flatMap(({ id, fields }) => (fields.email === null ? [] : id));
  for (const some of [ids.slice(0, 6), ids.slice(6)]) {
    for (const id of some) await editContact(older.harmony, id, { archived: true });
    await newer.sync();
  }
  expect(names.flatMap((name) => newer.findAll(name))).toEqual([]);
  await older.sync();
  const [plan] = await stage.sql<{ id: string }[]>`
    select id from contact_plans where integration_id = ${integrationId} and status = 'ready'`;
  expect(await db.transaction((tx) => rejectPlan(tx, plan?.id ?? ''))).toBe(true);
  await syncAll([older, newer]);
  await settle([older, newer]);
  for (const account of [older, newer])
    expect(names.map((name) => account.findAll(name).length)).toEqual(names.map(() => 1));
});

it('a contact that was kept from a deleted account and is tied again is made anew there like any other', async () => {
  const person = await openPerson(stage);
  const options = { direction: 'both', persons: [ada()] } as const;
  const former = await person.connect({ ...options, at: first });
  await settle([former]);
  await disconnect(former);
  const account = await person.connect({ ...options, at: second });
  await settle([account]);
  const { id } = await adaIn(account);
  await account.turn('from_provider');
  await settle([account]);
  account.google.delete(account.find('Ada').resourceName);
  await editContact(account.harmony, id, { notes: 'x' });
  await settle([account]);
  expect(await adaIn(account)).toMatchObject({ archived: false, fields: { notes: 'x' } });
  expect(await account.plan('both')).toMatchObject({ provider: { created: 1 } });
  await account.turn('both');
  await settle([account]);
  expect(account.findAll('Ada')).toMatchObject([notes('x')]);
});

for (const [isFirst, when] of [
  [true, 'before'],
  [false, 'after'],
] as const) {
  it(`who is at an account that is only written is tied, though it syncs ${when} the one that brings them`, async () => {
    const person = await openPerson(stage);
    const written = await person.connect({ direction: 'to_provider', at: first, persons: [ada()] });
    const brings = await person.connect({ direction: 'both', at: second, persons: [ada(phone('111'))] });
    const accounts = isFirst ? [written, brings] : [brings, written];
    await settle(accounts);
    await editContact(written.harmony, (await adaIn(written)).id, { notes: 'x' });
    await settle(accounts);
    expect(written.find('Ada')).toMatchObject({ ...phone('111'), ...notes('x') });
  });
}

it.each(['both', 'from_provider'] as const)(
  'who is restored here long after they were deleted goes to no account but theirs, which syncs %s',
  async (direction) => {
    const { older, newer } = await connectBoth();
    newer.google.create(ada(phone('111')));
    await settle([older, newer]);
    const { id } = await adaIn(older);
    if (direction === 'both') await editContact(older.harmony, id, { archived: true });
    else {
      await newer.turn(direction);
      newer.google.delete(newer.find('Ada').resourceName);
    }
    await settle([older, newer]);
    await pruneTombstones(older.harmony.db, Date.now() - stage.time.nowMs);
    const shadows = await stage.sql`
      select 1 from contact_links where integration_id = ${newer.integrationId} and shadow::text like '%ada@%'`;
    expect(shadows).toEqual([]);
    await editContact(older.harmony, id, { archived: false });
    await settle([older, newer]);
    await editContact(older.harmony, id, { notes: 'x' });
    await settle([older, newer]);
    expect(older.findAll('Ada')).toEqual([]);
    expect(newer.findAll('Ada')).toMatchObject(
      direction === 'both' ? [{ ...phone('111'), ...notes('x') }] : [],
    );
  },
);

it('who edits what one account has a blank in, and another one shares, is not told that it would be set back', async () => {
  const person = await openPerson(stage);
  const read = await person.connect({ at: first, persons: [ada(phone('111'))] });
  const written = await person.connect({ direction: 'both', at: second, persons: [ada(phone('111'))] });
  await settle([read, written]);
  const { id } = await adaIn(read);
  const { db, workspaceId, userId } = read.harmony;
  const caller: Caller = { via: 'key', workspaceId, userId, actor: 'key:test' };
  await editContact(read.harmony, id, { notes: 'x' });
  await settle([read, written]);
  expect((await adaIn(read)).fields.notes).toBe('x');
  const decided = (await findOneWay(db, caller, id)).map(({ fields }) => [
    fields.has('phone'),
    fields.has('notes'),
  ]);
  expect(decided).toEqual([
    [true, false],
    [false, false],
  ]);
});

it('who comes in at a second account with a label of their own keeps it, though taken off its list before that', async () => {
  const person = await openPerson(stage);
  const older = await person.connect({ direction: 'both', at: first, persons: [ada()] });
  const newer = await person.connect({ direction: 'both', at: second });
  const both = [older, newer];
  const syncTwice = () => syncAll([...both, ...both]);
  const label = (account: Account, isMember: boolean) => {
    const crew = [...account.groups.live].find(([, { name }]) => name === 'Crew')?.[0] ?? '';
    account.groups.setMember(crew, account.find('Ada').resourceName, isMember);
  };
  const labels = (account: Account) =>
    groupsOf(account.find('Ada')).map((id) => account.groups.live.get(id)?.name);
  await syncTwice();
  const listId = 'lst_label_of_their_own';
  await createList(older.harmony, { id: listId, name: 'Crew' });
  const contactId = [...(await readTables(older.harmony)).locals.values()].find(
    ({ fields }) => fields.email === email,
  )?.id;
  await changeMembership(older.harmony, { contactId: contactId ?? '', listId, member: true });
  await syncTwice();
  label(older, false);
  await syncTwice();
  newer.google.create(ada());
  label(newer, true);
  await newer.sync();
  await syncTwice();
  expect([labels(older), labels(newer)]).toEqual([['Crew'], ['Crew']]);
});
