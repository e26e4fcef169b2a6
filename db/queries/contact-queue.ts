/** What the engine itself notes to be planned (docs/decisions/0010), and how it takes it up. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import {
  contactConflicts,
  contactJournal,
  contactWork,
  contactWrites,
  isOwnStream,
  listJournal,
} from '../schema/index.ts';
import { hasContacts, others, writesContacts } from './contact-makers.ts';

type Kind = 'remote' | 'local';

/** A remote contact (`remote`) or a contact (`local`) to be planned. */
export type WorkKey = Readonly<{ kind: Kind; key: string }>;

/** Notes remote contacts of an integration; what is noted already becomes due. */
export const noteRemoteWork = (
  tx: Executor,
  { integrationId, remoteIds, now }: { integrationId: string; remoteIds: readonly string[]; now: string },
): Promise<void> => noteWork(tx, { integrationId, kind: 'remote', keys: remoteIds, dueAt: now });

/** Notes records to be planned at `dueAt` or earlier. */
export async function noteWork(
  tx: Executor,
  input: { integrationId: string; kind: Kind; keys: readonly string[]; dueAt: string },
): Promise<void> {
  const { integrationId, kind, keys, dueAt } = input;
  if (keys.length === 0) return;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key, due_at)
    select distinct ${integrationId}, ${kind}, k, ${dueAt}::timestamptz
    from unnest(${sql.param([...keys])}::text[]) k order by k
    ${orSooner}`);
}

const orSooner = sql`
  on conflict (integration_id, kind, key) do update set touched = contact_work.touched + 1,
    due_at = least(contact_work.due_at, excluded.due_at)`;

/** `noteWork` for records of both kinds. */
export async function noteRecords(
  tx: Executor,
  { integrationId, records, dueAt }: { integrationId: string; records: readonly WorkKey[]; dueAt: string },
): Promise<void> {
  for (const kind of ['local', 'remote'] as const) {
    const keys = records.flatMap((record) => (record.kind === kind ? record.key : []));
    await noteWork(tx, { integrationId, kind, keys, dueAt });
  }
}

/**
 * Locks the work rows of contacts, which have to come before their contacts (contact-work.ts), and makes those that are
 * missing. Returns what takes the ones that were made for this away again, all but those of `kept`.
 */
export async function holdLocalWork(
  tx: Transaction,
  {
    integrationId,
    contactIds,
    dueAt,
  }: { integrationId: string; contactIds: readonly string[]; dueAt: string },
): Promise<(kept: readonly string[]) => Promise<void>> {
  const rows = await tx.execute<{ key: string; isNew: boolean }>(sql`
    insert into contact_work (integration_id, kind, key, due_at)
    select distinct ${integrationId}, 'local', k, ${dueAt}::timestamptz
    from unnest(${sql.param([...contactIds])}::text[]) k order by k
    on conflict (integration_id, kind, key) do update set touched = contact_work.touched
    returning key, xmax = 0 as "isNew"`);
  return async (kept) => {
    const made = rows.filter(({ key, isNew }) => isNew && !kept.includes(key)).map(({ key }) => key);
    if (made.length === 0) return;
    await tx
      .delete(contactWork)
      .where(
        and(
          eq(contactWork.integrationId, integrationId),
          eq(contactWork.kind, 'local'),
          inArray(contactWork.key, made),
        ),
      );
  };
}

/** Contacts that changed here are news to the other integrations that tie them. */
export async function noteElsewhere(
  tx: Transaction,
  input: { integrationId: string; contactIds: readonly string[]; now: string },
): Promise<void> {
  if (input.contactIds.length === 0) return;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key, due_at)
    select l.integration_id, 'local', l.contact_id, ${input.now}::timestamptz from contact_links l
    where l.contact_id = any(${sql.param([...input.contactIds])}::text[])
      and l.integration_id <> ${input.integrationId}
    order by 1, 3
    ${orSooner}`);
}

/**
 * Contacts that have just come in are news to the person's other accounts that write and have somebody whom they match, be it
 * that they come in nowhere from there. Contact by contact by an index (`offset 0`).
 */
export async function noteMatchesElsewhere(
  tx: Transaction,
  input: { integrationId: string; contactIds: readonly string[]; now: string },
): Promise<void> {
  if (input.contactIds.length === 0) return;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key, due_at)
    select distinct o.id, 'local', c.id, ${input.now}::timestamptz
    from ${others} and ${writesContacts('o')}
    join contacts c on c.id = any(${sql.param([...input.contactIds])}::text[])
    cross join lateral (
      select 1 from contact_links where integration_id = o.id and contact_id is null and tombstoned_at is null
        and parked is null and remote_match_keys(shadow) && array_remove(array[match_email(c.email),
          match_phone(c.phone, c.first_name, c.last_name)], null)
      limit 1 offset 0) l
    where mine.id = ${input.integrationId} order by 1, 3
    ${orSooner}`);
}

/** Contacts that this integration does not make after all may be for another one of the person to make. */
export async function noteForOthers(
  tx: Transaction,
  input: { integrationId: string; contactIds: readonly string[]; now: string },
): Promise<void> {
  if (input.contactIds.length === 0) return;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key, due_at)
    select distinct o.id, 'local', c.id, ${input.now}::timestamptz
    from ${others} and ${hasContacts},
      unnest(${sql.param([...input.contactIds])}::text[]) c(id)
    where mine.id = ${input.integrationId} order by 1, 3
    ${orSooner}`);
}

