/** Memberships that wait to be carried over, and what became of them. */
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactWork, isOwnStream } from '../schema/index.ts';
import { holdContacts } from './contact-edits.ts';
import { isInGroup, type ListFlow, noteMembersBehind, setMemberships } from './contact-list-members.ts';

export interface DueMember {
  readonly key: string;
  readonly touched: number;
  readonly contactId: string;
  readonly listId: string;
  /** The remote contact and group; only pairs that have both are due. */
  readonly remoteId: string;
  readonly groupId: string;
  readonly listName: string;
  readonly isMember: boolean;
  /** The remote contact was in the group when it was last seen. */
  readonly isThere: boolean;
  /** false: nobody can be put into the group. */
  readonly takesMembers: boolean;
  /** How often the provider refused it so far, in a row. */
  readonly attempts: number;
}

/** Memberships that changed in Harmony, whose contact and list are both at the provider; of `keys` alone where they are given. */
export async function dueMembers(
  db: Executor,
  input: { integrationId: string; now: string; limit: number | null; keys?: readonly string[] },
): Promise<readonly DueMember[]> {
  const { keys } = input;
  return db.execute<DueMember & Record<string, unknown>>(sql`
    select w.key, w.touched, w.attempts, c.contact_id as "contactId", l.list_id as "listId", c.remote_id as "remoteId",
      l.remote_id as "groupId", l.remote_name as "listName", l.takes_members as "takesMembers",
      exists (select 1 from contact_list_members m
        where m.list_id = l.list_id and m.contact_id = c.contact_id) as "isMember",
      ${isInGroup} as "isThere"
    from contact_work w
    join contact_links c on c.integration_id = w.integration_id and c.contact_id = split_part(w.key, '/', 1)
      and c.tombstoned_at is null and ${isOwnStream(sql`c.stream`)}
    join list_links l on l.integration_id = w.integration_id and l.list_id = split_part(w.key, '/', 2)
      and l.tombstoned_at is null
    where w.integration_id = ${input.integrationId} and w.kind = 'member' and w.due_at <= ${input.now}
      ${keys === undefined ? sql`` : sql`and w.key = any(${sql.param([...keys])}::text[])`}
    order by l.remote_id, w.key limit ${input.limit}`);
}

/**
 * Right before they are sent, under a lock of their work: those of these memberships that are still as they were read, and due.
 * As with a list, how often one was touched does not tell all of them that were changed since.
 */
export async function holdMembers(
  tx: Transaction,
  { integrationId, members, now }: { integrationId: string; members: readonly DueMember[]; now: string },
): Promise<readonly DueMember[]> {
  const keys = members.map(({ key }) => key);
  await tx.execute(sql`
    select 1 from contact_work where integration_id = ${integrationId} and kind = 'member'
      and key = any(${sql.param(keys)}::text[]) order by key for update`);
  // In a statement of its own: it sees what whoever the lock waited for has left.
  const present = await dueMembers(tx, { integrationId, now, limit: null, keys });
  const still = new Set(present.map(asSent));
  return members.filter((member) => still.has(asSent(member)));
}

const asSent = ({ key, touched, isMember, remoteId, groupId }: DueMember): string =>
  JSON.stringify([key, touched, isMember, remoteId, groupId]);

/**
 * Memberships that were sent: for a while listings may still show them as they were before, so that until `graceUntil` they
 * are not read. One that was changed meanwhile stays due.
 */
export async function noteMembersSent(
  tx: Transaction,
  input: { integrationId: string; members: readonly DueMember[]; graceUntil: string },
): Promise<void> {
  const rows = JSON.stringify(input.members.map(({ key, touched }) => ({ key, touched })));
  await tx.execute(sql`
    with sent as (
      delete from contact_work w using json_to_recordset(${rows}::json) as r(key text, touched int)
      where w.integration_id = ${input.integrationId} and w.kind = 'member' and w.key = r.key and w.touched = r.touched
      returning w.key)
    insert into contact_work (integration_id, kind, key, due_at)
    select ${input.integrationId}, 'member_sent', key, ${input.graceUntil}::timestamptz from sent order by key
    on conflict (integration_id, kind, key) do update set due_at = excluded.due_at`);
}

