/** Everything that is kept about one user, table by table, without what would let somebody else in. */
import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../client.ts';

/** Secrets or their hashes, our own bookkeeping, and what is there in the records already. Any other table is exported. */
const leftOut = [
  ...[
    'api_keys',
    'sessions',
    'sign_in_links',
    'credentials',
    'oauth_attempts',
    'watches',
    'idempotency_keys',
  ],
  ...['provider_limits', 'search_backlog', 'search_vectors', 'listing_marks', 'contact_work'],
];
const rowsAtOnce = 500;

/**
 * Hands over one line of JSON a row: `{table, row}`. `db` has to be behind the wall of that user (db/tenant-wall.ts), which
 * is what chooses the rows; of tables that the workspace shares only what names the user. Each table is read as it is when
 * its turn comes.
 */
export function exportUserRows(
  db: Database,
  userId: string,
  write: (lines: string) => Promise<void>,
): Promise<void> {
  return db.transaction(async (tx) => {
    const tables = await tx.execute<{ name: string }>(sql`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`);
    for (const { name } of tables) {
      if (!leftOut.includes(name)) await exportTable(tx, name, userId, write);
    }
  });
}

const shared: Readonly<Record<string, (userId: string) => ReturnType<typeof sql>>> = {
  users: (userId) => sql`where t.id = ${userId}`,
  audit_log: (userId) => sql`where ${userId} in (t.target, substr(t.actor, 6))`,
};

async function exportTable(
  tx: Transaction,
  table: string,
  userId: string,
  write: (lines: string) => Promise<void>,
): Promise<void> {
  const own = shared[table]?.(userId) ?? sql``;
  await tx.execute(sql`
    declare rows no scroll cursor for
    select json_build_object('table', ${sql.raw(`'${table}'`)}::text, 'row', to_json(t))::text as line
    from ${sql.identifier(table)} t ${own}`);
  for (;;) {
    const rows = await tx.execute<{ line: string }>(sql`fetch ${sql.raw(String(rowsAtOnce))} from rows`);
    if (rows.length > 0) await write(`${rows.map(({ line }) => line).join('\n')}\n`);
    if (rows.length < rowsAtOnce) break;
  }
  await tx.execute(sql`close rows`);
}
