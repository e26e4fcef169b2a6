/** Who is on which list, as the remote contacts' memberships say (provider → Harmony). */
import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { isOwnStream } from '../schema/index.ts';
import { holdContacts } from './contact-edits.ts';
import { isWrittenElsewhere, type MemberRow, noteMembersElsewhere } from './contact-lists-elsewhere.ts';
import { orDueAgain } from './contact-work.ts';
import { changeMembers, type NotedRun } from './list-journal.ts';

/** Which way lists and memberships flow; neither where lists are not mapped. */
export interface ListFlow {
  readonly pulls: boolean;
  readonly pushes: boolean;
}

/** Over the aliases `c` (a contact's link) and `l` (a list's): whether the remote contact is in the group. */
export const isInGroup: SQL = sql`(strpos(c.shadow::text, '"' || l.remote_id || '"') > 0)`;

/** Over the alias `c` (a contact's link): of the person's own address book; others are in no group, and on lists in Harmony alone. */
const isOwn: SQL = isOwnStream(sql`c.stream`);

/** A person changed this membership, and it is not carried over yet, or listings may not show it yet. */
const isUnderWay = (integrationId: string, contactId: SQL, listId: SQL): SQL => sql`
  exists (select 1 from contact_work w where w.integration_id = ${integrationId}
    and w.kind in ('member', 'member_sent') and w.key = ${contactId} || '/' || ${listId})`;

/**
 * Puts contacts on the lists that their groups feed and takes them off the integration's other lists. Lists that this
 * integration does not feed are left alone. `contacts`: JSON rows with `id` and `groups` (remote ids), of contacts that no
 * other account feeds. `made`: those that the run makes.
 */
export async function writeMemberships(
  tx: Transaction,
  input: {
    contacts: string;
  } & ({ integrationId: string; made: 'all' } | (NotedRun & { made: readonly string[] })),
): Promise<void> {
  const { integrationId, contacts } = input;
  const rows = sql`json_to_recordset(${contacts}::json) as r(id text, groups text[])`;
  const joining = sql`
    insert into contact_list_members (list_id, contact_id)
    select distinct l.list_id, r.id from ${rows}
    join list_links l on l.integration_id = ${integrationId} and l.remote_id = any(r.groups)
    where l.list_id is not null and l.tombstoned_at is null
      ${input.made === 'all' ? sql`` : sql`and not ${isUnderWay(integrationId, sql`r.id`, sql`l.list_id`)}`}
    on conflict do nothing`;
  if (input.made === 'all') {
    await tx.execute(joining);
    return;
  }
  const leaving = sql`
    delete from contact_list_members m using ${rows}, list_links l
    where m.contact_id = r.id and l.integration_id = ${integrationId} and l.list_id = m.list_id
      and l.tombstoned_at is null and l.remote_id <> all(coalesce(r.groups, '{}'))
      and not ${isUnderWay(integrationId, sql`r.id`, sql`l.list_id`)}
    returning m.contact_id, m.list_id`;
  const { made } = input;
  await changeMembers(tx, input, { action: 'leave', change: leaving });
  const change = sql`${joining} returning contact_id, list_id`;
  await changeMembers(tx, input, { action: 'join', change, made });
}

/**
 * What a new shadow says of contacts that another account feeds, too (`shared`): the groups alone that they joined or left here
 * (`moved`, as `<contact>/<group>`). Of the others the other account may have news that this one never gets.
 */
export interface MovedMemberships {
  readonly shared: readonly string[];
  readonly moved: readonly string[];
}

/**
 * What stays as Harmony has it where another account that lists are sent to has both the contact and the list, too: `members`,
 * so that nobody is taken off, or `all`, so that nobody is put on it either. Of an account that only reads lists: it is told
 * nothing of what is done elsewhere, so that what it has may be of before (docs/decisions/0020).
 */
type Left = 'none' | 'members' | 'all';

/**
 * As `writeMemberships`, from the shadows of contacts that the planner wrote or left as they are. Where Harmony alone says
 * who is on a list, what differs is sent instead.
 */
