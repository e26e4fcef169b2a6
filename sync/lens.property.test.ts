// Invariants 3 and 11: the lens laws, and that siblings, other subfields and other lists stay untouched.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basesFromAck } from './acknowledge.ts';
import { anyMappings, anyPerson, anyStorable, runSettings } from './arbitraries.test-support.ts';
import { type ContactFields, type FieldName, sameValue } from './contact-fields.ts';
import { PERSON_LISTS } from './field-path.ts';
import { type CompiledMapping, compileMapping, type FieldBases } from './map-contact.ts';
import { elementsOf, type Person, type PersonElement } from './person.ts';

/** The agreement after a first look at the person. */
function basesOf(mapping: CompiledMapping, person: Person): FieldBases {
  const values = mapping.readPerson(person);
  return Object.fromEntries(
    mapping.fields.map(({ field }) => {
      const value = values[field] ?? null;
      const besides = value === null ? mapping.siblingsOf(person, field) : [];
      return [field, { local: value, remote: value, besides }];
    }),
  );
}

const writesTo = (fields: FieldName[]): fc.Arbitrary<ContactFields> =>
  fc
    .subarray(fields)
    .chain((some) =>
      fc.record(
        Object.fromEntries(
          some.map((field) => [field, anyStorable(field.startsWith('custom.') ? 'phone' : field)]),
        ),
      ),
    );

const anyWrite = fc
  .tuple(anyMappings, anyPerson, fc.boolean())
  .chain(([mappings, person, isLinked]) =>
    writesTo(mappings.map(({ field }) => field)).map((changes) => ({ mappings, person, changes, isLinked })),
  );

function prepare({
  mappings,
  person,
  changes,
  isLinked,
}: typeof anyWrite extends fc.Arbitrary<infer W> ? W : never) {
  const mapping = compileMapping(mappings);
  const bases = isLinked ? basesOf(mapping, person) : {};
  const write = mapping.writePerson(person, changes, bases);
  const after: Person = { ...person, ...write.lists };
  return { mapping, bases, write, after, person, changes };
}

it('GetPut: writing what was read changes nothing', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyWrite, (input) => {
      const { mapping, person, bases } = prepare(input);
      expect(mapping.writePerson(person, mapping.readPerson(person, bases), bases).mask).toEqual([]);
    }),
    runSettings(2_000),
  );
});

it('PutGet: what was written is read back, and the other fields read as before', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyWrite, (input) => {
      const { mapping, person, bases, after, changes } = prepare({ ...input, isLinked: true });
      const before = mapping.readPerson(person, bases);
      const acked = basesFromAck({ mapping, bases, sent: changes, body: after, answer: after });
      const read = mapping.readPerson(after, acked);
      const wrong = mapping.fields.filter(
        ({ field, kind }) =>
          !sameValue(kind, read[field], changes[field] === undefined ? before[field] : changes[field]),
      );
      expect(wrong).toEqual([]);
    }),
    runSettings(2_000),
  );
});

it('the answer may be normalised and reordered: the base still comes from the element that was written', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(anyPerson, anyStorable('phone'), fc.boolean(), (person, phone, isReversed) => {
      fc.pre(phone !== null);
      const mapping = compileMapping([{ field: 'phone', path: 'phoneNumbers.value', direction: 'both' }]);
      const bases = basesOf(mapping, person);
      const sent = { phone: `${phone}00` };
      const { lists: body } = mapping.writePerson(person, sent, bases);
      const normalised = elementsOf(body, 'phoneNumbers').map((element) =>
        element.value === sent.phone ? { ...element, value: 'tel:normalised' } : element,
      );
      const answer = { phoneNumbers: isReversed ? normalised.toReversed() : normalised };
      const acked = basesFromAck({ mapping, bases, sent, body, answer });
      expect(acked.phone).toEqual({ local: sent.phone, remote: 'tel:normalised' });
      expect(mapping.readPerson(answer, acked).phone).toBe('tel:normalised');
    }),
    runSettings(1_000),
  );
});

const UNMAPPED = [
  'type',
  'metadata',
  'middleName',
  'location',
  'displayName',
  'note',
  'city',
  'text',
  'contentType',
];

/** What said the same as a value that another one has taken the place of. */
const isReplaced = (list: string, name: string, before: PersonElement, after: PersonElement): boolean => {
  const { main = '', restated = [] } = PERSON_LISTS[list] ?? {};
  return (
    restated.includes(name) &&
    after[name] === undefined &&
    before[main] !== undefined &&
    before[main] !== after[main]
  );
};

it('keeps unmapped lists, siblings and other subfields, and masks only the lists that change', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(anyWrite, (input) => {
      const { mapping, write, person, changes } = prepare(input);
      expect(Object.keys(write.lists).sort()).toEqual(write.mask);
      const written = mapping.fields.filter(({ field }) => changes[field] !== undefined);
      for (const list of write.mask) {
        const own = written.filter(({ path }) => path.list === list);
        const slots = new Set(own.map(({ path }) => path.selector));
        expect(slots.size).toBeGreaterThan(0);
        const before = elementsOf(person, list);
        const after = write.lists[list] ?? [];
        const lost = before.filter((element) => !after.includes(element));
        const fresh = after.filter((element) => !before.includes(element));
        expect(Math.max(lost.length, fresh.length)).toBeLessThanOrEqual(slots.size);
        // Every element that is gone either lives on with its unmapped subfields or was cleared on purpose.
        const clears = own.filter(({ field }) => changes[field] === null).length;
        const heirs = lost.filter((element) =>
          fresh.some((next) =>
            UNMAPPED.every(
              (name) => Object.is(next[name], element[name]) || isReplaced(list, name, element, next),
            ),
          ),
        );
        expect(lost.length - heirs.length).toBeLessThanOrEqual(clears);
      }
    }),
    runSettings(2_000),
  );
});
