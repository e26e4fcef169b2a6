/** The pure core of two-way contacts: mapping, planning and matching, without any I/O. */

import { DEFAULT_FIELD_MAPPINGS } from '../sync/default-mappings.ts';
import { compileMapping } from '../sync/map-contact.ts';
import { matchContacts } from '../sync/match-contacts.ts';
import { planContact } from '../sync/plan-contact.ts';
import { median, perSecond, type Row } from './report.ts';

const rounds = 5;

const person = (at: number) => ({
  resourceName: `people/c${at}`,
  metadata: { sources: [{ type: 'CONTACT', etag: 'e1' }] },
  names: [{ givenName: 'Ada', familyName: `L${at}` }],
  organizations: [{ name: 'Acme', title: 'CTO', department: 'Engines' }],
  emailAddresses: [{ value: `p${at}@x.io`, metadata: { primary: true } }, { value: 'other@x.io' }],
  phoneNumbers: [{ value: '+44 20 1' }],
  birthdays: [{ date: { year: 1990, month: 1, day: 2 } }],
});

export function benchCore(): Row[] {
  const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
  const persons = Array.from({ length: 10_000 }, (_, at) => person(at));
  const settings = { mapping, direction: 'both' as const, policy: 'newest' as const };
  const situations = persons.map((each) => {
    const fields = mapping.readPerson(each);
    const bases = Object.fromEntries(
      mapping.fields.map(({ field }) => {
        const value = fields[field] ?? null;
        return [field, { local: value, remote: value }];
      }),
    );
    const link = { contactId: 'con_1', resourceName: each.resourceName, localVersion: 1, bases };
    return {
      local: { id: 'con_1', version: 1, fields },
      remote: { state: 'live' as const, person: each },
      link,
    };
  });
  const locals = persons.map((_, at) => ({ id: `con_${at}`, version: 1, fields: { email: `p${at}@x.io` } }));
  return [
    measure('map a person to fields', persons.length, () => {
      for (const each of persons) mapping.toHarmony(each);
    }),
    measure('plan a contact that nobody changed', situations.length, () => {
      for (const situation of situations) planContact(settings, situation);
    }),
    measure('match contacts of a first sync', persons.length, () => matchContacts({ locals, persons })),
  ];
}

function measure(what: string, records: number, work: () => unknown): Row {
  const times = Array.from({ length: rounds }, () => {
    const startedAtMs = performance.now();
    work();
    return performance.now() - startedAtMs;
  });
  return { what: `core: ${what}`, size: `${records}`, ours: perSecond(records, median(times)) };
}
