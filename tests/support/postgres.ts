/** A database of its own for a test file: a clone of the migrated template. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { type Database, type DatabaseHandle, openDatabase } from '../../db/client.ts';
import { ensureUser, ensureWorkspace } from '../../db/queries/identity.ts';
import { templateName } from './postgres-cluster.ts';

export interface TestDatabase extends DatabaseHandle {
  readonly url: string;
}

/** `close` drops it again. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = async (run: (sql: postgres.Sql) => Promise<unknown>) => {
    const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
    await run(sql).finally(() => sql.end({ timeout: 5 }));
  };
  await onServer((sql) => sql`create database ${sql(name)} template ${sql(templateName)}`);
  const url = adminUrl.replace(/\/[^/]+$/, `/${name}`);
  const handle = openDatabase({ url, poolSize: 10, name });
  return {
    ...handle,
    url,
    async close() {
      await handle.close();
      await onServer((sql) => sql`drop database ${sql(name)} with (force)`);
    },
  };
}

/** One person in one workspace, for a test whose records need somebody. */
export async function ensureOwner(db: Database): Promise<{ workspaceId: string; userId: string }> {
  const workspaceId = await ensureWorkspace(db, 'Harmony');
  const userId = await ensureUser(db, { workspaceId, name: 'Ada', email: 'ada@example.com' });
  return { workspaceId, userId };
}
