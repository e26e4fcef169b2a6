/** Remote groups as links with their shadows, and the Harmony lists that they feed (provider → Harmony). */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { listLinks } from '../schema/index.ts';
import { joinLists, type ListFlow, noteMembersBehind, readMembersOfGroups } from './contact-list-members.ts';
import { noteMembersOfList } from './contact-list-work.ts';
import { noteListsElsewhere } from './contact-lists-elsewhere.ts';
import { orDueAgain } from './contact-work.ts';
import { seenIn } from './listing-marks.ts';
import { type MirrorContext, type Mirrored, type PageOutcome, splitByHash } from './mirror.ts';

export interface ContactListRow extends Mirrored {
  readonly name: string;
  readonly system: boolean;
  readonly takesMembers: boolean;
}

/** What is known of a group that a page shows. */
export interface KnownGroup {
  readonly remoteUpdatedAt: string | null;
  readonly supersededEtags: readonly string[] | null;
  readonly tombstonedAt: string | null;
}

/**
 * Writes a page of groups and notes which are gone; unchanged groups are not touched, but for those that feed no list yet
 * since lists didn't flow to Harmony, nor is what is older than what is known (`isStale`).
 */
export async function writeContactLists(
  tx: Transaction,
  context: MirrorContext,
  page: {
    rows: readonly ContactListRow[];
    deletions: readonly string[];
    flow: ListFlow;
    isStale(row: ContactListRow, known: KnownGroup): boolean;
  },
): Promise<PageOutcome> {
  const { flow } = page;
  const { integrationId } = context;
  const found = await tx
    .select({
      remoteId: listLinks.remoteId,
      contentHash: listLinks.contentHash,
      remoteUpdatedAt: listLinks.remoteUpdatedAt,
      supersededEtags: listLinks.supersededEtags,
      tombstonedAt: listLinks.tombstonedAt,
      listId: listLinks.listId,
    })
    .from(listLinks)
    .where(eq(listLinks.integrationId, integrationId));
  const known = new Map(found.map((row) => [row.remoteId, row]));
  const rows = page.rows.filter((row) => {
    const group = known.get(row.remoteId);
    return group === undefined || !page.isStale(row, group);
  });
  // A tombstoned group that shows up again has to be written, whatever its content.
  const hashes = new Map(
    found.map((row) => [row.remoteId, row.tombstonedAt === null ? row.contentHash : '']),
  );
  const split = splitByHash(rows, hashes);
  const changed = [...split.created, ...split.updated];
  if (changed.length > 0) await upsertLinks(tx, context, changed);
  const untied = found.filter(({ tombstonedAt, listId }) => tombstonedAt === null && listId === null);
  const isBack = new Set(found.flatMap((row) => (row.tombstonedAt === null ? [] : row.remoteId)));
  const returned = changed.filter(({ remoteId }) => isBack.has(remoteId));
  const fed = [...new Set([...changed, ...(flow.pulls ? untied : [])].map(({ remoteId }) => remoteId))];
  if (fed.length > 0 && (flow.pulls || flow.pushes)) {
    await feedLists(tx, context, { remoteIds: fed, flow });
    // Contacts that were read before their group was known.
    const fresh = [...split.created, ...untied].map(({ remoteId }) => remoteId);
    if (flow.pulls) await joinLists(tx, context, fresh);
    await readMembersOfGroups(tx, context, { remoteIds: returned.map(({ remoteId }) => remoteId), flow });
  }
  const deleted = await noteGroupsGone(tx, integrationId, { remoteIds: page.deletions, isTold: true });
  return {
    created: split.created.length,
    updated: split.updated.length,
    unchanged: split.unchanged + (page.rows.length - rows.length),
    deleted,
    recordChange: split.created.length + returned.length - deleted,
  };
}

