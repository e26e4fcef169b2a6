/** Questions who somebody is, as planning takes them back, and whom it has to look at again. */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactConflicts, isLostCreate, isOpenWrite } from '../schema/index.ts';
import { tieByHand } from './contact-conflicts.ts';
import type { NewConflict } from './contact-outcome.ts';
import { noteRecords, type WorkKey } from './contact-queue.ts';

const isOpen = (integrationId: string): SQL =>
  sql`integration_id = ${integrationId} and resolved_at is null and kind = 'ambiguous_match'`;

/**
 * Takes away open questions which of several candidates records are, but for those of `asked`; `ids` are of contacts and
 * remote contacts. They are not closed, since the same one, should it come up again, would be the same row and stay closed.
 * Returns whom they named, and who is asked about with somebody of them: all of these may be clear by that.
 */
export async function dropAnsweredMatches(
  tx: Transaction,
  input: { integrationId: string; ids: readonly string[]; asked: readonly string[] },
): Promise<readonly WorkKey[]> {
  const { integrationId, ids, asked } = input;
  return tx.execute<WorkKey>(sql`
    with answered as (
      delete from contact_conflicts
      where ${isOpen(integrationId)} and coalesce(contact_id, remote_id) = any(${sql.param([...ids])}::text[])
        and id <> all(${sql.param([...asked])}::text[])
      returning id, contact_id, remote_id, candidates
    ), named as (
      select case when contact_id is null then 'local' else 'remote' end as kind, unnest(candidates) as key from answered
    ), settled as (
      select array_agg(key) as keys from (select key from named union select coalesce(contact_id, remote_id) from answered) one
    )
    select kind, key from named
    union
    select case when contact_id is null then 'remote' else 'local' end, coalesce(contact_id, remote_id)
    from contact_conflicts, settled
    where ${isOpen(integrationId)} and candidates && settled.keys and id not in (select id from answered)`);
}

/**
 * Whom open questions who is who are about, although somebody of them is settled: tied, archived or gone, whoever wrote
 * that. The other ones may be clear by it, and a person could only answer what can no longer be.
 */
export async function findSettledQuestions(db: Executor, integrationId: string): Promise<readonly WorkKey[]> {
  return db.execute<WorkKey>(sql`
    select case when contact_id is null then 'remote' else 'local' end as kind, coalesce(contact_id, remote_id) as key
    from contact_conflicts cross join lateral (
      select case when contact_id is null then candidates else array[contact_id] end as contact_ids,
        case when contact_id is null then array[remote_id] else candidates end as remote_ids) named
    where ${isOpen(integrationId)} and (
      exists (select 1 from unnest(contact_ids) c
        where not exists (select 1 from contacts where id = c and archived_at is null)
          or exists (select 1 from contact_links where integration_id = ${integrationId} and contact_id = c))
      or exists (select 1 from unnest(remote_ids) r
        where not exists (select 1 from contact_links l
          where l.integration_id = ${integrationId} and l.remote_id = r and l.contact_id is null
            and l.tombstoned_at is null)))`);
}

/** A question about a remote contact that is parked for it, with nothing left to be decided. */
type MootQuestion = Readonly<{
  id: string;
  kind: string;
  remoteId: string;
  contactId: string | null;
  /** The contact goes on: only the one that its remote contact was merged into was deleted here. */
  isKept: boolean;
  /** A remote contact that is nobody's, and that another create of the contact made: it goes on as that. */
  madeId: string | null;
}>;

/**
 * Open questions whom a contact may have been merged into, and about doubles of our creates, with nothing left to be decided: the
 * contact is archived or at the provider twice, the double is gone or tied, or each one that they name is gone.
 */
export async function findMootQuestions(
  db: Executor,
  integrationId: string,
): Promise<readonly MootQuestion[]> {
  return db.execute<MootQuestion>(sql`
    select q.id, q.kind, q.remote_id as "remoteId",
      l.contact_id as "contactId", made.remote_id as "madeId",
      q.kind = 'maybe_merged' and ${isThere} and ${isGoneByUs} and made.remote_id is null as "isKept"
    from contact_conflicts q left join contact_links l
      on l.integration_id = q.integration_id and l.remote_id = q.remote_id
      left join lateral (${madeByOther}) made on q.kind = 'maybe_merged'
    where q.integration_id = ${integrationId} and q.resolved_at is null and (
      q.kind = 'maybe_merged' and l.tombstoned_at is not null and l.parked ->> 'reason' = q.kind and (
        not ${isThere} or ${isNobodyLeft} or made.remote_id is not null)
      or q.kind = 'duplicate_marker' and (
        l.remote_id is null or l.tombstoned_at is not null or l.contact_id is not null or ${isNobodyLeft}))`);
}

