// Random persons, contacts and mappings for the property-based tests, and how their seeds are printed and replayed.
import fc from 'fast-check';
import { CONTACT_FIELD_NAMES, type FieldName } from './contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import type { Direction } from './direction.ts';
import type { Person, PersonElement } from './person.ts';

/** A change is judged by the same cases each time; `FC_SEED=$RANDOM FC_RUNS=1000000` looks for new ones. */
const usualSeed = 20_261_124;

/** `FC_SEED=… FC_PATH=…` replays a failure that fast-check printed; `FC_RUNS` sets the cases of each property. */
export function runSettings(defaultRuns: number): fc.Parameters<unknown> {
  const { FC_SEED, FC_PATH, FC_RUNS } = process.env;
  return {
    numRuns: FC_RUNS === undefined ? defaultRuns : Number(FC_RUNS),
    seed: FC_SEED === undefined ? usualSeed : Number(FC_SEED),
    ...(FC_PATH !== undefined && { path: FC_PATH }),
  };
}

/** Fields of a workspace's own, and where they are kept where they are mapped. */
export const CUSTOM_MAPPINGS = [
  { field: 'custom.id', path: 'userDefined[key=Id].value', direction: 'both' },
  { field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
] as const satisfies readonly FieldMapping[];
export const ANY_FIELD_NAMES = [
  ...CONTACT_FIELD_NAMES,
  ...CUSTOM_MAPPINGS.map(({ field }) => field),
] as const;

/** Few distinct values, so that collisions, equal spellings and siblings with one value are common. */
const VALUES: Record<FieldName, readonly (string | null)[]> = {
  firstName: [null, 'Ada', ' Ada', 'Zo\u00eb', 'Zoe\u0308', 'Bo'],
  lastName: [null, 'King', 'Lovelace', 'Lee'],
  jobTitle: [null, 'CTO', 'Intern', 'CEO'],
  company: [null, 'Acme', 'Beta', 'Acme  '],
  department: [null, 'Engines', 'Looms'],
  email: [null, 'a@x.io', 'A@x.io', 'b@x.io', 'c@x.io'],
  phone: [null, '+44 20 1', '+44201', '020 2', '555 3 ext 4'],
  address: [null, '1 Mill St\nLondon', '1 Mill St\r\nLondon', '2 Mill St'],
  birthday: [null, '1990-01-02', '--12-10', '2000-02-29', 'not a date'],
  website: [null, 'https://a.io', 'HTTPS://A.io/', 'https://b.io/x'],
  notes: [null, 'n', 'n\n', 'long\nnote'],
  'custom.id': [null, '1', '2', ' 1'],
  'custom.mobile': [null, '+44 20 1', '0170 7'],
};

export const anyValue = (field: FieldName) => fc.constantFrom(...(VALUES[field] as [string | null]));

/** Values that Google can hold too. */
export const anyStorable = (field: FieldName) =>
  fc.constantFrom(...(VALUES[field] as [string | null]).filter((value) => value !== 'not a date'));

const metadata = fc.constantFrom<PersonElement['metadata'][]>(
  undefined,
  { source: { type: 'CONTACT' } },
  { primary: true, source: { type: 'CONTACT' } },
  { primary: true, source: { type: 'PROFILE' } },
);
const label = fc.constantFrom(undefined, 'home', 'work', 'Mobile');

function element(
  subfields: Record<string, fc.Arbitrary<unknown>>,
  more: Record<string, fc.Arbitrary<unknown>> = {},
) {
  return fc
    .record({ ...subfields, ...more, metadata })
    .map(
      (entry) =>
        Object.fromEntries(Object.entries(entry).filter(([, value]) => value != null)) as PersonElement,
    );
}

const labelled = (subfields: Record<string, fc.Arbitrary<unknown>>, unmapped: string) =>
  fc.array(element(subfields, { type: label, [unmapped]: fc.constantFrom(undefined, 'kept') }), {
    maxLength: 3,
  });
const single = (subfields: Record<string, fc.Arbitrary<unknown>>, unmapped: string) =>
  fc.array(element(subfields, { [unmapped]: fc.constantFrom(undefined, 'kept') }), { maxLength: 1 });
const date = fc.constantFrom(
  undefined,
  { year: 1990, month: 1, day: 2 },
  { month: 12, day: 10 },
  { year: 1990 },
);

/** Raw Person JSON with siblings, labels, profile elements, unmapped subfields and unmapped lists. */
export const anyPerson: fc.Arbitrary<Person> = fc.record({
  names: single({ givenName: anyStorable('firstName'), familyName: anyStorable('lastName') }, 'middleName'),
  organizations: labelled(
    { title: anyStorable('jobTitle'), name: anyStorable('company'), department: anyStorable('department') },
    'location',
  ),
  emailAddresses: labelled({ value: anyStorable('email') }, 'displayName'),
  phoneNumbers: labelled({ value: anyStorable('phone') }, 'note'),
  addresses: labelled({ formattedValue: anyStorable('address') }, 'city'),
  birthdays: single({ date }, 'text'),
  urls: labelled({ value: anyStorable('website') }, 'note'),
  biographies: single({ value: anyStorable('notes') }, 'contentType'),
  userDefined: fc.array(
    element({ value: fc.constantFrom('1', '2') }, { key: fc.constantFrom('Id', 'Other') }),
    {
      maxLength: 2,
    },
  ),
  nicknames: fc.constantFrom([], [{ value: 'Addie' }]),
  relations: fc.constantFrom([], [], [{ person: 'Bo', type: 'friend' }]),
  /** Google takes no photo with a write of a contact. */
  photos: fc.constantFrom([], [{ url: 'https://x.io/ada.png', metadata: { source: { type: 'CONTACT' } } }]),
  memberships: fc.constant([
    { contactGroupMembership: { contactGroupResourceName: 'contactGroups/myContacts' } },
  ]),
});

const DIRECTIONS: Direction[] = ['both', 'from_provider', 'to_provider'];
export const anyDirection = fc.constantFrom(...DIRECTIONS);

/** The default mapping with random directions; some fields unmapped, some with a label, some custom. */
export const anyMappings: fc.Arbitrary<FieldMapping[]> = fc
  .record({
    directions: fc.array(fc.option(anyDirection), { minLength: 11, maxLength: 11 }),
    emailLabel: fc.constantFrom('', '[type=work]', '[type=home]'),
    hasMobile: fc.boolean(),
    hasCustom: fc.boolean(),
  })
  .map(({ directions, emailLabel, hasMobile, hasCustom }) => {
    const mapped = DEFAULT_FIELD_MAPPINGS.flatMap((mapping, at): FieldMapping[] => {
      const direction = directions[at];
      if (!direction) return [];
      const path = mapping.field === 'email' ? `emailAddresses${emailLabel}.value` : mapping.path;
      return [{ ...mapping, path, direction }];
    });
    const [id, mobile] = CUSTOM_MAPPINGS;
    return [...mapped, ...(hasMobile ? [mobile] : []), ...(hasCustom ? [id] : [])];
  });
