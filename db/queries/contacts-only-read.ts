/** Contacts that an account only reads, such as those that were saved by themselves. */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { onlyReadStreams } from '../schema/index.ts';

/**
 * How many of such an object's contacts are known from having been read and live there, and some of them: those that feed a
 * contact (`isFeeding`), or those that feed none.
 */
export async function findOnlyRead(
  db: Executor,
  query: { integrationId: string; object: string; isFeeding: boolean; samples: number },
): Promise<{ known: number; shadows: unknown[] }> {
  const streams = Object.keys(onlyReadStreams).filter((stream) => onlyReadStreams[stream] === query.object);
  const such: SQL = sql`
    from contact_links where integration_id = ${query.integrationId} and tombstoned_at is null
      and stream = any(${sql.param(streams)}::text[]) and (contact_id is not null) = ${query.isFeeding}`;
  const [counted] = await db.execute<{ known: number }>(sql`select count(*)::int as known ${such}`);
  const rows = await db.execute<{ shadow: unknown }>(sql`
    select shadow ${such} order by remote_id limit ${query.samples}`);
  return { known: counted?.known ?? 0, shadows: rows.map(({ shadow }) => shadow) };
}
