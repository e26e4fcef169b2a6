/** What runs did to lists and memberships, noted in the statement or transaction that did it, and taking it back. */
import { and, asc, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactLinks, integrations, isOwnStream, listJournal, listLinks } from '../schema/index.ts';
import type { MemberRow } from './contact-lists-elsewhere.ts';
import type { IntegrationRow } from './integrations-read.ts';

export type ListJournalRow = typeof listJournal.$inferSelect;
export type NewListEntry = Omit<typeof listJournal.$inferInsert, 'undoneBy' | 'at' | 'contactId'>;

/**
 * Whose changes are noted. `runId` null: they are part of a contact that the run makes. Of a list that it makes, on either side,
 * nobody who is put on it is noted: undo leaves that as it came, too (see `listJournal`).
 */
export interface NotedRun {
  readonly integrationId: string;
  readonly runId: string | null;
}

const isMadeBy = (runId: string, listId: SQL): SQL => sql`
  exists (select 1 from list_journal j where j.run_id = ${runId} and j.contact_id is null and j.list_id = ${listId}
    and j.action = 'create')`;

export async function noteListChange(tx: Transaction, entry: NewListEntry): Promise<void> {
  await tx.insert(listJournal).values(entry);
}

/**
 * Carries out a statement that puts contacts on lists or takes them off, and notes each. `change` returns `contact_id` and
 * `list_id`. `made`: contacts that the run makes.
 */
export async function changeMembers(
  tx: Transaction,
  { integrationId, runId }: NotedRun,
  { action, change, made = [] }: { action: 'join' | 'leave'; change: SQL; made?: readonly string[] },
): Promise<readonly MemberRow[]> {
  if (runId === null) return tx.execute<MemberRow>(change);
  return tx.execute<MemberRow>(sql`
    with changed as (${change}),
    noted as (
      insert into list_journal (integration_id, run_id, list_id, contact_id, side, action)
      select ${integrationId}, ${runId}, list_id, contact_id, 'harmony', ${action} from changed
      where contact_id <> all(${sql.param([...made])}::text[])
        ${action === 'join' ? sql`and not ${isMadeBy(runId, sql`changed.list_id`)}` : sql``})
    select contact_id, list_id from changed`);
}

/** A membership as it is from now on. */
export interface ChangedMember {
  readonly contactId: string;
  readonly listId: string;
  readonly isMember: boolean;
}

/** Memberships that a run has changed on a side, but for those of contacts and lists that it made. */
export async function noteMembers(
  tx: Transaction,
  run: { integrationId: string; runId: string; side: 'harmony' | 'provider' },
  members: readonly ChangedMember[],
): Promise<void> {
  if (members.length === 0) return;
  const { integrationId, runId, side } = run;
  const rows = JSON.stringify(
    members.map(({ contactId, listId, isMember }) => [contactId, listId, isMember]),
  );
  await tx.execute(sql`
    insert into list_journal (integration_id, run_id, list_id, contact_id, side, action)
    select ${integrationId}, ${runId}, r.value ->> 1, r.value ->> 0, ${side},
      case when (r.value ->> 2)::boolean then 'join' else 'leave' end
    from json_array_elements(${rows}::json) as r(value)
    where not exists (select 1 from contact_journal j
        where j.run_id = ${runId} and j.contact_id = r.value ->> 0 and j.side = 'provider' and j.action = 'create')
      and not ((r.value ->> 2)::boolean and ${isMadeBy(runId, sql`(r.value ->> 1)`)})`);
}

const ofRun = ({ integrationId, runId }: { integrationId: string; runId: string }) =>
  and(eq(listJournal.runId, runId), eq(listJournal.integrationId, integrationId));

/** Those of these runs that changed lists that were there already, or who is on them. */
export async function runsThatChangedLists(
  db: Executor,
  runIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.execute<{ id: string }>(sql`
    select r.id from unnest(${sql.param([...runIds])}::text[]) r(id)
    where exists (select 1 from list_journal j where j.run_id = r.id and j.action <> 'create')`);
  return new Set(rows.map(({ id }) => id));
}

/** Lists that a run made, renamed, archived, restored or took away on either side, in the order of their ids. */
export async function listsOfRun(
  db: Executor,
  run: { integrationId: string; runId: string },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: listJournal.listId })
    .from(listJournal)
    .where(and(ofRun(run), isNull(listJournal.contactId)))
    .orderBy(listJournal.listId);
  return rows.map(({ id }) => id);
}

/** Contacts that a run put on lists or took off them, in the order of their ids. */
export async function membersOfRun(
  db: Executor,
  run: { integrationId: string; runId: string; afterId: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: listJournal.contactId })
    .from(listJournal)
    .where(and(ofRun(run), gt(listJournal.contactId, run.afterId)))
    .orderBy(asc(listJournal.contactId))
    .limit(run.limit);
  return rows.flatMap(({ id }) => id ?? []);
}

/** What the run did to one list, or to the memberships of one contact, the last first; locked, so that it is taken back once. */
export async function lockListEntries(
  tx: Executor,
  of: { runId: string } & ({ listId: string } | { contactId: string }),
): Promise<readonly ListJournalRow[]> {
  const named =
    'contactId' in of
      ? eq(listJournal.contactId, of.contactId)
      : and(isNull(listJournal.contactId), eq(listJournal.listId, of.listId));
  return tx
    .select()
    .from(listJournal)
    .where(and(eq(listJournal.runId, of.runId), named))
    .orderBy(sql`${listJournal.seq} desc`)
    .for('update');
}

export async function noteListUndone(tx: Executor, seqs: readonly number[], actor: string): Promise<void> {
  if (seqs.length === 0) return;
  await tx
    .update(listJournal)
    .set({ undoneBy: actor })
    .where(inArray(listJournal.seq, [...seqs]));
}

export interface ListFeed {
  readonly listId: string;
  readonly integration: IntegrationRow;
  readonly takesMembers: boolean;
}

/** The accounts whose living groups feed these lists; with a contact those alone that have it in the person's own address book. */
export async function findListFeeds(
  db: Executor,
  { listIds, contactId }: { listIds: readonly string[]; contactId?: string },
): Promise<readonly ListFeed[]> {
  const rows = await db
    .select({ listId: listLinks.listId, integration: integrations, takesMembers: listLinks.takesMembers })
    .from(listLinks)
    .innerJoin(integrations, eq(integrations.id, listLinks.integrationId))
    .where(
      and(
        inArray(listLinks.listId, [...listIds]),
        isNull(listLinks.tombstonedAt),
        isNull(integrations.deletingAt),
        contactId === undefined
          ? undefined
          : sql`exists (select 1 from ${contactLinks} c where c.integration_id = ${listLinks.integrationId}
              and c.contact_id = ${contactId} and c.tombstoned_at is null
              and ${isOwnStream(sql`c.stream`)})`,
      ),
    )
    .orderBy(integrations.id, listLinks.remoteId);
  return rows.map(({ listId, ...feed }) => ({ listId: listId as string, ...feed }));
}