/** Puts off memberships that could not be sent; one that was changed meanwhile stays due. `refused`: that counts. */
export async function delayMembers(
  tx: Transaction,
  input: { integrationId: string; members: readonly DueMember[]; until: string; refused?: boolean },
): Promise<void> {
  if (input.members.length === 0) return;
  const rows = JSON.stringify(input.members.map(({ key, touched }) => ({ key, touched })));
  await tx.execute(sql`
    update contact_work w set due_at = ${input.until}::timestamptz,
      attempts = w.attempts + ${input.refused === true ? 1 : 0}
    from json_to_recordset(${rows}::json) as r(key text, touched int)
    where w.integration_id = ${input.integrationId} and w.kind = 'member' and w.key = r.key and w.touched = r.touched`);
}

/**
 * Memberships that the provider takes in no form: they are asked for no more, but for those that were changed meanwhile.
 * Where lists flow here (`pulls`) they become what the remote contact says. Returns those that are given up.
 */
export async function giveUpMembers(
  tx: Transaction,
  input: { integrationId: string; runId: string; members: readonly DueMember[]; pulls: boolean },
): Promise<readonly DueMember[]> {
  const { integrationId, runId, members, pulls } = input;
  const rows = JSON.stringify(members.map(({ key, touched }) => ({ key, touched })));
  await holdContacts(
    tx,
    members.map(({ contactId }) => contactId),
  );
  const given = await tx.execute<{ key: string }>(sql`
    delete from contact_work w using json_to_recordset(${rows}::json) as r(key text, touched int)
    where w.integration_id = ${integrationId} and w.kind = 'member' and w.key = r.key and w.touched = r.touched
    returning w.key`);
  const keys = given.map(({ key }) => key);
  if (pulls)
    await setMemberships(tx, { ...membershipsAtProvider(integrationId, keys), runId, isRefusal: true });
  return members.filter(({ key }) => keys.includes(key));
}

const contactOf = (key: string): string => key.slice(0, key.indexOf('/'));

/** As the remote contacts say, but for those that a person has changed since. */
const membershipsAtProvider = (integrationId: string, keys: readonly string[]) => ({
  integrationId,
  contactIds: keys.map(contactOf),
  pairs: sql`
  select c.contact_id, l.list_id, ${isInGroup} as is_member
  from unnest(${sql.param([...keys])}::text[]) k(key)
  join contact_links c on c.integration_id = ${integrationId} and c.contact_id = split_part(k.key, '/', 1)
    and c.tombstoned_at is null
  join list_links l on l.integration_id = ${integrationId} and l.list_id = split_part(k.key, '/', 2)
    and l.tombstoned_at is null
  where not exists (select 1 from contact_work w
    where w.integration_id = ${integrationId} and w.kind = 'member' and w.key = k.key)`,
});

/**
 * Where the provider wins, or once listings have caught up: memberships become what the remote contact says, all but those
 * that a person has changed again, and where lists are only read those that another account is sent. Where Harmony alone says
 * who is on a list, those that differ are sent again.
 */
export async function settleMembers(
  tx: Transaction,
  input: {
    integrationId: string;
    runId: string;
    kinds: readonly ('member' | 'member_sent')[];
    now: string;
    limit: number;
    flow: ListFlow;
  },
): Promise<number> {
  const isDue = and(
    eq(contactWork.integrationId, input.integrationId),
    inArray(contactWork.kind, [...input.kinds]),
    lte(contactWork.dueAt, input.now),
  );
  const { key } = contactWork;
  const found = await tx.select({ key }).from(contactWork).where(isDue).orderBy(key).limit(input.limit);
  if (found.length === 0) return 0;
  const named = found.map((row) => row.key);
  await holdContacts(tx, named.map(contactOf));
  const due = await tx
    .delete(contactWork)
    .where(and(isDue, inArray(key, named)))
    .returning({ key });
  const keys = due.map((row) => row.key);
  if (!input.flow.pulls) {
    await noteMembersBehind(tx, { integrationId: input.integrationId, keys });
    return due.length;
  }
  const left = input.flow.pushes ? 'none' : 'all';
  const { runId } = input;
  await setMemberships(tx, { ...membershipsAtProvider(input.integrationId, keys), runId, left });
  return due.length;
}
