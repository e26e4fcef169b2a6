/** Contacts by name: what a person expects of a list of people, page by page, and without reading all of them. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Contact } from '../../api/contract/index.ts';
import { encodeCursor, markCursor } from '../../api/paging.ts';
import { contacts } from '../../db/schema/index.ts';
import { contactName } from '../../web/words/contact.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let ada: Tenant;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  ada = world.ada;
});
afterAll(() => world.close());
beforeEach(() => world.database.db.delete(contacts));

type Fields = Partial<typeof contacts.$inferInsert>;

/** Ids follow the order in which they are given, so that ties show. */
const store = (rows: readonly Fields[], tenant = ada) =>
  world.database.db.insert(contacts).values(
    rows.map((row, index) => ({
      ...{ id: `con_${tenant.userId}_${index}`, workspaceId: tenant.workspaceId, userId: tenant.userId },
      ...row,
    })),
  );

async function readPage(cursor: string | null, limit: number, more = '') {
  const at = cursor === null ? '' : `&cursor=${cursor}`;
  const answer = await ada.asUser.get(`/v1/contacts?order=name&limit=${limit}${at}${more}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body as { data: Contact[]; nextCursor: string | null };
}
async function readAll(limit: number, more = ''): Promise<Contact[]> {
  const all: Contact[] = [];
  let cursor: string | null = null;
  do {
    const page = await readPage(cursor, limit, more);
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
const names = async (limit = 2) => (await readAll(limit)).map(contactName);

describe('contacts by name', () => {
  it('come by letter, whatever the case, the accents or the script', async () => {
    const sorted = [
      ...['ada Byron', 'Ada Lovelace', 'Álvaro', 'bob', 'Bob', 'Özil', 'Zoë', 'Łukasz', 'Öykü', 'лев', 'Яна'],
      '王伟',
    ];
    await store(sorted.toReversed().map((firstName) => ({ firstName })));
    expect(await names()).toEqual([
      ...['ada Byron', 'Ada Lovelace', 'Álvaro', 'bob', 'Bob', 'Łukasz', 'Öykü', 'Özil', 'Zoë', 'лев', 'Яна'],
      '王伟',
    ]);
  });
  it('stand among the others by company, address or number where they have no name, and last without any', async () => {
    await store([
      {},
      { notes: 'nobody knows' },
      { firstName: 'Mia' },
      { firstName: '  ', lastName: '', company: 'Metro' },
      { email: 'max@mail.example' },
      { phone: '+41 44 1' },
      { lastName: 'Zuse' },
      { firstName: '🦊' },
      { firstName: '\u{10FFFD}' },
    ]);
    expect(await names()).toEqual([
      ...['+41 44 1', '🦊', 'max@mail.example', 'Metro', 'Mia', 'Zuse', '\u{10FFFD}', 'No name', 'No name'],
    ]);
  });
  it('that are called the same come by age, each once, also over many pages and with very long names', async () => {
    const long = 'ẞ'.repeat(3000);
    await store([...Array(7)].map(() => ({ firstName: 'Sam', lastName: 'Ng' })));
    await store(
      ['b', 'a'].map((end) => ({ id: `con_long_${end}`, firstName: long + end })),
      ada,
    );
    for (const limit of [1, 3, 1000]) {
      const ids = (await readAll(limit)).map(({ id }) => id);
      const same = ids.filter((id) => !id.startsWith('con_long'));
      expect(ids).toHaveLength(9);
      expect(same).toEqual(same.toSorted());
      expect(ids.slice(-2)).toEqual(['con_long_a', 'con_long_b']);
    }
  });
  it('come once each while others are made, renamed and archived between the pages', async () => {
    await store(['Ada', 'Cleo', 'Eve', 'Gus', 'Ian', 'Kim'].map((firstName) => ({ firstName })));
    const { data: first, nextCursor } = await readPage(null, 3);
    expect(first.map(contactName)).toEqual(['Ada', 'Cleo', 'Eve']);
    const { db } = world.database;
    await db.update(contacts).set({ firstName: 'Zed' }).where(eq(contacts.firstName, 'Eve'));
    await db
      .update(contacts)
      .set({ archivedAt: new Date().toISOString() })
      .where(eq(contacts.firstName, 'Gus'));
    await store([
      { id: 'con_before', firstName: 'Bea' },
      { id: 'con_behind', firstName: 'Hal' },
    ]);
    const { data: second } = await readPage(nextCursor, 9);
    expect(second.map(contactName)).toEqual(['Hal', 'Ian', 'Kim', 'Zed']);
  });
  it('are one person’s own, and of the whole workspace for a key that acts for nobody', async () => {
    await store([{ firstName: 'Bea' }]);
    await store([{ firstName: 'Ada' }], { ...ada, userId: ada.otherUserId });
    await store([{ firstName: 'Abe' }], world.eve);
    expect(await names()).toEqual(['Bea']);
    const { body } = await ada.asWorkspace.get('/v1/contacts?order=name');
    expect(body.data.map(contactName)).toEqual(['Ada', 'Bea']);
  });
  it('take no cursor of the other order, nor one that somebody made', async () => {
    await store([{ firstName: 'Ada' }, { firstName: 'Bea' }]);
    const { body: created } = await ada.asUser.get('/v1/contacts?limit=1');
    const { nextCursor } = await readPage(null, 1);
    const mark = nextCursor?.split('.')[0] ?? '';
    const made = (position: object) => markCursor(mark, encodeCursor(position));
    for (const path of [
      `order=name&cursor=${created.nextCursor}`,
      `order=created&cursor=${nextCursor}`,
      `order=name&cursor=${made({ id: 'con_1', sortName: 'a\0' })}`,
      `order=name&cursor=${made({ id: 'con_1', sortName: null })}`,
    ]) {
      const answer = await ada.asUser.get(`/v1/contacts?${path}`);
      expect([answer.status, answer.body.code], path).toEqual([400, 'invalid_cursor']);
    }
    expect((await ada.asUser.get('/v1/contacts?order=age')).status).toBe(400);
  });
  it('are read from where the page before ended, behind the wall between tenants, too', async () => {
    const { db, within } = world.database;
    const { workspaceId, userId } = ada;
    await db.execute(sql`
      insert into contacts (id, workspace_id, user_id, first_name)
      select 'con_' || n, ${workspaceId}, ${userId}, md5(n::text) from generate_series(1, 20000) n`);
    await db.execute(sql`analyze contacts`);
    const rows = await within({ workspaceId, userId }).execute<{ 'QUERY PLAN': string }>(sql`
      explain (analyze, costs off, timing off, buffers off) select * from contacts
      where workspace_id = ${workspaceId} and user_id = ${userId} and archived_at is null
        and (sort_name, id) > ('c', 'con_1')
      order by sort_name, id limit 201`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Scan using contacts_by_name/);
    expect(plan).toMatch(/Index Cond: .*ROW\(sort_name, id\) > ROW\('c'/);
    expect(plan).not.toMatch(/Sort|Rows Removed/);
  });
});
