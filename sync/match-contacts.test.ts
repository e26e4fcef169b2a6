import { expect, it } from 'vitest';
import { matchContacts } from './match-contacts.ts';
import { MARKER_KEY, type PersonWithName } from './person.ts';

const local = (id: string, fields: object) => ({ id, version: 1, fields });
function person(
  resourceName: string,
  { emails = [] as string[], phone = '', name = '', op = '' },
): PersonWithName {
  return {
    resourceName,
    names: [{ givenName: name }],
    emailAddresses: emails.map((value) => ({ value })),
    phoneNumbers: phone ? [{ value: phone }] : [],
    clientData: op ? [{ key: MARKER_KEY, value: op }] : [],
  };
}

it('links by marker, then unique e-mail in any element, then phone and name', () => {
  const result = matchContacts({
    locals: [
      local('a', { email: 'a@x.io' }),
      local('b', { email: 'B@x.io' }),
      local('c', { firstName: 'Cy', phone: '+44 1' }),
      local('d', { email: 'd@x.io' }),
    ],
    persons: [
      person('people/1', { op: 'op_a', emails: ['z@x.io'] }),
      person('people/2', { emails: ['home@x.io', 'b@X.io'] }),
      person('people/3', { name: 'cy', phone: '+441' }),
      person('people/4', { name: 'Dee' }),
    ],
    contactByOp: new Map([['op_a', 'a']]),
  });
  expect(result).toEqual({
    links: [
      { contactId: 'a', resourceName: 'people/1', by: 'marker' },
      { contactId: 'b', resourceName: 'people/2', by: 'email' },
      { contactId: 'c', resourceName: 'people/3', by: 'phone_and_name' },
    ],
    review: [],
    unmatchedContactIds: ['d'],
    unmatchedResourceNames: ['people/4'],
  });
});

it('sends a shared e-mail to review as one group, in any order, and links nobody', () => {
  const locals = [local('a', { email: 'shared@x.io' }), local('b', { email: 'shared@x.io' }), local('c', {})];
  const persons = [
    person('people/1', { emails: ['shared@x.io'] }),
    person('people/2', { emails: ['shared@x.io'] }),
  ];
  const expected = {
    links: [],
    review: [{ contactIds: ['a', 'b'], resourceNames: ['people/1', 'people/2'] }],
    unmatchedContactIds: ['c'],
    unmatchedResourceNames: [],
  };
  expect(matchContacts({ locals, persons })).toEqual(expected);
  expect(matchContacts({ locals: locals.toReversed(), persons: persons.toReversed() })).toEqual(expected);
});

it('lets phone and name settle a shared e-mail, and then frees the other person', () => {
  const result = matchContacts({
    locals: [local('a', { firstName: 'Ann', email: 'family@x.io', phone: '1' })],
    persons: [
      person('people/1', { name: 'Ann', emails: ['family@x.io'], phone: '1' }),
      person('people/2', { name: 'Bob', emails: ['family@x.io'], phone: '1' }),
    ],
  });
  expect(result.links).toEqual([{ contactId: 'a', resourceName: 'people/1', by: 'phone_and_name' }]);
  expect(result.unmatchedResourceNames).toEqual(['people/2']);
});

it('never matches on a phone without a name, or on blanks', () => {
  const result = matchContacts({
    locals: [local('a', { phone: '1', email: ' ' })],
    persons: [person('people/1', { phone: '1', emails: [''] })],
  });
  expect(result.links).toEqual([]);
  expect(result.review).toEqual([]);
});
