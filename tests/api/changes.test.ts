/** The change feed: whole, in order, each tenant's own, whatever commits late. */
import { eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { changePage } from '../../api/contract/change.ts';
import { newId } from '../../db/ids.ts';
import { pruneChanges } from '../../db/queries/changes.ts';
import { contacts } from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
let after: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  mine = await seedIntegration(world.database.db, world.ada);
});
afterAll(() => world.close());
beforeEach(async () => {
  await settle();
  after = (await feed('after=latest')).after;
});

const feed = async (query: string, client = world.ada.asUser) => {
  const answer = await client.get(`/v1/changes?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return changePage.parse(answer.body);
};
/** Until no transaction of another test file's database holds the feed back. */
async function settle(): Promise<void> {
  const [row] = await world.database.db.execute<{ now: string }>(
    sql`select pg_current_xact_id()::text as now`,
  );
  await expect
    .poll(
      async () => {
        const [open] = await world.database.db.execute<{ xmin: string }>(
          sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`,
        );
        return BigInt(open?.xmin ?? 0) > BigInt(row?.now ?? 0);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}
const short = (page: { data: readonly { kind: string; id: string; change: string }[] }) =>
  page.data.map(({ kind, id, change }) => `${kind} ${id} ${change}`);
const insert = (count: number, owner = world.ada) => {
  const rows = Array.from({ length: count }, () => ({
    ...{ id: newId('con'), workspaceId: owner.workspaceId, userId: owner.userId, firstName: 'New' },
  }));
  return { ids: rows.map(({ id }) => id), rows };
};

it('tells of what is made, changed, archived, restored and removed, of every kind', async () => {
  const made = (await world.ada.asUser.post('/v1/contacts', { body: { firstName: 'A' } })).body.id;
  await world.ada.asUser.patch(`/v1/contacts/${made}`, { body: { firstName: 'B' } });
  await world.ada.asUser.delete(`/v1/contacts/${made}`);
  await world.ada.asUser.post(`/v1/contacts/${made}/restore`);
  await world.ada.asUser.patch(`/v1/contact-lists/${mine.listId}`, { body: { name: 'Pals' } });
  const { db } = world.database;
  await db.execute(sql`update tasks set archived = true where id = ${mine.taskId}`);
  await db.execute(sql`update documents set hidden_at = now() where id = ${mine.documentId}`);
  await db.execute(sql`update calendar_events set title = 'Moved'`);
  await db.delete(contacts).where(eq(contacts.id, made));
  await settle();
  const page = await feed(`after=${after}`);
  expect(short(page)).toEqual([
    `contact ${made} created`,
    `contact ${made} updated`,
    `contact ${made} deleted`,
    `contact ${made} updated`,
    `contact_list ${mine.listId} updated`,
    `task ${mine.taskId} deleted`,
    `document ${mine.documentId} deleted`,
    expect.stringMatching(/^calendar_event evt_\w+ updated$/),
    `contact ${made} deleted`,
  ]);
  expect(page.nextCursor).toBeNull();
  expect((await feed(`after=${page.after}`)).data).toEqual([]);
  for (const start of ['', 'after=', 'after=0'])
    expect((await feed(`${start}&limit=1`)).data, start).toEqual((await feed('limit=1')).data);
  expect(short(await feed(`after=${after}&kind=task`))).toEqual([`task ${mine.taskId} deleted`]);
  const seqs = page.data.map(({ seq }) => seq);
  expect([...seqs].sort()).toEqual(seqs);
});

it('never skips a transaction that began first and commits last', async () => {
  const { sql: driver, db } = world.database;
  const [early, late] = [insert(1), insert(1)];
  const connection = await driver.reserve();
  try {
    await connection`begin`;
    await connection`insert into contacts (id, workspace_id, user_id)
      values (${early.ids[0] as string}, ${world.ada.workspaceId}, ${world.ada.userId})`;
    await db.insert(contacts).values(late.rows);
    const held = await feed(`after=${after}`);
    expect(held.data).toEqual([]);
    await connection`commit`;
    await settle();
    expect(short(await feed(`after=${held.after}`))).toEqual([
      `contact ${early.ids[0]} created`,
      `contact ${late.ids[0]} created`,
    ]);
  } finally {
    connection.release();
  }
});