const isThere: SQL = sql`exists (select 1 from contacts c where c.id = l.contact_id and c.archived_at is null)`;

const isNobodyLeft: SQL = sql`not exists (select 1 from contact_links o
  where o.integration_id = q.integration_id and o.remote_id = any(q.candidates) and o.tombstoned_at is null)`;

/** One whom it names went by a delete of ours, after which a link says that it is agreed on (`ackRemoval`). */
const isGoneByUs: SQL = sql`exists (select 1 from contact_links o
  where o.integration_id = q.integration_id and o.remote_id = any(q.candidates) and o.tombstoned_at = o.acked_at)`;

/**
 * What a create of the contact made that was taken for lost, where nothing is planned of it. Such creates first (`offset 0`), of
 * which there are hardly any: links are read for them alone.
 */
const madeByOther: SQL = sql`
  select d.remote_id
  from (select id from contact_writes where integration_id = q.integration_id and object = 'contact'
      and record_id = l.contact_id and ${isLostCreate} and ${isThere} offset 0) w
    cross join lateral (select remote_id from contact_links where integration_id = q.integration_id
      and contact_id is null and tombstoned_at is null and parked is null
      and shadow::jsonb -> 'clientData' @> jsonb_build_array(jsonb_build_object('value', w.id)) offset 0) d
  where not exists (select 1 from contact_writes where integration_id = q.integration_id and object = 'contact'
    and record_id = d.remote_id and ${isOpenWrite})
  order by d.remote_id limit 1`;

/**
 * Nobody has to decide any more. They go rather than being closed, as those of `dropAnsweredMatches`. Whoever goes on is tied to what was
 * made of it, or to nothing, to be made at the provider from what was there.
 */
export async function dropMootQuestions(
  tx: Transaction,
  {
    integrationId,
    questions,
    now,
  }: { integrationId: string; questions: readonly MootQuestion[]; now: string },
): Promise<void> {
  for (const { contactId, madeId } of questions) {
    if (contactId !== null && madeId !== null)
      await tieByHand(tx, { integrationId, contactId, remoteId: madeId });
  }
  const keptIds = questions.flatMap(({ contactId, isKept }) => (isKept ? (contactId ?? []) : []));
  const goesOn = sql`coalesce(l.contact_id = any(${sql.param(keptIds)}::text[]), false)`;
  await tx.execute(sql`
    with moot as (
      delete from contact_conflicts
      where id = any(${sql.param(questions.map(({ id }) => id))}::text[]) and resolved_at is null
      returning remote_id, kind)
    update contact_links l set parked = null,
      contact_id = case when ${goesOn} then null else l.contact_id end,
      former_of = case when ${goesOn} then l.contact_id else l.former_of end
    from moot where l.integration_id = ${integrationId} and l.remote_id = moot.remote_id and l.parked ->> 'reason' = moot.kind`);
  await noteRecords(tx, {
    integrationId,
    records: [
      ...questions.map(({ remoteId, madeId }): WorkKey => ({ kind: 'remote', key: madeId ?? remoteId })),
      ...keptIds.map((key): WorkKey => ({ kind: 'local', key })),
    ],
    dueAt: now,
  });
}

/**
 * Asks whose the contact is that a create was merged into, once. What is asked already names others only where one of those that
 * it names carries the marker no more: one that was merged away itself still does until a complete listing lacks it.
 */
export async function askOfCreate(tx: Transaction, question: NewConflict): Promise<void> {
  const { id, integrationId, contactId } = question;
  const open = isOfCreate({ integrationId, contactId: contactId ?? '' });
  await tx.execute(sql`delete from contact_conflicts where ${open} and id <> ${id}`);
  await tx
    .insert(contactConflicts)
    .values(question)
    .onConflictDoUpdate({
      target: contactConflicts.id,
      set: { candidates: sql`excluded.candidates` },
      setWhere: sql`${contactConflicts.resolvedAt} is null
        and not ${contactConflicts.candidates} <@ excluded.candidates`,
    });
}

/** Whose the contact is that the create of this one was merged into: the create is settled. */
export async function dropCreateQuestion(
  tx: Transaction,
  of: { integrationId: string; contactId: string },
): Promise<void> {
  await tx.execute(sql`delete from contact_conflicts where ${isOfCreate(of)}`);
}

const isOfCreate = ({ integrationId, contactId }: { integrationId: string; contactId: string }): SQL => sql`
  integration_id = ${integrationId} and resolved_at is null
    and kind = 'maybe_merged' and contact_id = ${contactId} and remote_id is null`;
