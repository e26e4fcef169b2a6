// Wall-clock bounds of the hot paths, on the best of several rounds, since the machine may be busy.
import { expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from './default-mappings.ts';
import { compileMapping } from './map-contact.ts';
import { matchContacts } from './match-contacts.ts';
import { planContact } from './plan-contact.ts';

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
const person = (at: number) => ({
  resourceName: `people/c${at}`,
  metadata: { sources: [{ type: 'CONTACT', etag: 'e1' }] },
  names: [{ givenName: 'Ada', familyName: `L${at}` }],
  organizations: [{ name: 'Acme', title: 'CTO', department: 'Engines' }],
  emailAddresses: [{ value: `p${at}@x.io`, metadata: { primary: true } }, { value: 'other@x.io' }],
  phoneNumbers: [{ value: '+44 20 1' }],
  birthdays: [{ date: { year: 1990, month: 1, day: 2 } }],
});
const persons = Array.from({ length: 1_000 }, (_, at) => person(at));

function bestOfMs(rounds: number, work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

it('maps 1,000 persons within 25 ms', () => {
  expect(bestOfMs(10, () => persons.forEach((each) => void mapping.toHarmony(each)))).toBeLessThan(25);
});

it('plans 1,000 unchanged contacts within 150 ms', () => {
  const situations = persons.map((each) => {
    const fields = mapping.readPerson(each);
    const bases = Object.fromEntries(
      mapping.fields.map(({ field }) => [
        field,
        { local: fields[field] ?? null, remote: fields[field] ?? null },
      ]),
    );
    const link = { contactId: 'con_1', resourceName: each.resourceName, localVersion: 1, bases };
    return {
      local: { id: 'con_1', version: 1, fields },
      remote: { state: 'live' as const, person: each },
      link,
    };
  });
  const settings = { mapping, direction: 'both' as const, policy: 'newest' as const };
  const planAll = () => situations.flatMap((situation) => planContact(settings, situation).operations);
  expect(planAll()).toEqual([]);
  expect(bestOfMs(5, () => void planAll())).toBeLessThan(150);
});

it('matches 10,000 contacts within a second', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => person(at));
  const locals = many.map((_, at) => ({ id: `con_${at}`, version: 1, fields: { email: `p${at}@x.io` } }));
  expect(matchContacts({ locals, persons: many }).links).toHaveLength(10_000);
  expect(bestOfMs(3, () => void matchContacts({ locals, persons: many }))).toBeLessThan(1_000);
});
