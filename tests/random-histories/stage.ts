/** What the histories of one process share: a database with a clock of its own, and the pool that all workers use. */
import { randomUUID } from 'node:crypto';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';
import type { Database } from '../../db/client.ts';
import { migrateDatabase } from '../../db/migrate.ts';
import { ensureWorkspace } from '../../db/queries/identity.ts';
import { GatedDatabases } from './gated-database.ts';
import { prepareVirtualTime, startVirtualTime, stopVirtualTime, type VirtualTime } from './virtual-time.ts';

export interface Stage {
  readonly sql: Sql;
  /** For workers. */
  readonly databases: GatedDatabases;
  /** Not gated: for people and for looking. */
  readonly db: Database;
  readonly time: VirtualTime;
  readonly workspaceId: string;
  /** Takes away what histories have left, between two of them: their rows cost the statements of every later one. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const adminUrl = inject('postgresUrl');
  const name = `histories_${randomUUID().replaceAll('-', '')}`;
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  await admin`create database ${admin(name)}`;
  const url = adminUrl.replace(/\/[^/]+$/, `/${name}`);
  const first = postgres(url, { max: 1, onnotice: () => {} });
  await prepareVirtualTime(first, name);
  await first.end();
  await migrateDatabase(url);
  const path = inject('postgresSocket');
  const connection = { TimeZone: 'UTC', plan_cache_mode: 'force_generic_plan' };
  const sql = preparing(postgres(url, { path, max: 4, connection, onnotice: () => {} }));
  const db = drizzle(sql);
  const workspaceId = await ensureWorkspace(db, 'Harmony');
  const time = await startVirtualTime(sql, Date.parse('2026-01-01T00:00:00Z'));
  const tables = await sql<{ name: string }[]>`
    select format('%I', tablename) as name from pg_tables
    where schemaname = 'public' and tablename <> 'workspaces'`;
  return {
    sql,
    databases: new GatedDatabases(sql),
    db,
    time,
    workspaceId,
    async clear() {
      await sql.unsafe(`truncate ${tables.map(({ name: table }) => table).join(', ')}`);
    },
    async close() {
      stopVirtualTime();
      await sql.end({ timeout: 5 });
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}

type Unsafe = Pick<Sql, 'unsafe'>;
type Run = (tx: Unsafe) => Promise<unknown>;

/** Plans each statement once a connection, whatever its parameters: a history sends the same few hundred over and over. */
function preparing<Client extends Unsafe>(client: Client): Client {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'unsafe') {
        const unsafe: Sql['unsafe'] = (query, parameters) =>
          target.unsafe(query, parameters, { prepare: true });
        return unsafe;
      }
      if (name === 'begin') {
        const { begin } = target as unknown as { begin: (run: Run) => Promise<unknown> };
        return (run: Run) => begin((tx) => run(preparing(tx)));
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}
