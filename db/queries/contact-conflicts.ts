/** Values that gave way and records that wait for a person, as their owner reads and decides them. */
import { and, desc, eq, inArray, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactConflicts, contactLinks, contacts } from '../schema/index.ts';
import type { ContactRow } from './contacts-read.ts';
import { exactInstant, type Page, type Scope, type TimePosition, toPage, within } from './scope.ts';

export type ConflictRow = typeof contactConflicts.$inferSelect;

export interface ConflictWithContact {
  readonly conflict: ConflictRow;
  readonly contact: ContactRow | null;
}

export interface ListConflicts {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: TimePosition | undefined;
  readonly integrationId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly open?: boolean | undefined;
}

/** Newest first: ids begin with their time. */
export async function listConflicts(
  db: Executor,
  scope: Scope,
  list: ListConflicts,
): Promise<Page<ConflictWithContact & { readonly at: string }>> {
  const conditions: SQL[] = [within(contactConflicts, scope)];
  if (list.after !== undefined) {
    conditions.push(
      sql`(${contactConflicts.at}, ${contactConflicts.id}) < (coalesce(${list.after.at ?? null}::timestamptz,
        (select at from contact_conflicts where id = ${list.after.id})), ${list.after.id})`,
    );
  }
  if (list.integrationId !== undefined)
    conditions.push(eq(contactConflicts.integrationId, list.integrationId));
  if (list.contactId !== undefined) conditions.push(eq(contactConflicts.contactId, list.contactId));
  if (list.open !== undefined) {
    conditions.push(list.open ? isNull(contactConflicts.resolvedAt) : isNotNull(contactConflicts.resolvedAt));
  }
  const rows = await db
    .select({ conflict: contactConflicts, contact: contacts, at: exactInstant(contactConflicts.at) })
    .from(contactConflicts)
    .leftJoin(contacts, eq(contacts.id, contactConflicts.contactId))
    .where(and(...conditions))
    .orderBy(desc(contactConflicts.at), desc(contactConflicts.id))
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findConflict(
  db: Executor,
  scope: Scope,
  conflictId: string,
): Promise<ConflictWithContact | undefined> {
  const [row] = await db
    .select({ conflict: contactConflicts, contact: contacts })
    .from(contactConflicts)
    .leftJoin(contacts, eq(contacts.id, contactConflicts.contactId))
    .where(and(eq(contactConflicts.id, conflictId), within(contactConflicts, scope)));
  return row;
}

/** Closes it. False when somebody decided meanwhile. */
export async function closeConflict(
  tx: Transaction,
  conflictId: string,
  decision: { resolvedBy: string; resolution: string },
): Promise<boolean> {
  const closed = await tx
    .update(contactConflicts)
    .set({ ...decision, resolvedAt: sql`now()` })
    .where(and(eq(contactConflicts.id, conflictId), isNull(contactConflicts.resolvedAt)))
    .returning({ id: contactConflicts.id });
  return closed.length > 0;
}

/** Remote contacts among candidates, by id: their shadows, and whose they are. */
export async function findRemoteCandidates(
  db: Executor,
  integrationIds: readonly string[],
  remoteIds: readonly string[],
): Promise<ReadonlyMap<string, RemoteCandidate>> {
  if (remoteIds.length === 0) return new Map();
  const rows = await db
    .select({
      remoteId: contactLinks.remoteId,
      shadow: contactLinks.shadow,
      contactId: contactLinks.contactId,
    })
    .from(contactLinks)
    .where(
      and(
        inArray(contactLinks.integrationId, [...integrationIds]),
        inArray(contactLinks.remoteId, [...remoteIds]),
      ),
    );
  return new Map(rows.map(({ remoteId, ...row }) => [remoteId, row]));
}

export type RemoteCandidate = Readonly<{ shadow: unknown; contactId: string | null }>;

/** Harmony's contacts among candidates, by id. */
export async function findCandidates(
  db: Executor,
  scope: Scope,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, ContactRow>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contacts)
    .where(and(inArray(contacts.id, [...contactIds]), within(contacts, scope)));
  return new Map(rows.map((row) => [row.id, row]));
}

interface Pair {
  readonly integrationId: string;
  readonly contactId: string;
  readonly remoteId: string;
}

/**
 * Ties a contact to a remote one, without an agreement yet, whatever the version of the contact: the planner fills blanks
 * and lets the policy decide. False where the remote contact is gone or belongs to another contact, or the contact to
 * another remote one that lives.
 */
export async function tieByHand(
  tx: Transaction,
  { integrationId, contactId, remoteId }: Pair,
): Promise<boolean> {
  // Of a remote contact that it no longer has, or may have no longer; one that waits for anything else it still has.
  await tx
    .update(contactLinks)
    .set({
      contactId: null,
      parked: null,
      tombstonedAt: sql`coalesce(tombstoned_at, now())`,
      updatedAt: sql`now()`,
    })
    .where(
      and(
        eq(contactLinks.integrationId, integrationId),
        eq(contactLinks.contactId, contactId),
        isNotNull(contactLinks.parked),
        sql`(${contactLinks.tombstonedAt} is not null or ${contactLinks.parked} ->> 'reason' = 'maybe_merged')`,
        ne(contactLinks.remoteId, remoteId),
      ),
    );
  const tied = await tx
    .update(contactLinks)
    .set({ contactId, base: {}, localVersion: 0, parked: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(contactLinks.integrationId, integrationId),
        eq(contactLinks.remoteId, remoteId),
        isNull(contactLinks.tombstonedAt),
        sql`(${contactLinks.contactId} is null or ${contactLinks.contactId} = ${contactId})`,
        sql`not exists (select 1 from contact_links o where o.integration_id = ${integrationId}
          and o.contact_id = ${contactId} and o.remote_id <> ${remoteId} and o.tombstoned_at is null)`,
      ),
    )
    .returning({ remoteId: contactLinks.remoteId });
  return tied.length > 0;
}

/** Lets the planner look again at what was parked for this reason; a person decided on no other. */
export async function unparkLinks(
  tx: Transaction,
  {
    integrationId,
    contactId,
    remoteId,
    reason,
  }: { [Name in keyof Pair]: Pair[Name] | null } & { reason: string },
): Promise<void> {
  await tx
    .update(contactLinks)
    .set({ parked: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(contactLinks.integrationId, integrationId ?? ''),
        sql`${contactLinks.parked} ->> 'reason' = ${reason}`,
        remoteId === null ? eq(contactLinks.contactId, contactId ?? '') : eq(contactLinks.remoteId, remoteId),
      ),
    );
}
