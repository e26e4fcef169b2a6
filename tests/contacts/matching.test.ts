/** What matches is found by keys in Postgres, and comes out as if whole address books had been compared. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMatchBook } from '../../activities/contacts/match-book.ts';
import { canonicalize } from '../../sync/contact-fields.ts';
import { matchContacts } from '../../sync/match-contacts.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const integrationId = 'int_match';
const userId = 'usr_match';
const sync = { integrationId, userId, mapsOwn: true };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const emails = ['a@x.io', 'A@X.io', ' a@x.io', 'b@x.io', 'c\u00a0@x.io', 'é@x.io', 'e\u0301@x.io', ''];
const phones = ['+44 1', '+441', '１', '1', '1-800-TAXI', '1800taxi', '+44 1 ext. 7', '+441x7', ' '];
const names = ['Ann', 'ANN ', 'Ann\u00a0', 'Zoë', 'Zoe\u0308', '李', ''];
const text = (values: readonly string[]) => fc.option(fc.constantFrom(...values));

it('gives equal values equal keys, whatever their spelling', async () => {
  const same = (kind: 'email' | 'phone', a: string, b: string) =>
    canonicalize(kind, a) !== '' && canonicalize(kind, a) === canonicalize(kind, b);
  for (const [kind, values] of [
    ['email', emails],
    ['phone', phones],
  ] as const) {
    const pairs = values.flatMap((a) => values.filter((b) => same(kind, a, b)).map((b) => ({ a, b })));
    const key = (column: string) =>
      sql.raw(kind === 'email' ? `match_email(${column})` : `match_phone(${column}, 'Ann', null)`);
    const rows = await database.db.execute<{ a: string; b: string; equal: boolean }>(sql`
      select a, b, ${key('a')} = ${key('b')} as equal
      from json_to_recordset(${JSON.stringify(pairs)}::json) as r(a text, b text)`);
    expect(pairs.length).toBeGreaterThan(values.length);
    expect(rows.filter(({ equal }) => !equal)).toEqual([]);
  }
});

it('takes a shadow of any shape', async () => {
  for (const shadow of [
    {},
    { emailAddresses: 4 },
    { emailAddresses: [3, { value: null }, null] },
    { names: {} },
  ]) {
    const [row] = await database.db.execute(
      sql`select remote_match_keys(${JSON.stringify(shadow)}::json) as keys`,
    );
    expect(row).toEqual({ keys: [] });
  }
});

it('takes values longer than an index would, and tells apart those whose keys are cut to the same', async () => {
  const hashes = Array.from({ length: 100 }, (_, at) => createHash('sha256').update(`${at}`));
  // Nothing that compresses, since an index compresses what it holds.
  const long = hashes.map((hash) => hash.digest('base64url')).join('');
  const digits = long.replaceAll(/./g, (letter) => String(letter.charCodeAt(0)));
  const locals = [
    { email: `${long}@x.io` },
    { phone: '1', firstName: long, lastName: 'A' },
    { phone: digits, firstName: 'Ann' },
  ].map((fields, at) => ({ id: `con_${at}`, version: 1, fields }));
  const remotes = [
    { emailAddresses: [{ value: `${long}@X.io` }] },
    { phoneNumbers: [{ value: '1' }], names: [{ givenName: long, familyName: 'A' }] },
    { phoneNumbers: [{ value: digits }], names: [{ givenName: 'Ann' }] },
    { emailAddresses: [{ value: `${long}@y.io` }] },
    { phoneNumbers: [{ value: '1' }], names: [{ givenName: long, familyName: 'B' }] },
    { phoneNumbers: [{ value: `${digits}2` }], names: [{ givenName: 'Ann' }] },
  ].map((lists, at) => ({ resourceName: `people/${at}`, ...lists }));
  await store(locals, remotes);
  const remoteIds = remotes.map(({ resourceName }) => resourceName);
  for (const subject of [
    { remoteIds, contactIds: [] },
    { remoteIds: [], contactIds: locals.map(({ id }) => id) },
  ]) {
    const { byRemote, groups } = await openMatchBook(database.db, sync, subject);
    expect([...byRemote].map(([remoteId, { contactId }]) => [remoteId, contactId]).sort()).toEqual([
      ['people/0', 'con_0'],
      ['people/1', 'con_1'],
      ['people/2', 'con_2'],
    ]);
    expect(groups).toEqual([]);
  }
});

const contact = fc.record({
  email: text(emails),
  phone: text(phones),
  firstName: text(names),
  lastName: text(names),
});
const person = fc.record({
  emails: fc.array(fc.constantFrom(...emails), { maxLength: 3 }),
  phones: fc.array(fc.constantFrom(...phones), { maxLength: 2 }),
  firstName: text(names),
  lastName: text(names),
});

it('matches a part of two address books as it would match all of them', async () => {
  const books = fc.record({
    contacts: fc.array(contact, { maxLength: 12 }),
    persons: fc.array(person, { maxLength: 12 }),
    asked: fc.integer({ min: 0, max: 11 }),
  });
  await fc.assert(
    fc.asyncProperty(books, async ({ contacts, persons, asked }) => {
      const locals = contacts.map((fields, at) => ({ id: `con_${at}`, version: 1, fields }));
      const remotes = persons.map((one, at) => ({
        resourceName: `people/${at}`,
        names: [{ givenName: one.firstName, familyName: one.lastName }],
        emailAddresses: one.emails.map((value) => ({ value })),
        phoneNumbers: one.phones.map((value) => ({ value })),
      }));
      await store(locals, remotes);
      const whole = matchContacts({ locals, persons: remotes });
      const remoteId = `people/${asked}`;
      const contactId = `con_${asked}`;
      for (const subject of [
        { remoteIds: [remoteId], contactIds: [] },
        { remoteIds: [], contactIds: [contactId] },
      ]) {
        const book = await openMatchBook(database.db, sync, subject);
        const [id = ''] = [...subject.remoteIds, ...subject.contactIds];
        const link = whole.links.find((one) => one.resourceName === id || one.contactId === id);
        expect(book.byRemote.get(id)?.contactId ?? book.byContact.get(id)?.remoteId).toBe(
          link?.resourceName === id ? link.contactId : link?.resourceName,
        );
        const group = whole.review.find(
          (one) => one.resourceNames.includes(id) || one.contactIds.includes(id),
        );
        expect(book.groups.find((one) => [...one.resourceNames, ...one.contactIds].includes(id))).toEqual(
          group,
        );
      }
    }),
    { numRuns: 60, seed: 20 },
  );
});

async function store(
  locals: readonly { id: string; fields: Record<string, string | null> }[],
  remotes: readonly { resourceName: string }[],
): Promise<void> {
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`truncate contacts, contact_links`);
    await tx.execute(sql`
      insert into contacts (id, workspace_id, user_id, email, phone, first_name, last_name)
      select r.id, 'wsp_match', ${userId}, r.fields ->> 'email', r.fields ->> 'phone', r.fields ->> 'firstName',
        r.fields ->> 'lastName'
      from json_to_recordset(${JSON.stringify(locals)}::json) as r(id text, fields json)`);
    await tx.execute(sql`
      insert into contact_links (integration_id, stream, remote_id, content_hash, shadow, seen_by_run)
      select ${integrationId}, 'contacts', r ->> 'resourceName', '', r, 'run_1'
      from json_array_elements(${JSON.stringify(remotes)}::json) r`);
  });
}
