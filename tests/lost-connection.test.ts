/** Connections that are lost in the middle of a transaction: it is over, nothing else is hit, and the next ones go through. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type DatabaseHandle, openDatabase, type Transaction } from '../db/client.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

let database: TestDatabase;
/** Between the pool and Postgres. */
let between: Server;
let throughIt: DatabaseHandle;
const clients = new Set<Socket>();

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.execute(sql`create table notes (text text not null)`);
  const { hostname, port } = new URL(database.url);
  between = createServer((client) => {
    const server = connect(Number(port), hostname);
    clients.add(client);
    client.on('close', () => clients.delete(client) && server.destroy()).on('error', () => {});
    server.on('close', () => client.destroy()).on('error', () => {});
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  const url = new URL(database.url);
  url.hostname = '127.0.0.1';
  url.port = String((between.address() as AddressInfo).port);
  throughIt = openDatabase({ url: url.href, poolSize: 1, name: 'through-it' });
});
afterAll(async () => {
  await throughIt?.close();
  between?.close();
  await database?.close();
});
beforeEach(() => database.db.execute(sql`truncate notes`));

const note = (tx: Pick<Transaction, 'execute'>, text: string) =>
  tx.execute(sql`insert into notes values (${text})`);

const losses: [string, (tx: Transaction) => Promise<() => unknown>][] = [
  ['ended by the server', endBackend],
  ['closed on the way', async () => endAll((client) => client.end())],
  ['reset on the way', async () => endAll((client) => client.resetAndDestroy())],
];

const endAll = (end: (client: Socket) => unknown) => () => {
  for (const client of clients) end(client);
};

async function endBackend(tx: Transaction) {
  const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return () => database.db.execute(sql`select pg_terminate_backend(${row?.pid ?? 0})`);
}

it.each(losses)('%s while a statement is under way', async (_how, lose) => {
  const lost = throughIt.db.transaction(async (tx) => {
    await note(tx, 'before');
    const end = await lose(tx);
    const sleeping = tx.execute(sql`select pg_sleep(2)`);
    await Promise.all([sleeping, pause(100).then(end)]);
  });
  await expect(lost).rejects.toThrow();
  await expectWhole();
});

it.each(losses)('%s while the work waits for something else', async (_how, lose) => {
  const goesOn = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<unknown>();
  const lost = throughIt.db.transaction(async (tx) => {
    await note(tx, 'before');
    const end = await lose(tx);
    await end();
    await goesOn.promise;
    await note(tx, 'after').then(refused.resolve, refused.resolve);
  });
  await expect(lost).rejects.toThrow();
  // Somebody else has the connection that was opened in its place.
  const other = throughIt.db.transaction(async (tx) => {
    await note(tx, 'other');
    goesOn.resolve();
    expect(await refused.promise).toBeInstanceOf(Error);
    await pause(50);
    throw new Error('taken back');
  });
  await expect(other).rejects.toThrow('taken back');
  await expectWhole();
});

/** The pool's connection works, and nothing else has been written. */
async function expectWhole(): Promise<void> {
  // The driver gives the server's farewell to the next one, too, which it does not send.
  await throughIt.db.execute(sql`select 1`).catch(() => {});
  const count = 20;
  const all = Array.from({ length: count }, (_, number) =>
    throughIt.db.transaction(async (tx) => {
      await note(tx, `whole ${String(number).padStart(2, '0')}`);
      await pause(5);
    }),
  );
  await Promise.all(all);
  const rows = await database.db.execute<{ text: string }>(sql`select text from notes order by text`);
  expect(rows.map(({ text }) => text)).toEqual(
    Array.from({ length: count }, (_, number) => `whole ${String(number).padStart(2, '0')}`),
  );
}