it('never skips a statement whose number is older than one that was handed out', async () => {
  const { sql: driver, db } = world.database;
  const [first, second] = [insert(1), insert(1)];
  const connection = await driver.reserve();
  try {
    // The open transaction gets its number late and writes early: statement order and transaction order differ.
    await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_current_xact_id()`);
      await connection`begin`;
      await connection`insert into contacts (id, workspace_id, user_id)
        values (${first.ids[0] as string}, ${world.ada.workspaceId}, ${world.ada.userId})`;
      await tx.insert(contacts).values(second.rows);
    });
    const shown = await feed(`after=${after}`);
    await connection`commit`;
    await settle();
    const rest = await feed(`after=${shown.after}`);
    expect([...short(shown), ...short(rest)].sort()).toEqual(
      [`contact ${first.ids[0]} created`, `contact ${second.ids[0]} created`].sort(),
    );
  } finally {
    connection.release();
  }
});

it('takes one row for a thousand records and pages through them without loss or repeat', async () => {
  const { db } = world.database;
  const { ids, rows } = insert(1000);
  await db.insert(contacts).values(rows);
  await settle();
  const written = await db.execute(sql`select 1 from changes where ${ids[500]} = any(record_ids)`);
  expect(written).toHaveLength(1);
  const seen: string[] = [];
  let position = after;
  for (;;) {
    const page = await feed(`after=${position}&limit=300`);
    seen.push(...page.data.map(({ id }) => id));
    position = page.after;
    if (page.nextCursor === null) break;
    expect(page.nextCursor).toBe(page.data.at(-1)?.seq);
  }
  expect(seen).toHaveLength(1000);
  expect(new Set(seen)).toEqual(new Set(ids));
  // As a client walks that has one way for all lists: its query stays, and the cursor is added.
  const walked: string[] = [];
  let cursor = '';
  do {
    const page = await feed(`after=${after}&limit=300${cursor}`);
    walked.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(walked).toEqual(seen);
  await db.delete(contacts).where(inArray(contacts.id, ids));
});

it('is each tenant’s and each user’s own', async () => {
  await world.database.db.insert(contacts).values(insert(1).rows);
  await settle();
  expect((await feed(`after=${after}`)).data).toHaveLength(1);
  expect((await feed(`after=${after}`, world.ada.asWorkspace)).data).toHaveLength(1);
  expect((await feed(`after=${after}`, world.eve.asUser)).data).toEqual([]);
  expect((await feed(`after=${after}`, world.eve.asWorkspace)).data).toEqual([]);
  const colleague = await world.ada.asWorkspace.get(`/v1/changes?after=${after}`, {
    headers: { 'harmony-user': world.ada.otherUserId },
  });
  expect(colleague.body.data).toEqual([]);
});

it('says when it no longer reaches back, and starts from the oldest that is kept', async () => {
  await world.database.db.insert(contacts).values(insert(1).rows);
  await settle();
  expect((await feed('limit=1000')).data.length).toBeGreaterThan(0);
  await pruneChanges(world.database.db, -60_000);
  const answer = await world.ada.asUser.get(`/v1/changes?after=${after}`);
  expect([answer.status, answer.body.code]).toEqual([410, 'changes_expired']);
  expect((await feed('after=')).data).toEqual([]);
  await settle();
  const fresh = await feed('after=latest');
  expect((await feed(`after=${fresh.after}`)).data).toEqual([]);
  const beyond = 'ffffffffffffffff-ffffffffffffffff-000000';
  for (const wrong of ['1', 'x', beyond]) {
    for (const name of ['after', 'cursor']) {
      const refused = await world.ada.asUser.get(`/v1/changes?${name}=${wrong}`);
      expect([refused.status, refused.body.code, refused.body.errors?.[0].path]).toEqual([
        ...[400, 'invalid_cursor', name],
      ]);
    }
  }
});
