/** Two accounts of one person that feed the same contact: neither takes back what the other one brings, time and again. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { purgeContactLinks } from '../../db/queries/contacts-gone.ts';
import { integrations } from '../../db/schema/index.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Person } from '../../sync/person.ts';
import { editContact } from './local-side.ts';
import { openStage, type Stage } from './stage.ts';
import { readTables } from './tables.ts';
import { type Account, openPerson } from './two-accounts.ts';

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

/** As its workflow does when its contacts are kept. */
const disconnect = ({ harmony: { db, integrationId } }: Account) =>
  db.transaction(async (tx) => {
    const deletingAt = new Date().toISOString();
    await tx.update(integrations).set({ deletingAt }).where(eq(integrations.id, integrationId));
    await purgeContactLinks(tx, { integrationId, contacts: 'keep', limit: 100 });
  });

const oneWayPhone = DEFAULT_FIELD_MAPPINGS.map(
  (mapping): FieldMapping =>
    mapping.field === 'phone' ? { ...mapping, direction: 'from_provider' } : mapping,
);

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
}

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
