/** Remote contacts that went: tombstoned one by one, found by a complete listing, or purged with their integration. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactLinks } from '../schema/index.ts';
import { holdContacts } from './contact-edits.ts';
import { linksNamed, type MirrorRules } from './contact-mirror-rules.ts';
import { noteElsewhere, noteRemoteWork } from './contact-queue.ts';
import { seenIn } from './listing-marks.ts';

/**
 * Tombstones links of remote contacts that are gone and notes them for the planner, which archives their contacts or
 * makes them anew; one that was tied to nobody may be what others were in doubt about. `settled` leaves those out that were
 * written or changed too shortly before for their absence to mean anything. Returns how many were there before.
 */
export async function noteGone(
  tx: Transaction,
  context: { integrationId: string },
  input: {
    remoteIds: readonly string[];
    rules: Pick<MirrorRules, 'now' | 'path'>;
    /** ISO 8601 UTC: alive after it means that absence proves nothing. */
    settled?: string;
  },
): Promise<number> {
  const { remoteIds, rules, settled } = input;
  if (remoteIds.length === 0) return 0;
  const withItsEtag = sql`array_append(${contactLinks.supersededEtags}, ${contactLinks.etag})`;
  const { updatedAt, supersededEtags } = contactLinks;
  const gone = await tx
    .update(contactLinks)
    .set({
      tombstonedAt: rules.now,
      returnedAt: null,
      parked: sql`case when ${contactLinks.contactId} is null then null else ${contactLinks.parked} end`,
      // What may only lag is no old version: it comes back as it was, as soon as a listing shows it.
      supersededEtags:
        settled === undefined
          ? withItsEtag
          : sql`case when ${updatedAt} <= ${settled} then ${withItsEtag} else ${supersededEtags} end`,
    })
    .where(
      and(
        eq(contactLinks.integrationId, context.integrationId),
        isNull(contactLinks.tombstonedAt),
        linksNamed(remoteIds),
        settled === undefined
          ? undefined
          : sql`coalesce(${contactLinks.ackedAt}, '-infinity') <= ${settled}
              and (${rules.path === 'quick'} or ${updatedAt} <= ${settled})`,
      ),
    )
    .returning({ remoteId: contactLinks.remoteId });
  if (rules.path !== 'none') {
    const ids = gone.map(({ remoteId }) => remoteId);
    await noteRemoteWork(tx, { integrationId: context.integrationId, remoteIds: ids, now: rules.now });
  }
  return gone.length;
}

/** Remote ids of living links that a complete listing did not see, at most `limit`, after `afterId` in id order. */
export async function unseenContacts(
  tx: Executor,
  where: { integrationId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from contact_links
    where integration_id = ${where.integrationId} and stream = ${where.stream} and tombstoned_at is null
      and remote_id > ${where.afterId}
    except ${seenIn({ ...where, collectionId: '' })}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

/**
 * Removes an integration's links, `limit` at a time, and with `contacts` the Harmony contacts that no other
 * integration feeds. Returns how many links went: fewer than `limit` means all are gone.
 */
export async function purgeContactLinks(
  tx: Transaction,
  input: { integrationId: string; contacts: 'keep' | 'delete'; limit: number },
): Promise<number> {
  const gone = await tx.execute<{ contact_id: string | null; former_of: string | null }>(sql`
    delete from contact_links where (integration_id, remote_id) in (
      select integration_id, remote_id from contact_links where integration_id = ${input.integrationId}
      limit ${input.limit})
    returning contact_id, former_of`);
  const ids = gone.map((row) => row.contact_id).filter((id) => id !== null);
  // Those that it had once, and only remembers, are no records of it any more, but stay as much the person's alone.
  const formerIds = gone.map((row) => row.former_of).filter((id) => id !== null);
  // What other accounts have in the fields that this one was the source of counts from now on.
  const now = new Date().toISOString();
  await noteElsewhere(tx, { integrationId: input.integrationId, contactIds: ids, now });
  // In a statement of its own, so that the next one sees who else let go of them, or tied them, while this one waited.
  await holdContacts(tx, [...ids, ...formerIds]);
  const kept = input.contacts === 'keep' ? [...ids, ...formerIds] : formerIds;
  if (kept.length > 0) {
    await tx.execute(sql`
      update contacts set kept_at = now() where id = any(${sql.param(kept)}::text[])
        and not exists (select 1 from contact_links l where l.contact_id = contacts.id)`);
  }
  if (input.contacts === 'delete' && ids.length > 0) {
    await tx.execute(sql`
      with gone as (
        delete from contacts where id = any(${sql.param(ids)}::text[])
          and not exists (select 1 from contact_links l where l.contact_id = contacts.id)
        returning id)
      delete from contact_list_members m using gone where m.contact_id = gone.id`);
  }
  return gone.length;
}