export async function readMemberships(
  tx: Transaction,
  input: NotedRun & {
    contactIds: readonly string[];
    flow: ListFlow;
    left?: Left;
  } & Partial<MovedMemberships>,
): Promise<void> {
  const { integrationId, runId, contactIds, flow, left, shared = [], moved = [] } = input;
  if (contactIds.length === 0) return;
  if (!flow.pulls) {
    if (flow.pushes) await noteMembersBehind(tx, { integrationId, contactIds });
    return;
  }
  const pairs = sql`
    select c.contact_id, l.list_id, ${isInGroup} as is_member
    from contact_links c
    join list_links l on l.integration_id = c.integration_id and l.tombstoned_at is null and l.list_id is not null
    where c.integration_id = ${integrationId} and c.tombstoned_at is null and ${isOwn}
      and c.contact_id = any(${sql.param([...contactIds])}::text[])
      and (c.contact_id <> all(${sql.param([...shared])}::text[])
        or c.contact_id || '/' || l.remote_id = any(${sql.param([...moved])}::text[]))
      and not ${isUnderWay(integrationId, sql`c.contact_id`, sql`l.list_id`)}`;
  await setMemberships(tx, { integrationId, runId, contactIds, pairs, left });
}

/** As the integration has them. `pairs`: a query of contact_id, list_id and is_member, of these contacts. */
export async function setMemberships(
  tx: Transaction,
  input: NotedRun & {
    contactIds: readonly string[];
    pairs: SQL;
    left?: Left | undefined;
    isRefusal?: boolean;
  },
): Promise<void> {
  const { integrationId, contactIds, pairs, left = 'none', isRefusal = false } = input;
  const isFree = sql`not ${isWrittenElsewhere(integrationId)}`;
  // As a person's edit does, and in a statement of its own: what the next ones see is what that has left.
  await holdContacts(tx, contactIds);
  const leaving = sql`
    with pairs as (${pairs})
    delete from contact_list_members m using pairs p
    where m.contact_id = p.contact_id and m.list_id = p.list_id and not p.is_member
      ${left === 'none' ? sql`` : sql`and ${isFree}`}
    returning m.contact_id, m.list_id`;
  const joining = sql`
    with pairs as (${pairs})
    insert into contact_list_members (list_id, contact_id) select list_id, contact_id from pairs p where is_member
      ${left === 'all' ? sql`and ${isFree}` : sql``}
    on conflict do nothing
    returning contact_id, list_id`;
  const gone = await changeMembers(tx, input, { action: 'leave', change: leaving });
  const joined = await changeMembers(tx, input, { action: 'join', change: joining });
  await tellFeed(tx, [...gone, ...joined]);
  await noteMembersElsewhere(tx, { integrationId, members: [...gone, ...joined], isRefusal });
}

/**
 * Which lists a contact is on is part of it, so the change feed tells of it. It gets no new version: that would count as an edit
 * which is to be carried over.
 */
async function tellFeed(tx: Transaction, members: readonly MemberRow[]): Promise<void> {
  const contactIds = [...new Set(members.map((member) => member.contact_id))].sort();
  if (contactIds.length === 0) return;
  await holdContacts(tx, contactIds);
  await tx.execute(sql`
    update contacts set updated_at = now() where id = any(${sql.param(contactIds)}::text[])`);
}

/**
 * Puts contacts whose shadows name a group onto its list: they may have been read before the group was, or before it fed one.
 * Returns those memberships.
 */
export async function joinLists(
  tx: Transaction,
  run: NotedRun,
  remoteIds: readonly string[],
): Promise<readonly MemberRow[]> {
  if (remoteIds.length === 0) return [];
  const { integrationId } = run;
  const change = sql`
    insert into contact_list_members (list_id, contact_id)
    select distinct l.list_id, c.contact_id
    from list_links l
    join contact_links c on c.integration_id = l.integration_id and c.tombstoned_at is null
      and c.contact_id is not null and ${isInGroup}
    where l.integration_id = ${integrationId} and l.remote_id = any(${sql.param([...remoteIds])}::text[])
      and l.list_id is not null
    on conflict do nothing
    returning contact_id, list_id`;
  const joined = await changeMembers(tx, run, { action: 'join', change });
  await tellFeed(tx, joined);
  return joined;
}

/**
 * Who is on the lists of groups that are there again: while they counted as gone nobody was read as joining or leaving them. What
 * a person changed here and is not carried over stays, as with any listing.
 */