async function upsertLinks(
  tx: Transaction,
  context: MirrorContext,
  rows: readonly ContactListRow[],
): Promise<void> {
  const parameter = toJsonParameter(
    rows.map((row) =>
      rowJson(
        {
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          remote_name: row.name,
          system: row.system,
          takes_members: row.takesMembers,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into list_links (integration_id, remote_id, etag, content_hash, remote_updated_at, shadow, remote_name, system,
      takes_members)
    select ${context.integrationId}, r.remote_id, r.etag, r.content_hash, r.remote_updated_at, r.raw, r.remote_name,
      r.system, r.takes_members
    from json_to_recordset(${parameter}::json) as r(remote_id text, etag text, content_hash text,
      remote_updated_at timestamptz, raw json, remote_name text, system boolean, takes_members boolean)
    on conflict (integration_id, remote_id) do update set
      etag = excluded.etag, content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at,
      shadow = excluded.shadow, remote_name = excluded.remote_name, system = excluded.system,
      takes_members = excluded.takes_members, tombstoned_at = null, updated_at = now(),
      superseded_etags = array_remove(list_links.superseded_etags, excluded.etag)`);
}

/**
 * A group gets a new list, unless one of the same name is tied to nothing: one that nobody ever edited, as a deleted account
 * left it behind, or, where Harmony writes too, the person's own one, whose members then go to the group. A list that a
 * person changed since both sides agreed is left to the planner, and so is every one where lists only go to the provider.
 */
async function feedLists(
  tx: Transaction,
  context: MirrorContext,
  { remoteIds, flow }: { remoteIds: readonly string[]; flow: ListFlow },
): Promise<void> {
  const { integrationId, runId, workspaceId, userId } = context;
  const named = sql`l.integration_id = ${integrationId} and l.remote_id = any(${sql.param([...remoteIds])}::text[])`;
  // In a statement of its own: the purge of an account that is being deleted may be about to take one of them away.
  await tx.execute(sql`
    select 1 from contact_lists where id in (
      select own.id from list_links l, ${ownLists(userId, flow)} own where ${named} and ${takesUp})
    order by id for update`);
  const adopted = await tx.execute<{ list_id: string; takes_members: boolean }>(sql`
    update list_links l set list_id = own.id, local_version = own.version, base_name = own.name
    from ${ownLists(userId, flow)} own
    where ${named} and ${takesUp}
    returning l.list_id, l.takes_members`);
  for (const { list_id: listId, takes_members: takesMembers } of flow.pushes ? adopted : []) {
    if (takesMembers) await noteMembersOfList(tx, { integrationId, listId });
    if (!flow.pulls) await noteMembersBehind(tx, { integrationId, listId });
  }
  if (!flow.pulls)
    return noteLists(tx, sql`${named} and (o.name <> l.remote_name or o.version <> l.local_version)`);
  const unfed = await tx.execute<{ remote_id: string }>(
    sql`select l.remote_id from list_links l where ${named} and l.list_id is null order by l.remote_id`,
  );
  const fresh = unfed.map(({ remote_id }) => ({ remote_id, list_id: newId('lst') }));
  if (fresh.length > 0) {
    await tx.execute(sql`
      update list_links l set list_id = r.list_id, local_version = 1, base_name = l.remote_name
      from json_to_recordset(${JSON.stringify(fresh)}::json) as r(remote_id text, list_id text)
      where l.integration_id = ${integrationId} and l.remote_id = r.remote_id`);
    await tx.execute(sql`
      with made as (
        insert into contact_lists (id, workspace_id, user_id, name, system)
        select l.list_id, ${workspaceId}, ${userId}, l.remote_name, l.system
        from list_links l where ${named} and l.list_id = any(${sql.param(fresh.map((row) => row.list_id))}::text[])
        returning id, name)
      insert into list_journal (integration_id, run_id, list_id, side, action, after)
      select ${integrationId}, ${runId}, id, 'harmony', 'create', name from made`);
  }
  // Behind: the planner compares all three names. The others simply take the new name, or come back.
  await noteLists(tx, sql`${named} and o.version <> l.local_version`);
  const isBehind = sql`${named} and o.id = l.list_id and o.version = l.local_version
    and (o.name <> l.remote_name or o.archived_at is not null)`;
  const behind = await tx.execute<{ list_id: string }>(
    sql`select l.list_id from list_links l, contact_lists o where ${isBehind}`,
  );
  if (behind.length === 0) return;
  await noteListsElsewhere(tx, { integrationId, listIds: behind.map(({ list_id }) => list_id) });
  await tx.execute(sql`
    with renamed as (
      update contact_lists o set name = l.remote_name, archived_at = null, version = o.version + 1, updated_at = now()
      from list_links l join contact_lists f on f.id = l.list_id where ${isBehind}
      returning o.id, o.version, o.name, f.name as former, f.archived_at is not null as was_archived),
    noted as (
      insert into list_journal (integration_id, run_id, list_id, side, action, before, after)
      select ${integrationId}, ${runId}, id, 'harmony', case when was_archived then 'restore' else 'rename' end, former, name
      from renamed)
    update list_links l set local_version = renamed.version, base_name = l.remote_name
    from renamed where ${named} and l.list_id = renamed.id`);
}

/**
 * Lists that nothing is tied to but accounts that are being deleted, of a name that no other one of these has; where Harmony
 * only reads, those that nobody edited.
 */
const ownLists = (userId: string, { pushes }: Pick<ListFlow, 'pushes'>): SQL => sql`(
  select lower(name) as name_key, system, min(id) as id, min(version) as version, min(name) as name
  from contact_lists o
  where user_id = ${userId} and archived_at is null and (${pushes} or edited_at is null)
    and not exists (select 1 from list_links t join integrations i on i.id = t.integration_id
      where t.list_id = o.id and i.deleting_at is null)
  group by lower(name), system having count(*) = 1)`;

/** Over the aliases `l` (a group's link) and `own` (of `ownLists`): the group feeds that list from now on. */
const takesUp: SQL = sql`
  l.list_id is null and l.system = own.system and lower(l.remote_name) = own.name_key
    and not exists (select 1 from list_links t
      where t.integration_id = l.integration_id and t.remote_id < l.remote_id and t.list_id is null
        and t.system = own.system and lower(t.remote_name) = own.name_key)`;

/** Which own list a group that feeds none takes up, by the group's id. */
export async function findListsToTakeUp(
  db: Executor,
  { integrationId, userId, flow }: { integrationId: string; userId: string; flow: Pick<ListFlow, 'pushes'> },
): Promise<Map<string, string>> {
  const rows = await db.execute<{ remote_id: string; list_id: string }>(sql`
    select l.remote_id, own.id as list_id from list_links l, ${ownLists(userId, flow)} own
    where l.integration_id = ${integrationId} and l.tombstoned_at is null and ${takesUp}`);
  return new Map(rows.map((row) => [row.remote_id, row.list_id]));
}

/** Over the aliases `l` (a link) and `o` (its list): these are to be planned. */
async function noteLists(tx: Transaction, which: SQL): Promise<void> {
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select l.integration_id, 'list', l.list_id from list_links l join contact_lists o on o.id = l.list_id
    where ${which}
    order by 1, 3
    ${orDueAgain}`);
}

/**
 * Notes that groups are gone; what becomes of their lists is planned, under the breaker. `isTold`: the provider says so, so that
 * what a listing shows of them as they were is old. `settled` leaves those out that were written, or changed, too shortly before
 * for their absence to mean anything. Returns how many were live.
 */
export async function noteGroupsGone(
  tx: Transaction,
  integrationId: string,
  input: { remoteIds: readonly string[]; isTold: boolean; settled?: string },
): Promise<number> {
  const { remoteIds, isTold, settled } = input;
  if (remoteIds.length === 0) return 0;
  const named = sql`integration_id = ${integrationId} and tombstoned_at is null
    and remote_id = any(${sql.param([...remoteIds])}::text[])
    ${settled === undefined ? sql`` : sql`and updated_at <= ${settled}::timestamptz`}`;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select integration_id, 'list', list_id from list_links where ${named} and list_id is not null order by list_id
    ${orDueAgain}`);
  const gone = await tx.execute(sql`
    update list_links set tombstoned_at = now(), updated_at = now()
      ${isTold ? sql`, superseded_etags = array_append(superseded_etags, etag)` : sql``}
    where ${named} returning remote_id`);
  return gone.length;
}

/** Remote ids of living links after `afterId` that a complete listing did not see, in order, at most `limit`. */
export async function unseenContactLists(
  tx: Executor,
  where: { integrationId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from list_links
    where integration_id = ${where.integrationId} and tombstoned_at is null and remote_id > ${where.afterId}
    except ${seenIn({ ...where, collectionId: '' })}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

/** Removes the links of an integration, and with `lists: delete` the lists that no other one feeds, members included. */
export async function purgeListLinks(
  tx: Transaction,
  { integrationId, lists }: { integrationId: string; lists: 'keep' | 'delete' },
): Promise<void> {
  const gone = await tx
    .delete(listLinks)
    .where(eq(listLinks.integrationId, integrationId))
    .returning({ listId: listLinks.listId });
  const ids = gone.map((row) => row.listId).filter((id) => id !== null);
  if (lists === 'keep' || ids.length === 0) return;
  // As for contacts (contacts-gone.ts): the next statement sees what this one waited for.
  await tx.execute(sql`
    select 1 from contact_lists where id = any(${sql.param(ids)}::text[]) order by id for update`);
  await tx.execute(sql`
    with gone as (
      delete from contact_lists o where o.id = any(${sql.param(ids)}::text[])
        and not exists (select 1 from list_links l where l.list_id = o.id)
      returning o.id)
    delete from contact_list_members m using gone where m.list_id = gone.id`);
}
