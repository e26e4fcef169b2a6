/** What a planner reads of contacts and their links. */
import { and, eq, isNotNull, isNull, notInArray, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactLinks, contacts, contactWrites, isOpenWrite, onlyReadStreams } from '../schema/index.ts';
import { hadElsewhere, madeElsewhere } from './contact-makers.ts';

export type LinkRow = typeof contactLinks.$inferSelect;
export type PlannedContact = typeof contacts.$inferSelect;
export type ContactWrite = typeof contactWrites.$inferSelect;

const anyOf = (
  column: SQL | typeof contacts.id | typeof contactLinks.remoteId | typeof contactLinks.contactId,
  ids: readonly string[],
): SQL => sql`${column} = any(${sql.param([...ids])}::text[])`;

/** Not one of those that are only read. */
const isWritable = (): SQL => notInArray(contactLinks.stream, Object.keys(onlyReadStreams));

/** Which of these e-mail addresses, in any case, a living contact of the user has. */
export async function emailsInUse(
  db: Executor,
  { userId, emails }: { userId: string; emails: readonly string[] },
): Promise<Set<string>> {
  if (emails.length === 0) return new Set();
  const sought = emails.map((email) => email.toLowerCase());
  const rows = await db
    .selectDistinct({ email: sql<string>`lower(${contacts.email})` })
    .from(contacts)
    .where(
      and(
        eq(contacts.userId, userId),
        isNull(contacts.archivedAt),
        // The keys are for their index: equal ones need not be equal addresses.
        sql`${contacts.email} <> '' and match_email(${contacts.email}) in (
          select match_email(e) from unnest(${sql.param(sought)}::text[]) e)`,
        sql`lower(${contacts.email}) = any(${sql.param(sought)}::text[])`,
      ),
    );
  return new Set(rows.map(({ email }) => email));
}

/** Links of an integration by remote id or by the contact that they tie. */
export async function findLinks(
  db: Executor,
  where: { integrationId: string; remoteIds: readonly string[]; contactIds: readonly string[] },
): Promise<LinkRow[]> {
  const { integrationId, remoteIds, contactIds } = where;
  const select = (condition: SQL) =>
    db
      .select()
      .from(contactLinks)
      .where(and(eq(contactLinks.integrationId, integrationId), condition));
  // Each by its own index: an `or` of the two reads all links of the integration.
  const found = [
    ...(remoteIds.length === 0 ? [] : await select(anyOf(contactLinks.remoteId, remoteIds))),
    ...(contactIds.length === 0 ? [] : await select(anyOf(contactLinks.contactId, contactIds))),
  ];
  const once = new Map(found.map((row) => [row.remoteId, row]));
  return [...once.values()].sort((a, b) => (a.remoteId < b.remoteId ? -1 : 1));
}

/** Those of these contacts of a user that are in the archive, read without a lock. */
export async function findArchived(
  db: Executor,
  userId: string,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, PlannedContact>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contacts)
    .where(and(anyOf(contacts.id, contactIds), eq(contacts.userId, userId), isNotNull(contacts.archivedAt)));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Locks contacts of a user in the order of their ids, so that what is decided about them still holds at the write. */