export async function readMembersOfGroups(
  tx: Transaction,
  { integrationId, runId }: NotedRun,
  { remoteIds, flow }: { remoteIds: readonly string[]; flow: ListFlow },
): Promise<void> {
  if (remoteIds.length === 0) return;
  const differing = await tx.execute<MemberRow & { readonly is_member: boolean }>(sql`
    select c.contact_id, l.list_id, ${isInGroup} as is_member
    from list_links l
    join contact_links c on c.integration_id = l.integration_id and c.tombstoned_at is null
      and c.contact_id is not null and ${isOwn}
    where l.integration_id = ${integrationId} and l.remote_id = any(${sql.param([...remoteIds])}::text[])
      and l.list_id is not null and not ${isUnderWay(integrationId, sql`c.contact_id`, sql`l.list_id`)}
      and ${isInGroup} <> exists (
        select 1 from contact_list_members m where m.list_id = l.list_id and m.contact_id = c.contact_id)
    order by c.contact_id`);
  if (differing.length === 0) return;
  if (!flow.pulls) {
    const keys = differing.map((row) => `${row.contact_id}/${row.list_id}`);
    await noteMembersBehind(tx, { integrationId, keys });
    return;
  }
  const contactIds = differing.map((row) => row.contact_id);
  const pairs = sql`
    select contact_id, list_id, is_member
    from json_to_recordset(${JSON.stringify(differing)}::json) as r(contact_id text, list_id text, is_member boolean)`;
  await setMemberships(tx, { integrationId, runId, contactIds, pairs, left: flow.pushes ? 'none' : 'all' });
}

/** Contacts that living remote ones of the account's own feed, in the order of their ids. */
export async function tiedContactsAfter(
  tx: Transaction,
  { integrationId, afterId, limit }: { integrationId: string; afterId: string; limit: number },
): Promise<string[]> {
  const rows = await tx.execute<{ contact_id: string }>(sql`
    select distinct contact_id from contact_links
    where integration_id = ${integrationId} and tombstoned_at is null and contact_id > ${afterId}
      and ${isOwnStream(sql`stream`)}
    order by contact_id limit ${limit}`);
  return rows.map((row) => row.contact_id);
}

/**
 * Contacts that have just been tied to remote ones, or whose lists flow another way than before (`isTurned`): nothing was
 * agreed on, so that each side's memberships go to the other where lists flow both ways. `anew`: those that had another
 * remote contact before, or none: whatever was sent of their memberships was not sent to this one.
 */
export async function joinMemberships(
  tx: Transaction,
  input: NotedRun & {
    contactIds: readonly string[];
    flow: ListFlow;
    isTurned?: boolean;
    anew?: readonly string[];
  },
): Promise<void> {
  const { integrationId, runId, contactIds, flow, isTurned = false, anew = [] } = input;
  if (contactIds.length === 0) return;
  // Before anything is noted (contact-work.ts).
  if (flow.pushes) await holdContacts(tx, contactIds);
  if (anew.length > 0) {
    await tx.execute(sql`
      delete from contact_work where integration_id = ${integrationId} and kind = 'member_sent'
        and split_part(key, '/', 1) = any(${sql.param([...anew])}::text[])`);
  }
  if (flow.pushes) await noteMembersBehind(tx, { integrationId, contactIds, onlyJoined: flow.pulls });
  if (!flow.pulls) return;
  const left = flow.pushes ? 'none' : isTurned ? 'all' : 'members';
  await readMemberships(tx, { integrationId, runId, contactIds, flow, left });
}

/**
 * Memberships of contacts, of a list, or with these keys in which the provider is not as Harmony is: they are sent.
 * `onlyJoined`: those alone that the provider lacks. Nobody is sent to a group that takes no members. Those of a list in the
 * archive, too: it may come back while its group is there, and where that goes they go with it (`finishListWork`).
 */
export async function noteMembersBehind(
  tx: Transaction,
  input: { integrationId: string; onlyJoined?: boolean } & (
    | { contactIds: readonly string[] }
    | { listId: string }
    | { keys: readonly string[] }
  ),
): Promise<void> {
  const { integrationId, onlyJoined = false } = input;
  const of =
    'contactIds' in input
      ? sql`c.contact_id = any(${sql.param([...input.contactIds])}::text[])`
      : 'listId' in input
        ? sql`l.list_id = ${input.listId}`
        : sql`c.contact_id || '/' || l.list_id = any(${sql.param([...input.keys])}::text[])`;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select ${integrationId}, 'member', c.contact_id || '/' || l.list_id
    from contact_links c
    join list_links l on l.integration_id = c.integration_id and l.tombstoned_at is null and l.list_id is not null
    where c.integration_id = ${integrationId} and c.tombstoned_at is null and c.contact_id is not null and ${of}
      and not ${isUnderWay(integrationId, sql`c.contact_id`, sql`l.list_id`)}
      and ${isInGroup} <> exists (
        select 1 from contact_list_members m where m.list_id = l.list_id and m.contact_id = c.contact_id)
      and (l.takes_members or ${isInGroup})
      ${onlyJoined ? sql`and not ${isInGroup}` : sql``}
    order by 3
    ${orDueAgain}`);
}
