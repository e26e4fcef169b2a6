/** People of the other side: the mirror, and who each of them is here. */
import { and, eq, sql } from 'drizzle-orm';
import type { PersonRecord, RecordBase } from '../../providers/contract/index.ts';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { people } from '../schema/index.ts';
import type { MirrorContext, Mirrored, PageOutcome } from './mirror.ts';
import { removeRows, sortPage } from './mirror-table.ts';
import { mirrorWriter } from './mirror-writer.ts';

export type PersonRow = Mirrored & Omit<PersonRecord, keyof RecordBase>;

const writer = mirrorWriter<PersonRow>({
  ...{ table: 'people', perCollection: false, uniqueIn: 'integration_id' },
  idOf: () => newId('per'),
  columns: [
    { name: 'name', type: 'text', of: (row) => row.name },
    { name: 'email', type: 'text', of: (row) => row.email },
    { name: 'active', type: 'boolean', of: (row) => row.active },
  ],
  // Sync Users reads beside the runs: a list that it got earlier does not undo what a run has written since.
  mayReplace: sql`people.remote_updated_at is null or excluded.remote_updated_at is null
    or excluded.remote_updated_at >= people.remote_updated_at`,
});

/**
 * Whoever says who the people of an integration are does so one after the other until its transaction ends, so that no two
 * give the same user away. Before any row of people is locked, or two of them could wait for each other.
 */
export async function lockMappedPeople(tx: Transaction, integrationId: string): Promise<void> {
  await tx.execute(sql`select from integrations where id = ${integrationId} for no key update`);
}

/** Writes a page of people, their mapping left as it is, and finds users for those who have none. */
export async function writePeople(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly PersonRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const { created, updated, unchanged } = await sortPage(tx, people, context, page.rows);
  const changed = [...created, ...updated];
  let added = 0;
  if (changed.length > 0) {
    await lockMappedPeople(tx, context.integrationId);
    added = await writer.upsert(tx, context, changed);
    await matchPeople(tx, context.integrationId);
  }
  const deleted = await removeRows(tx, people, context, page.deletions);
  return { created: added, updated: changed.length - added, unchanged, deleted };
}

/**
 * Who comes back from having been deactivated, while another active person was found to be their user, is matched no longer
 * by e-mail: one user is one of those who are active. What somebody chose stays.
 */
async function unmatchDoubles(tx: Transaction, integrationId: string): Promise<void> {
  await tx.execute(sql`
    update people p set mapped_user_id = null, match = null, mapped_at = null, updated_at = now()
    where p.integration_id = ${integrationId} and p.active and p.match = 'email' and exists (
      select from people other where other.integration_id = ${integrationId} and other.active and other.id <> p.id
        and other.mapped_user_id = p.mapped_user_id
        and (other.match = 'manual' or (other.mapped_at, other.id) > (p.mapped_at, p.id)))`);
}

/**
 * Gives active people without a mapping the user of the workspace with the same e-mail, in any case: only where both
 * have it alone, and nobody else of the integration who is active is that user already. Never by name. What is mapped
 * stays, whatever becomes of the address, as long as no two are one user; what somebody chose stays, nobody included. Returns how many it found.
 */
export async function matchPeople(tx: Transaction, integrationId: string): Promise<number> {
  await lockMappedPeople(tx, integrationId);
  await unmatchDoubles(tx, integrationId);
  const rows = await tx.execute(sql`
    with member as (
      select lower(email) as email, min(id) as id from people
      where integration_id = ${integrationId} and active and email is not null
      group by lower(email) having count(*) = 1
    ), account as (
      select lower(u.email) as email, min(u.id) as id from users u
      where u.workspace_id = (select workspace_id from integrations where id = ${integrationId})
      group by lower(u.email) having count(*) = 1
    )
    update people p set mapped_user_id = account.id, match = 'email', mapped_at = now()
    from member join account using (email)
    where p.id = member.id and p.mapped_user_id is null and p.match is distinct from 'manual' and not exists (
      select from people other where other.integration_id = ${integrationId} and other.active
        and other.mapped_user_id = account.id)
    returning p.id`);
  return rows.length;
}

/** Somebody's own choice; null says that the person is nobody here. */
export async function mapPerson(
  db: Executor,
  input: { integrationId: string; remoteId: string; userId: string | null },
): Promise<void> {
  await db
    .update(people)
    .set({ mappedUserId: input.userId, match: 'manual', mappedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(people.integrationId, input.integrationId), eq(people.remoteId, input.remoteId)));
}

/** Takes somebody's choice back: the person waits for Sync Users, or for another choice. */
export async function forgetChoice(
  db: Executor,
  input: { integrationId: string; remoteId: string },
): Promise<void> {
  await db
    .update(people)
    .set({ mappedUserId: null, match: null, mappedAt: null, updatedAt: sql`now()` })
    .where(and(eq(people.integrationId, input.integrationId), eq(people.remoteId, input.remoteId)));
}

/** How many there are, deactivated ones included, and how many of them have a user. */
export async function countPeople(
  db: Executor,
  integrationId: string,
): Promise<{ people: number; mapped: number }> {
  const [row] = await db
    .select({
      people: sql<number>`count(*)::int`,
      mapped: sql<number>`count(${people.mappedUserId})::int`,
    })
    .from(people)
    .where(eq(people.integrationId, integrationId));
  return row ?? { people: 0, mapped: 0 };
}
