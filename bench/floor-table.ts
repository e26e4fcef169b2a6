/** What any sync must at least write: each page by one statement into a bare table, while the next one is fetched. */
import postgres from 'postgres';

export interface FloorResult {
  readonly ms: number;
  readonly records: number;
}

/** Upserts a page by its records' `id`; resolves when the one before is written. */
export type WritePage = (page: readonly object[]) => Promise<void>;

/** The time from the first call to the last row; making the table, and whatever `load` was given, is not in it. */
export async function timeFloor(
  databaseUrl: string,
  load: (write: WritePage) => Promise<void>,
): Promise<FloorResult> {
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
  await sql`drop table if exists floor`;
  await sql`create table floor (id text primary key, payload jsonb not null)`;
  const startedAtMs = performance.now();
  let records = 0;
  let written: Promise<unknown> = Promise.resolve();
  await load(async (page) => {
    await written;
    records += page.length;
    written = sql`
      insert into floor (id, payload)
      select r->>'id', r from jsonb_array_elements(${JSON.stringify(page)}::text::jsonb) r
      on conflict (id) do update set payload = excluded.payload`.execute();
  });
  await written;
  const ms = performance.now() - startedAtMs;
  await sql`drop table floor`;
  await sql.end();
  return { ms, records };
}
