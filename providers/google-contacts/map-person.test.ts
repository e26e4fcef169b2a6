import { expect, test } from 'vitest';
import { sortGroups, sortPeople } from './map-person.ts';

test("a contact's version mark and time are those of its contact source, and raw is the parsed answer itself", () => {
  const person = {
    resourceName: 'people/c1',
    etag: 'person-etag',
    metadata: {
      sources: [
        { type: 'PROFILE', etag: 'profile-etag', updateTime: '2026-01-01T00:00:00Z' },
        { type: 'CONTACT', etag: 'contact-etag', updateTime: '2026-11-01T10:00:00.123Z' },
      ],
      previousResourceNames: ['people/c0'],
    },
  };
  const { upserts, deletions } = sortPeople([person]);
  expect(upserts).toEqual([
    {
      remoteId: 'people/c1',
      etag: 'contact-etag',
      updatedAt: '2026-11-01T10:00:00.123Z',
      formerRemoteIds: ['people/c0'],
      raw: person,
    },
  ]);
  expect(upserts[0]?.raw).toBe(person);
  expect(deletions).toEqual([]);
});

test('a deleted contact is gone under its former names too', () => {
  const metadata = { deleted: true, previousResourceNames: ['people/c0'] };
  expect(sortPeople([{ resourceName: 'people/c1', metadata }])).toEqual({
    upserts: [],
    deletions: ['people/c1', 'people/c0'],
  });
});

test("labels keep the person's name, Google's own lists their readable one, deleted ones are deletions", () => {
  const groups = [
    {
      resourceName: 'contactGroups/myContacts',
      groupType: 'SYSTEM_CONTACT_GROUP',
      name: 'myContacts',
      formattedName: 'My Contacts',
    },
    { resourceName: 'contactGroups/1', groupType: 'USER_CONTACT_GROUP', name: 'Friends', etag: 'g1' },
    { resourceName: 'contactGroups/2', metadata: { deleted: true } },
    { resourceName: 'contactGroups/family', groupType: 'SYSTEM_CONTACT_GROUP', formattedName: 'Family' },
    { resourceName: 'contactGroups/starred', groupType: 'SYSTEM_CONTACT_GROUP', formattedName: 'Starred' },
  ];
  const { upserts, deletions } = sortGroups(groups);
  expect(upserts).toMatchObject([
    { remoteId: 'contactGroups/myContacts', name: 'My Contacts', system: true },
    { remoteId: 'contactGroups/1', name: 'Friends', system: false, etag: 'g1' },
    { remoteId: 'contactGroups/family', system: true, takesMembers: false },
    { remoteId: 'contactGroups/starred', system: true },
  ]);
  expect(upserts.filter(({ takesMembers }) => takesMembers === false)).toHaveLength(1);
  expect(deletions).toEqual(['contactGroups/2']);
});

test('a contact without its resource name is schema drift', () => {
  expect(() => sortPeople([{ etag: 'x' }])).toThrow(expect.objectContaining({ kind: 'schema_drift' }));
});
