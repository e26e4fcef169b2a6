import { expect, test } from 'vitest';
import type { ContactList } from '../../api/contract/index.ts';
import {
  type ContactValues,
  changedFields,
  contactName,
  fieldLabel,
  fieldPath,
  initials,
  listName,
  noValues,
  offeredLists,
} from './contact.ts';

const values = (some: ContactValues): ContactValues => ({ ...noValues, ...some });

test('only what differs is sent, an emptied field as null, and blanks at the edge are no change', () => {
  const before = values({ firstName: 'Ada', email: 'ada@example.com', phone: '1' });
  const after = values({ firstName: 'Ada ', email: ' ', phone: '2' });
  expect(changedFields(before, after)).toEqual({ email: null, phone: '2' });
});

test('fields that a person named are sent by their own names, one that is new and blank not at all', () => {
  const before = values({ 'custom.Size': 'L', 'custom.Team': 'North' });
  const after = values({
    'custom.Size': '',
    'custom.Team': 'North ',
    'custom.Badge': '7',
    'custom.Desk': ' ',
  });
  expect(changedFields(before, after)).toEqual({ customFields: { Size: null, Badge: '7' } });
  expect([fieldLabel('custom.Size'), fieldLabel('jobTitle')]).toEqual(['Size', 'Job title']);
  expect([fieldPath('custom.Size'), fieldPath('jobTitle')]).toEqual(['customFields.Size', 'jobTitle']);
});

test('somebody without a name is called by their company, address or number, and no sign is cut in two', () => {
  const nobody = { firstName: null, lastName: null, company: null, email: null, phone: null };
  expect(contactName({ ...nobody, email: 'ada@example.com' })).toBe('ada@example.com');
  expect(contactName({ ...nobody, phone: '+41 1' })).toBe('+41 1');
  expect(contactName(nobody)).toBe('No name');
  expect(initials({ ...nobody, firstName: 'Ada', lastName: 'Lovelace' })).toBe('AL');
  expect(initials({ ...nobody, firstName: '👩‍🚀' })).toBe('👩‍🚀');
  expect(initials({ ...nobody, phone: '+41 1' })).toBe('#');
});

test("a provider's own list has a name in words, a person's list its own", () => {
  expect(listName({ name: 'myContacts', system: true })).toBe('My contacts');
  expect(listName({ name: 'starred', system: false })).toBe('starred');
});

test('a list that takes nobody any more is offered only to whoever is on it', () => {
  const list = (id: string, takesMembers: boolean): ContactList => ({
    ...{ id, name: id, system: true, takesMembers, memberCount: 1, version: 1, sources: [] },
    ...{ integrationId: null, remoteId: null, createdAt: '', updatedAt: '' },
  });
  const lists = [list('starred', true), list('friends', false)];
  const idsFor = (listIds: string[]) => offeredLists(lists, { listIds }).map(({ id }) => id);
  expect(idsFor([])).toEqual(['starred']);
  expect(idsFor(['friends'])).toEqual(['starred', 'friends']);
});
