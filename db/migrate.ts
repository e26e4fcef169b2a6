/** One-shot: brings the database at DATABASE_URL to the newest schema. Safe to run at once from several places. */
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { openDatabase } from './client.ts';
import { buildTenantWall } from './tenant-wall.ts';
import { againWhereItGaveWay } from './transact.ts';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any constant: one migrator at a time holds it. */
const migrationLock = 720_411;

/** Runs the migrations that are missing. Input: a postgres URL. Throws when the server can't be reached. */
export async function migrateDatabase(url: string): Promise<void> {
  const handle = openDatabase({ url, poolSize: 1, name: 'harmony-migrate' });
  try {
    await handle.db.execute(sql`select pg_advisory_lock(${migrationLock})`);
    // It locks whole tables, in an order of its own; what goes on beside it locks their rows in another one.
    await againWhereItGaveWay(() => migrate(handle.db, { migrationsFolder }));
    await buildTenantWall(handle.sql);
  } finally {
    await handle.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === '') {
    console.error('DATABASE_URL is not set: give it the postgres:// address of the database to migrate.');
    process.exit(1);
  }
  await migrateDatabase(url).catch((error: Error) => {
    // The cause says what is wrong in a line; the trace ahead of it would push it out of sight.
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    console.error(`The database could not be migrated: ${reason}.`);
    console.error('If it was made by an unreleased state of this project, start from an empty one.');
    process.exit(1);
  });
}