/** Takes up to `limit` due rows away; whoever raises one of them meanwhile waits for this transaction and adds it anew. */
export async function takeWork(
  tx: Transaction,
  input: { integrationId: string; now: string; limit: number },
): Promise<{ remoteIds: string[]; contactIds: string[] }> {
  const { integrationId, now, limit } = input;
  // Locked in one order first: a delete by itself would lock in the order of its plan.
  const taken = await tx.execute<{ kind: Kind; key: string }>(sql`
    with due as (
      select kind, key from contact_work
      where integration_id = ${integrationId} and kind in ('remote', 'local') and due_at <= ${now}
      order by kind, key limit ${limit} for update),
    gone as (
      delete from contact_work w using due
      where w.integration_id = ${integrationId} and w.kind = due.kind and w.key = due.key)
    select kind, key from due`);
  const keys = (kind: Kind) => taken.filter((row) => row.kind === kind).map((row) => row.key);
  return { remoteIds: keys('remote'), contactIds: keys('local') };
}

/** Takes away what is due of these remote contacts and contacts, beside what `takeWork` took. */
export async function takeNamedWork(
  tx: Transaction,
  input: { integrationId: string; now: string; remoteIds: readonly string[]; contactIds: readonly string[] },
): Promise<{ remoteIds: string[]; contactIds: string[] }> {
  const take = async (kind: Kind, keys: readonly string[]): Promise<string[]> => {
    if (keys.length === 0) return [];
    const rows = await tx.execute<{ key: string }>(sql`
      delete from contact_work where integration_id = ${input.integrationId} and kind = ${kind}
        and key = any(${sql.param([...keys])}::text[]) and due_at <= ${input.now}
      returning key`);
    return rows.map(({ key }) => key).sort();
  };
  return {
    remoteIds: await take('remote', input.remoteIds),
    contactIds: await take('local', input.contactIds),
  };
}

/** Whether contacts wait to be planned, or creates whose outcome isn't known to be looked for. */
export async function isPlanningDue(db: Executor, integrationId: string, now: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 where exists (select 1 from contact_work where integration_id = ${integrationId}
        and kind in ('remote', 'local') and due_at <= ${now})
      or exists (select 1 from contact_writes where integration_id = ${integrationId} and object = 'contact'
        and kind = 'create' and state in ('sent', 'unknown'))`);
  return rows.length > 0;
}

/** Forgets what was noted, where contacts are not mapped. */
export async function clearWork(tx: Transaction, integrationId: string): Promise<void> {
  await tx
    .delete(contactWork)
    .where(and(eq(contactWork.integrationId, integrationId), inArray(contactWork.kind, ['remote', 'local'])));
}

/**
 * Of these integrations, those with work that is due since `dueBefore`, and that no run has looked at since. Only the newest run
 * of each is asked about: work that a failed run left may be a whole account's, and runs are kept for months.
 */
export async function findForgottenWork(
  db: Executor,
  { integrationIds, dueBefore }: { integrationIds: readonly string[]; dueBefore: string },
): Promise<ReadonlySet<string>> {
  const rows = await db.execute<{ id: string }>(sql`
    select i.id from unnest(${sql.param([...integrationIds])}::text[]) i(id)
    left join lateral (select started_at, finished_at from runs where integration_id = i.id
      order by started_at desc limit 1) newest on true
    where (newest.started_at is null or newest.finished_at is not null)
      and exists (select 1 from contact_work w where w.integration_id = i.id and w.due_at <= ${dueBefore}
        and w.due_at > coalesce(newest.finished_at, '-infinity'))`);
  return new Set(rows.map(({ id }) => id));
}

/** Whether anything waits to be planned or written now. */
export async function hasDueWork(db: Executor, integrationId: string, now: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 where exists (select 1 from contact_work where integration_id = ${integrationId} and due_at <= ${now}
        and kind <> 'member')
      or exists (select 1 from contact_work w
        join contact_links c on c.integration_id = w.integration_id and c.contact_id = split_part(w.key, '/', 1)
          and c.tombstoned_at is null and ${isOwnStream(sql`c.stream`)}
        join list_links l on l.integration_id = w.integration_id and l.list_id = split_part(w.key, '/', 2)
          and l.tombstoned_at is null
        where w.integration_id = ${integrationId} and w.kind = 'member' and w.due_at <= ${now})
      or exists (select 1 from contact_writes where integration_id = ${integrationId} and due_at <= ${now}
        and state in ('planned', 'sent', 'unknown') and not (kind = 'create' and state <> 'planned'))`);
  return rows.length > 0;
}

/**
 * The earliest time after `now` at which something backs off no longer; null where nothing does. What was sent of
 * memberships is left out: it is looked at by the next run that reads.
 */
export async function nextDueAt(db: Executor, integrationId: string, now: string): Promise<string | null> {
  const [row] = await db.execute<{ at: Date | string | null }>(sql`
    select least(
      (select min(due_at) from contact_work where integration_id = ${integrationId} and due_at > ${now}
        and kind <> 'member_sent'),
      (select min(due_at) from contact_writes where integration_id = ${integrationId} and due_at > ${now}
        and state in ('planned', 'sent', 'unknown') and not (kind = 'create' and state <> 'planned'))) as at`);
  return row?.at == null ? null : new Date(row.at).toISOString();
}

/** Removes what planners and executors kept of an integration, about `limit` rows of each table at a time. */
export async function purgeContactSync(db: Executor, integrationId: string, limit: number): Promise<number> {
  let most = 0;
  for (const table of [contactWork, contactWrites, contactConflicts, contactJournal, listJournal]) {
    const gone = await db.execute(sql`
      delete from ${table} where ctid in (
        select ctid from ${table} where ${table.integrationId} = ${integrationId} limit ${limit})
      returning 1`);
    most = Math.max(most, gone.length);
  }
  return most;
}

/** Forgets what was noted for integrations that are gone. */
export async function pruneWork(db: Executor): Promise<void> {
  await db.execute(sql`
    delete from contact_work w where not exists (select from integrations i where i.id = w.integration_id)`);
}