export async function lockContacts(
  tx: Transaction,
  userId: string,
  contactIds: readonly string[],
): Promise<Map<string, PlannedContact>> {
  if (contactIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(contacts)
    .where(and(anyOf(contacts.id, contactIds), eq(contacts.userId, userId)))
    .orderBy(contacts.id)
    .for('update');
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Which of these contacts a link of another integration ties, also one whose remote contact is gone by now, or which another
 * integration is making, or had. False where it only had them, or is being deleted: what that leaves of it is what a person
 * kept. Who holds the contacts' locks finds the same until the transaction ends.
 */
export async function tiedElsewhere(
  db: Executor,
  integrationId: string,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db.execute<{ contact_id: string; lasts: boolean }>(sql`
    select t.contact_id, bool_or(t.ties and i.deleting_at is null) as lasts
    from (
      select l.contact_id, l.integration_id, true as ties from contact_links l
      where l.contact_id = any(${sql.param([...contactIds])}::text[]) and l.integration_id <> ${integrationId}
      union all select contact_id, integration_id, true from (${madeElsewhere(integrationId, contactIds)}) m
      union all select contact_id, integration_id, false from (${hadElsewhere(integrationId, contactIds)}) h) t
    join integrations i on i.id = t.integration_id
    group by t.contact_id`);
  return new Map(rows.map((row) => [row.contact_id, row.lasts]));
}

export async function openWrites(
  db: Executor,
  integrationId: string,
  contactIds: readonly string[],
): Promise<ContactWrite[]> {
  if (contactIds.length === 0) return [];
  return db
    .select()
    .from(contactWrites)
    .where(
      and(
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        sql`${contactWrites.recordId} = any(${sql.param([...contactIds])}::text[])`,
        isOpenWrite,
      ),
    );
}

/** How many living links there are that can be written, and how many of all of those tie a contact. */
export async function countLinks(
  db: Executor,
  integrationId: string,
): Promise<{ live: number; tied: number }> {
  const [row] = await db
    .select({
      live: sql<number>`count(*) filter (where ${contactLinks.tombstonedAt} is null)::int`,
      tied: sql<number>`count(*) filter (where ${contactLinks.contactId} is not null)::int`,
    })
    .from(contactLinks)
    .where(and(eq(contactLinks.integrationId, integrationId), isWritable()));
  return row ?? { live: 0, tied: 0 };
}

/**
 * Due work that may come to a delete on either side: the remote contact is gone, or the contact is archived. In the order
 * of the remote ids, `limit` at a time. `orUnderWay`: and deletes at the provider that are planned, and not sent or not answered.
 */
export async function findDeleteCandidates(
  db: Executor,
  {
    integrationId,
    now,
    afterId,
    limit,
    orUnderWay,
  }: { integrationId: string; now: string; afterId: string; limit: number; orUnderWay: boolean },
): Promise<{ link: LinkRow; contact: PlannedContact }[]> {
  const isUnderWay = sql`exists (select 1 from contact_writes w where w.integration_id = ${integrationId}
    and w.object = 'contact' and w.kind = 'delete' and w.record_id = ${contactLinks.contactId}
    and w.remote_id = ${contactLinks.remoteId} and ${isOpenWrite})`;
  return tiesAfter(
    db,
    { integrationId, afterId, limit },
    sql`(${contactLinks.tombstonedAt} is null) = (${contacts.archivedAt} is not null)`,
    sql`(exists (select 1 from contact_work w where w.integration_id = ${integrationId} and w.due_at <= ${now}
        and w.kind = 'remote' and w.key = ${contactLinks.remoteId})
      or exists (select 1 from contact_work w where w.integration_id = ${integrationId} and w.due_at <= ${now}
        and w.kind = 'local' and w.key = ${contactLinks.contactId})
      or ${orUnderWay ? isUnderWay : sql`false`})`,
  );
}

/** A page of links with the contacts that they tie, in the order of their remote ids; of those alone that meet `conditions`. */
export async function tiesAfter(
  db: Executor,
  { integrationId, afterId, limit }: { integrationId: string; afterId: string; limit: number },
  ...conditions: readonly SQL[]
): Promise<{ link: LinkRow; contact: PlannedContact }[]> {
  return db
    .select({ link: contactLinks, contact: contacts })
    .from(contactLinks)
    .innerJoin(contacts, eq(contacts.id, contactLinks.contactId))
    .where(
      and(
        eq(contactLinks.integrationId, integrationId),
        ...conditions,
        sql`${contactLinks.remoteId} > ${afterId}`,
      ),
    )
    .orderBy(contactLinks.remoteId)
    .limit(limit);
}
