/** What a plan shows of lists and memberships, read without a lock. */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLists, listLinks, type SyncDirection } from '../schema/index.ts';
import type { ListFlow } from './contact-list-members.ts';
import { findListsToTakeUp } from './contact-list-mirror.ts';
import { isListWrittenElsewhere, isWrittenElsewhere } from './contact-lists-elsewhere.ts';
import { allLists } from './contact-work.ts';

/** As `ListsAsTheyAre` (sync/plan-lists.ts): every list of the person's and every group of the account. */
export async function readLists(
  db: Executor,
  {
    integrationId,
    userId,
    direction,
    flow,
  }: { integrationId: string; userId: string; direction: SyncDirection; flow: ListFlow },
) {
  const lists = await db.select().from(contactLists).where(sql`user_id = ${userId}`).orderBy(contactLists.id);
  const links = await db
    .select()
    .from(listLinks)
    .where(sql`integration_id = ${integrationId}`)
    .orderBy(listLinks.remoteId);
  // In front of a statement of the run's, the settings as the plan would have them.
  const lookedAt = await db.execute<{ key: string }>(sql`
    with integrations as (
      select id, user_id, deleting_at,
        case when id = ${integrationId} then ${direction} else approved_direction end as approved_direction
      from integrations where user_id = ${userId})
    select key from (${allLists({ integrationId, userId })}) as noted
    union select key from contact_work where integration_id = ${integrationId} and kind = 'list'`);
  const shared = await db.execute<{ list_id: string }>(sql`
    select distinct l.list_id from list_links l join contact_lists o on o.id = l.list_id
    where o.user_id = ${userId} and l.integration_id <> ${integrationId}`);
  const writtenElsewhere = await db.execute<{ key: string }>(sql`
    with contact_work as (
      select ${integrationId}::text as integration_id, id as key from contact_lists where user_id = ${userId})
    select key from contact_work where ${isListWrittenElsewhere}`);
  return {
    lists: new Map(lists.map((list) => [list.id, list])),
    links,
    takenUp: await findListsToTakeUp(db, { integrationId, userId, flow }),
    lookedAt: new Set(lookedAt.map(({ key }) => key)),
    shared: new Set(shared.map((row) => row.list_id)),
    writtenElsewhere: new Set(writtenElsewhere.map(({ key }) => key)),
  };
}

/** Which of these contacts are on which of these lists, as `<contact>/<list>`; contacts that are not there yet may be named. */
export async function readMembers(
  db: Executor,
  { contactIds, listIds }: { contactIds: readonly string[]; listIds: readonly string[] },
): Promise<string[]> {
  const rows = await db.execute<{ key: string }>(sql`
    select contact_id || '/' || list_id as key from contact_list_members
    where contact_id = any(${sql.param([...contactIds])}::text[]) and list_id = any(${sql.param([...listIds])}::text[])`);
  return rows.map(({ key }) => key);
}

/** What is under way of these memberships (`<contact>/<list>`), and which of them another account would be told of. */
export async function readMemberWork(
  db: Executor,
  { integrationId, keys }: { integrationId: string; keys: readonly string[] },
): Promise<{ waiting: Set<string>; sent: Set<string>; writtenElsewhere: Set<string> }> {
  const named = sql`unnest(${sql.param([...keys])}::text[])`;
  const work = await db.execute<{ kind: string; key: string }>(sql`
    select w.kind, w.key from ${named} k(key)
    join contact_work w on w.integration_id = ${integrationId} and w.kind in ('member', 'member_sent') and w.key = k.key`);
  const elsewhere = await db.execute<{ key: string }>(sql`
    select p.contact_id || '/' || p.list_id as key
    from (select split_part(k, '/', 1) as contact_id, split_part(k, '/', 2) as list_id from ${named} k) p
    where ${isWrittenElsewhere(integrationId)}`);
  const ofKind = (kind: string) => new Set(work.flatMap((row) => (row.kind === kind ? row.key : [])));
  return {
    ...{ waiting: ofKind('member'), sent: ofKind('member_sent') },
    writtenElsewhere: new Set(elsewhere.map(({ key }) => key)),
  };
}
