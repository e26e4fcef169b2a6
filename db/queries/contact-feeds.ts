/** The remote contacts by which several accounts feed one contact. */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLinks, integrations } from '../schema/index.ts';

/** Over the alias `l`: the link lives, and another integration of the same person has it, which is not being deleted. */
const feedsElsewhere = (integrationId: string, contactIds: readonly string[]): SQL => sql`
  l.contact_id = any(${sql.param([...contactIds])}::text[]) and l.integration_id <> ${integrationId}
  and l.tombstoned_at is null and o.deleting_at is null`;

export type FeedRow = Pick<
  typeof contactLinks.$inferSelect,
  'integrationId' | 'stream' | 'shadow' | 'base' | 'mappingVersion'
> & {
  readonly contactId: string;
  /** Its integration was connected before the one that asks; of two at the same moment, by their ids. */
  readonly isOlder: boolean;
};

/** Living links of other integrations to these contacts, the oldest integration first. */
export async function findOtherFeeds(
  db: Executor,
  { integrationId, contactIds }: { integrationId: string; contactIds: readonly string[] },
): Promise<FeedRow[]> {
  if (contactIds.length === 0) return [];
  return db.execute<FeedRow & Record<string, unknown>>(sql`
    select l.integration_id as "integrationId", l.contact_id as "contactId", l.stream, l.shadow, l.base,
      l.mapping_version as "mappingVersion", (o.created_at, o.id) < (mine.created_at, mine.id) as "isOlder"
    from ${contactLinks} l join ${integrations} o on o.id = l.integration_id
    join ${integrations} mine on mine.id = ${integrationId}
    where ${feedsElsewhere(integrationId, contactIds)}
    order by o.created_at, o.id, l.remote_id`);
}

/** Which of these contacts another integration feeds, too. */
export async function findSharedContacts(
  db: Executor,
  { integrationId, contactIds }: { integrationId: string; contactIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (contactIds.length === 0) return new Set();
  const rows = await db.execute<{ contact_id: string }>(sql`
    select distinct l.contact_id from ${contactLinks} l join ${integrations} o on o.id = l.integration_id
    where ${feedsElsewhere(integrationId, contactIds)}`);
  return new Set(rows.map((row) => row.contact_id));
}
