/** Policy `newest`, where Harmony's value came by a sync: it is as old as the edit at the provider that it was brought from. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FieldMapping } from '../../sync/default-mappings.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import { type Account, openPerson } from './account.ts';
import { editContact } from './local-side.ts';
import { calmPass } from './plan-steps.ts';
import { openStage, type Stage } from './stage.ts';
import { readTables } from './tables.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const ada = (phone: string): Person => ({
  ...{ names: [{ givenName: 'Ada' }], emailAddresses: [{ value: 'ada@x.io' }] },
  phoneNumbers: [{ value: phone, type: 'work' }],
});
const older = { direction: 'both', at: '2025-01-01T00:00:00Z' } as const;
const younger = { direction: 'both', at: '2025-02-01T00:00:00Z' } as const;

async function syncAll(accounts: readonly Account[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const one of accounts) await one.sync();
}
async function dayPasses(...accounts: readonly Account[]): Promise<void> {
  await stage.time.advance(24 * 3600_000);
  for (const { google } of accounts) google.nowMs = stage.time.nowMs;
}
const setPhone = (account: Account, value: string) =>
  account.edit('Ada', { phoneNumbers: [{ value, type: 'work' }] });
const phoneAt = (account: Account) => elementsOf(account.find('Ada'), 'phoneNumbers')[0]?.value;
async function adaIn(account: Account) {
  const { locals } = await readTables(account.harmony);
  const [found] = [...locals.values()].filter(({ fields }) => fields.firstName === 'Ada');
  if (found === undefined) throw new Error('Ada is not in Harmony');
  return found;
}
async function phones(...accounts: [Account, ...Account[]]) {
  return [(await adaIn(accounts[0])).fields.phone, ...accounts.map(phoneAt)];
}

it.each([
  ['older', 'younger', true],
  ['younger', 'older', true],
  ['older', 'younger', false],
  ['younger', 'older', false],
] as const)(
  'of edits at two accounts the later one wins: first at the %s one, then at the %s one, edited here before: %s',
  async (first, then, isEdited) => {
    const person = await openPerson(stage);
    const persons = [ada('1')];
    const accounts = {
      older: await person.connect({ ...older, persons }),
      younger: await person.connect({ ...younger, persons }),
    };
    const both = [accounts.older, accounts.younger] as const;
    await syncAll(both);
    if (isEdited)
      await editContact(accounts.older.harmony, (await adaIn(accounts.older)).id, { notes: 'of May' });
    await syncAll(both);
    await dayPasses(...both);
    setPhone(accounts[first], 'Monday');
    await dayPasses(...both);
    setPhone(accounts[then], 'Tuesday');
    await syncAll(both);
    expect(await phones(...both)).toEqual(['Tuesday', 'Tuesday', 'Tuesday']);
  },
);

it('an account that is connected later does not overwrite with its old value what was edited at the first one since', async () => {
  const person = await openPerson(stage);
  const first = await person.connect({ ...older, persons: [ada('1')] });
  await syncAll([first]);
  await editContact(first.harmony, (await adaIn(first)).id, { notes: 'of May' });
  await syncAll([first]);
  await dayPasses(first);
  const second = await person.connect({ ...younger, persons: [ada('of last year')] });
  await dayPasses(first);
  setPhone(first, 'of today');
  await first.sync();
  await syncAll([second, first]);
  expect(await phones(first, second)).toEqual(['of today', 'of today', 'of today']);
});

it.each([
  ['nothing else', {}],
  ['what is mapped, too', { biographies: [{ value: 'Sings' }] }],
] as const)(
  'a field that is mapped again takes what was edited at Google meanwhile, with %s',
  async (_, beside) => {
    const mapped: FieldMapping[] = [
      { field: 'firstName', path: 'names.givenName', direction: 'both' },
      { field: 'notes', path: 'biographies.value', direction: 'both' },
    ];
    const phone: FieldMapping = { field: 'phone', path: 'phoneNumbers.value', direction: 'both' };
    const world = await World.open(stage, {
      ...{ direction: 'both', mappings: [...mapped, phone], policy: 'newest', lists: 'none', skewSeconds: 0 },
      ...{ normalises: false, persons: [ada('111')], contacts: [], steps: [] },
    });
    await world.play([calmPass, { kind: 'settings', direction: 'both', mappings: mapped }, calmPass]);
    await world.play([{ kind: 'days_pass', days: 3 }]);
    world.google.nowMs = stage.time.nowMs;
    const there = world.google.live().find((one) => elementsOf(one, 'names')[0]?.givenName === 'Ada');
    world.google.edit(there?.resourceName as string, {
      ...{ phoneNumbers: [{ value: '222', type: 'work' }] },
      ...beside,
    });
    await world.play([calmPass, { kind: 'settings', direction: 'both', mappings: [...mapped, phone] }]);
    await world.play([calmPass, calmPass]);
    const [row] = await stage.sql`select phone from contacts where first_name = 'Ada'
    and user_id = (select user_id from integrations where id = ${world.integrationId})`;
    expect(row?.phone).toBe('222');
  },
);
