import { expect, it } from 'vitest';
import { writablePart } from './former-person.ts';

it('keeps all that the contact held by itself, and nothing that Google made of it', () => {
  const own = { source: { type: 'CONTACT', id: '1' } };
  const person = {
    resourceName: 'people/c1',
    etag: 'e1',
    metadata: { sources: [{ type: 'CONTACT', etag: 's1' }], previousResourceNames: ['people/c0'] },
    photos: [{ metadata: own, url: 'https://photo' }],
    memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/myContacts' } }],
    names: [
      {
        metadata: { primary: true, ...own },
        ...{ displayName: 'Ada King', displayNameLastFirst: 'King, Ada', unstructuredName: 'Ada King' },
        ...{ givenName: 'Ada', familyName: 'King', phoneticGivenName: 'Eida' },
      },
    ],
    phoneNumbers: [
      { metadata: own, value: '020 2', type: 'home', formattedType: 'Home' },
      { metadata: { primary: true, ...own }, value: '+44 20 1', canonicalForm: '+44201' },
      { metadata: { source: { type: 'PROFILE', id: '2' } }, value: '555' },
    ],
    emailAddresses: [{ metadata: own, value: 'a@x.io', displayName: 'Ada' }],
    addresses: [
      { metadata: own, formattedValue: '1 Mill St\nLondon', streetAddress: '1 Mill St', city: 'London' },
    ],
    genders: [{ metadata: own, value: 'female', formattedValue: 'Female', addressMeAs: 'she' }],
    imClients: [{ metadata: own, username: 'ada', protocol: 'jabber', formattedProtocol: 'Jabber' }],
    relations: [{ metadata: own, person: 'Byron', type: 'father', formattedType: 'Father' }],
    userDefined: [{ metadata: own, key: 'Engine', value: 'No. 2' }],
    clientData: [
      { metadata: own, key: 'harmony-op', value: 'op_1' },
      { metadata: own, key: 'crm', value: '7' },
    ],
  };
  expect(writablePart(person)).toEqual({
    names: [{ givenName: 'Ada', familyName: 'King', phoneticGivenName: 'Eida' }],
    phoneNumbers: [
      { value: '020 2', type: 'home' },
      { value: '+44 20 1', metadata: { sourcePrimary: true } },
    ],
    emailAddresses: [{ value: 'a@x.io', displayName: 'Ada' }],
    addresses: [{ formattedValue: '1 Mill St\nLondon', streetAddress: '1 Mill St', city: 'London' }],
    genders: [{ value: 'female', addressMeAs: 'she' }],
    imClients: [{ username: 'ada', protocol: 'jabber' }],
    relations: [{ person: 'Byron', type: 'father' }],
    userDefined: [{ key: 'Engine', value: 'No. 2' }],
    clientData: [{ key: 'crm', value: '7' }],
  });
});

it('keeps a name that was only ever one piece', () => {
  const names = [{ displayName: 'Ada of Ockham', unstructuredName: 'Ada of Ockham' }];
  expect(writablePart({ names })).toEqual({ names: [{ unstructuredName: 'Ada of Ockham' }] });
});
