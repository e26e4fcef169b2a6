/** Transactions that give way to another one run again, and no others do. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrateDatabase } from '../db/migrate.ts';
import { holdLocalWork } from '../db/queries/contact-queue.ts';
import { together } from '../db/together.ts';
import { transact } from '../db/transact.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.execute(sql`create table pairs (id int primary key, n int not null)`);
  await database.db.execute(sql`insert into pairs values (1, 0), (2, 0)`);
});
afterAll(() => database.close());

it('two that lock in opposite order both get through, each counted once', async () => {
  const attempts: number[] = [];
  const holding = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const both = (first: number, second: number) =>
    transact(database.db, async (tx) => {
      attempts.push(first);
      await tx.execute(sql`update pairs set n = n + 1 where id = ${first}`);
      holding[first - 1]?.resolve();
      await holding[second - 1]?.promise;
      await tx.execute(sql`update pairs set n = n + 1 where id = ${second}`);
    });
  await Promise.all([both(1, 2), both(2, 1)]);
  expect(await database.db.execute(sql`select n from pairs order by id`)).toMatchObject([{ n: 2 }, { n: 2 }]);
  expect(attempts).toHaveLength(3);
});

it('nothing that was sent together stands once one of it failed, also what follows later', async () => {
  const failed = Promise.withResolvers<void>();
  const refused = transact(database.db, (tx) =>
    together([
      tx.execute(sql`select 1 / 0`).catch((error: unknown) => {
        failed.resolve();
        throw error;
      }),
      (async () => {
        await failed.promise;
        await new Promise((resolve) => setTimeout(resolve, 50));
        await tx.execute(sql`insert into pairs values (3, 0)`);
      })(),
    ]),
  );
  await expect(refused).rejects.toMatchObject({ cause: { message: 'division by zero' } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await database.db.execute(sql`select n from pairs where id = 3`)).toEqual([]);
});

it('gives up after three times, and runs what failed otherwise once', async () => {
  for (const [code, times] of [
    ['40001', 3],
    ['23505', 1],
  ] as const) {
    let attempts = 0;
    const failing = transact(database.db, async () => {
      attempts += 1;
      throw Object.assign(new Error('refused'), { code });
    });
    await expect(failing).rejects.toThrow('refused');
    expect(attempts).toBe(times);
  }
});

it('an ack takes away only rows of work that it made itself, and none of what moved meanwhile', async () => {
  const work = () => database.db.execute(sql`select key, touched from contact_work order by key`);
  await database.db.execute(
    sql`insert into contact_work (integration_id, kind, key) values ('int_a', 'local', 'con_noted')`,
  );
  await transact(database.db, async (tx) => {
    const contactIds = ['con_quiet', 'con_noted', 'con_moved'];
    const letGo = await holdLocalWork(tx, {
      ...{ integrationId: 'int_a', contactIds, dueAt: '2030-01-01T00:00:00Z' },
    });
    await letGo(['con_moved']);
  });
  expect(await work()).toMatchObject([
    { key: 'con_moved', touched: 1 },
    { key: 'con_noted', touched: 1 },
  ]);
});

it('a migration that gives way to what goes on beside it is carried out all the same', async () => {
  const name = `migrated_${randomUUID().replaceAll('-', '')}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  const url = inject('postgresUrl').replace(/\/[^/]+$/, `/${name}`);
  await admin`create database ${admin(name)}`;
  const inside = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await inside`create sequence commands_seen`;
    await inside.unsafe(`
      create function give_way() returns event_trigger language plpgsql as $$ begin
        if nextval('commands_seen') = 30 then raise exception 'gives way' using errcode = '40P01'; end if;
      end $$`);
    await inside`create event trigger give_way on ddl_command_start execute function give_way()`;
    await migrateDatabase(url);
    const [seen] = await inside`
      select (select last_value from commands_seen) > 30 as "isTried", to_regclass('contacts') is not null as "isThere"`;
    expect(seen).toEqual({ isTried: true, isThere: true });
  } finally {
    await inside.end();
    await admin`drop database ${admin(name)} with (force)`;
    await admin.end();
  }
});
