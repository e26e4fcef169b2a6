import { describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import { compileMapping } from './map-contact.ts';
import type { Person } from './person.ts';

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

const ada: Person = {
  resourceName: 'people/c1',
  names: [{ givenName: 'Ada', familyName: 'Lovelace', middleName: 'King', displayName: 'Ada King Lovelace' }],
  organizations: [
    { name: 'Acme', title: 'CTO', department: 'Engines', type: 'work' },
    { name: 'Acme', title: 'Intern', location: 'London' },
  ],
  emailAddresses: [
    { value: 'ada@home.example', type: 'home' },
    { value: 'ada@acme.example', type: 'work', displayName: 'Ada', metadata: { primary: true } },
  ],
  phoneNumbers: [{ value: '020 1', canonicalForm: '+44201', type: 'mobile' }],
  addresses: [{ formattedValue: '1 Mill St\nLondon', city: 'London' }],
  birthdays: [{ date: { month: 12, day: 10 } }],
  urls: [{ value: 'https://ada.example/' }],
  biographies: [{ value: 'Notes\n', contentType: 'TEXT_PLAIN' }],
};

describe('default mapping', () => {
  it('reads every default field from the primary elements', () => {
    expect(mapping.toHarmony(ada)).toEqual({
      firstName: 'Ada',
      lastName: 'Lovelace',
      jobTitle: 'CTO',
      company: 'Acme',
      department: 'Engines',
      email: 'ada@acme.example',
      phone: '020 1',
      address: '1 Mill St\nLondon',
      birthday: '--12-10',
      website: 'https://ada.example/',
      notes: 'Notes\n',
    });
  });

  it('gives null for every field of an empty person', () => {
    expect(Object.values(mapping.toHarmony({}))).toEqual(Array(11).fill(null));
  });

  it('writes one subfield and leaves siblings, labels and other subfields as they are', () => {
    expect(mapping.writePerson(ada, { email: 'ada@new.example', jobTitle: 'CEO' })).toEqual({
      mask: ['emailAddresses', 'organizations'],
      lists: {
        emailAddresses: [
          { value: 'ada@home.example', type: 'home' },
          { value: 'ada@new.example', type: 'work', displayName: 'Ada', metadata: { primary: true } },
        ],
        organizations: [
          { name: 'Acme', title: 'CEO', department: 'Engines', type: 'work' },
          { name: 'Acme', title: 'Intern', location: 'London' },
        ],
      },
    });
  });

  it('masks nothing when the values already stand', () => {
    expect(mapping.writePerson(ada, mapping.toHarmony(ada))).toEqual({ mask: [], lists: {} });
  });

  it('drops the derived names that would contradict the new one, and keeps the middle name', () => {
    expect(mapping.writePerson(ada, { firstName: 'Augusta' }).lists.names).toEqual([
      { givenName: 'Augusta', familyName: 'Lovelace', middleName: 'King' },
    ]);
  });

  it('drops the parts of an address that is replaced, and the words of a birthday', () => {
    const person = {
      addresses: [
        { formattedValue: '1 Mill St\nLondon', streetAddress: '1 Mill St', city: 'London', type: 'home' },
        { formattedValue: '9 Quay\nBath', streetAddress: '9 Quay', city: 'Bath' },
      ],
      birthdays: [{ date: { month: 12, day: 10 }, text: '10 December' }],
    };
    expect(mapping.writePerson(person, { address: '2 Mill St\nYork', birthday: '--12-11' }).lists).toEqual({
      addresses: [{ formattedValue: '2 Mill St\nYork', type: 'home' }, person.addresses[1]],
      birthdays: [{ date: { month: 12, day: 11 } }],
    });
  });

  it('keeps a birthday that is only in words beside the date', () => {
    const person = { birthdays: [{ text: 'around Easter' }] };
    expect(mapping.writePerson(person, { birthday: '--04-01' }).lists.birthdays).toEqual([
      { text: 'around Easter', date: { month: 4, day: 1 } },
    ]);
  });

  it('builds a person from blank', () => {
    expect(mapping.writePerson({}, { firstName: 'Bo', birthday: '1990-01-02', company: 'X' }).lists).toEqual({
      names: [{ givenName: 'Bo' }],
      birthdays: [{ date: { year: 1990, month: 1, day: 2 } }],
      organizations: [{ name: 'X' }],
    });
  });
});

describe('clearing', () => {
  it('removes the one e-mail element and keeps its sibling', () => {
    expect(mapping.writePerson(ada, { email: null }).lists.emailAddresses).toEqual([
      { value: 'ada@home.example', type: 'home' },
    ]);
  });

  it('removes only the subfield while the employer has others', () => {
    expect(mapping.writePerson(ada, { jobTitle: null }).lists.organizations?.[0]).toEqual({
      name: 'Acme',
      department: 'Engines',
      type: 'work',
    });
  });

  it('removes the employer when nothing of substance is left', () => {
    const cleared = mapping.writePerson(ada, { jobTitle: null, company: null, department: null });
    expect(cleared.lists.organizations).toEqual([{ name: 'Acme', title: 'Intern', location: 'London' }]);
  });

  it('keeps an employer or a name of which something is left that no field can hold', () => {
    const person = {
      organizations: [{ title: 'CTO', costCenter: '42', type: 'work', current: true }],
      names: [{ givenName: 'Ada', displayName: 'Ada', phoneticMiddleName: 'Kin' }],
    };
    expect(mapping.writePerson(person, { jobTitle: null, firstName: null }).lists).toEqual({
      organizations: [{ costCenter: '42', type: 'work', current: true }],
      names: [{ phoneticMiddleName: 'Kin' }],
    });
    const bare = { organizations: [{ title: 'CTO', type: 'work', formattedType: 'Work', current: true }] };
    expect(mapping.writePerson(bare, { jobTitle: null }).lists.organizations).toEqual([]);
  });

  it('leaves the remaining sibling out of the cleared field, and takes an address that comes later', () => {
    const after = { ...ada, ...mapping.writePerson(ada, { email: null }).lists };
    const bases = { email: { local: null, remote: null, besides: mapping.siblingsOf(after, 'email') } };
    expect(mapping.toHarmony(after, bases).email).toBeNull();
    expect(mapping.writePerson(after, { email: 'b@x.example' }, bases).lists.emailAddresses).toHaveLength(2);
    const later = { ...after, emailAddresses: [...(after.emailAddresses as []), { value: 'new@x.example' }] };
    expect(mapping.toHarmony(later, bases).email).toBe('new@x.example');
  });
});

describe('which element a field means', () => {
  it('prefers the element that matches the base over label and primary', () => {
    const bases = { email: { local: 'ada@home.example', remote: 'ADA@home.example' } };
    expect(mapping.toHarmony(ada, bases).email).toBe('ada@home.example');
  });

  it('keeps title, company and department in one employer', () => {
    const bases = {
      company: { local: 'Acme', remote: 'Acme' },
      jobTitle: { local: 'Intern', remote: 'Intern' },
    };
    expect(mapping.toHarmony(ada, bases)).toMatchObject({
      company: 'Acme',
      jobTitle: 'Intern',
      department: null,
    });
  });

  it('never lets two fields write the same element', () => {
    const phones: FieldMapping[] = [
      { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
      { field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
    ];
    const two = compileMapping(phones);
    expect(two.toHarmony(ada)).toEqual({ phone: null, 'custom.mobile': '020 1' });
    expect(two.writePerson(ada, { phone: '1' }).lists.phoneNumbers).toEqual([
      { value: '020 1', canonicalForm: '+44201', type: 'mobile' },
      { value: '1' },
    ]);
    expect(compileMapping(phones.toReversed()).toHarmony(ada)).toEqual(two.toHarmony(ada));
  });

  it('falls back from an absent label to the primary, and labels a new element', () => {
    const work = compileMapping([
      { field: 'phone', path: 'phoneNumbers[type=work].value', direction: 'both' },
    ]);
    expect(work.toHarmony(ada).phone).toBe('020 1');
    expect(work.writePerson({}, { phone: '7' }).lists.phoneNumbers).toEqual([{ type: 'work', value: '7' }]);
  });

  it('leaves each of two fields that had one value the element of its own label', () => {
    const two = compileMapping([
      { field: 'phone', path: 'phoneNumbers[type=home].value', direction: 'both' },
      { field: 'custom.work', path: 'phoneNumbers[type=work].value', direction: 'both' },
    ]);
    const agreed = { local: '020 1', remote: '020 1' };
    const bases = { phone: agreed, 'custom.work': agreed } as const;
    const work = { value: '020 1', type: 'work' };
    const home = { value: '020 2', type: 'home', metadata: { primary: true } };
    expect(two.readPerson({ phoneNumbers: [home, work] }, bases)).toEqual({
      phone: '020 2',
      'custom.work': '020 1',
    });
    expect(two.readPerson({ phoneNumbers: [work] }, bases)).toEqual({ phone: null, 'custom.work': '020 1' });
  });

  it('takes no element from a field that agrees with it more, or has its label', () => {
    const numbers = compileMapping([
      { field: 'phone', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
      { field: 'custom.work', path: 'phoneNumbers[type=work].value', direction: 'both' },
    ]);
    const twice = { phoneNumbers: [{ value: '020 2', type: 'mobile' }, { value: '020 2' }] };
    expect(numbers.readPerson(twice, { 'custom.work': { local: '020 2', remote: '020 2' } })).toEqual({
      phone: '020 2',
      'custom.work': '020 2',
    });
    const jobs = compileMapping([
      { field: 'jobTitle', path: 'organizations[type=work].title', direction: 'both' },
      { field: 'department', path: 'organizations.department', direction: 'both' },
    ]);
    const agreed = (value: string) => ({ local: value, remote: value });
    const organizations = [{ title: 'Intern', department: 'Looms' }, { title: 'Intern' }];
    const bases = { jobTitle: agreed('Intern'), department: agreed('Looms') };
    expect(jobs.readPerson({ organizations }, bases)).toEqual({ jobTitle: 'Intern', department: 'Looms' });
  });

  it('finds custom fields by key alone', () => {
    const custom = compileMapping([
      { field: 'custom.id', path: 'userDefined[key=Customer id].value', direction: 'both' },
    ]);
    const person = { userDefined: [{ key: 'Other', value: 'x' }] };
    expect(custom.toHarmony(person)).toEqual({ 'custom.id': null });
    expect(custom.writePerson(person, { 'custom.id': '7' }).lists.userDefined).toEqual([
      { key: 'Other', value: 'x' },
      { key: 'Customer id', value: '7' },
    ]);
  });

  it('finds a label or key by any spelling of it', () => {
    const spelled = compileMapping([
      { field: 'custom.office', path: 'userDefined[key=B\u00fcro].value', direction: 'both' },
      { field: 'jobTitle', path: 'organizations[type=Work].title', direction: 'both' },
      { field: 'company', path: 'organizations[type=work].name', direction: 'both' },
    ]);
    const person = {
      userDefined: [{ key: 'Bu\u0308ro', value: '7' }],
      organizations: [{ title: 'CTO', name: 'Acme', type: 'work' }],
    };
    expect(spelled.toHarmony(person)).toEqual({ 'custom.office': '7', jobTitle: 'CTO', company: 'Acme' });
    expect(spelled.writePerson(person, { 'custom.office': '8' }).lists.userDefined).toHaveLength(1);
  });

  it('ignores profile elements, which a contact update cannot change', () => {
    const profile = { value: 'p@x.example', metadata: { primary: true, source: { type: 'PROFILE' } } };
    const contact = { value: 'c@x.example', metadata: { source: { type: 'CONTACT' } } };
    expect(mapping.toHarmony({ emailAddresses: [profile, contact] }).email).toBe('c@x.example');
  });

  it('reads the elements of other contacts', () => {
    const other = { value: 'o@x.example', metadata: { source: { type: 'OTHER_CONTACT' } } };
    expect(mapping.toHarmony({ emailAddresses: [other] }).email).toBe('o@x.example');
  });
});

describe('direction', () => {
  const outward = compileMapping([{ field: 'notes', path: 'biographies.value', direction: 'to_provider' }]);
  it('keeps an outward field out of Harmony', () => {
    expect(outward.toHarmony(ada)).toEqual({});
    expect(outward.readPerson(ada)).toEqual({ notes: 'Notes\n' });
  });
});

it('refuses a path that Google does not have', () => {
  expect(() => compileMapping([{ field: 'email', path: 'emails.value', direction: 'both' }])).toThrow(
    RangeError,
  );
});
