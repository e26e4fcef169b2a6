import { expect, test } from 'vitest';
import { type ContactValues, changedFields, contactFields } from './contact.ts';

const values = (some: Partial<ContactValues>): ContactValues =>
  ({ ...Object.fromEntries(contactFields.map(({ name }) => [name, ''])), ...some }) as ContactValues;

test('only what differs is sent, an emptied field as null, and blanks at the edge are no change', () => {
  const before = values({ firstName: 'Ada', email: 'ada@example.com', phone: '1' });
  const after = values({ firstName: 'Ada ', email: ' ', phone: '2' });
  expect(changedFields(before, after)).toEqual({ email: null, phone: '2' });
});
