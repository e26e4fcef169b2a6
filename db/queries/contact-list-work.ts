/** Lists that wait to be carried over, and what became of them; contact-member-work.ts: who is on them. */
import { and, asc, count, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { prepared } from '../prepared.ts';
import { contactLists, contactWork, isOwnStream, listLinks } from '../schema/index.ts';
import { isListWrittenElsewhere } from './contact-lists-elsewhere.ts';
import type { ContactListRow } from './contact-lists-read.ts';
import { closeListConflicts, closeRefusedOfList } from './contact-passing-conflicts.ts';
import { orDueAgain } from './contact-work.ts';
import type { Mirrored } from './mirror.ts';

export type ListLinkRow = typeof listLinks.$inferSelect;

export interface DueList {
  readonly listId: string;
  readonly touched: number;
  readonly list: ContactListRow | null;
  readonly link: ListLinkRow | null;
  /** Another account that lists are sent to has it, too. */
  readonly isWrittenElsewhere: boolean;
}

/** Lists that are due, with what they are tied to; the one of `listId` alone where it is given. */
export async function dueLists(
  db: Executor,
  input: { integrationId: string; now: string; limit: number; listId?: string },
): Promise<readonly DueList[]> {
  return db
    .select({
      listId: contactWork.key,
      touched: contactWork.touched,
      list: contactLists,
      link: listLinks,
      isWrittenElsewhere: isListWrittenElsewhere,
    })
    .from(contactWork)
    .leftJoin(contactLists, eq(contactLists.id, contactWork.key))
    .leftJoin(
      listLinks,
      and(eq(listLinks.listId, contactWork.key), eq(listLinks.integrationId, contactWork.integrationId)),
    )
    .where(
      and(
        eq(contactWork.integrationId, input.integrationId),
        eq(contactWork.kind, 'list'),
        lte(contactWork.dueAt, input.now),
        input.listId === undefined ? undefined : eq(contactWork.key, input.listId),
      ),
    )
    .orderBy(asc(contactWork.key))
    .limit(input.limit);
}

const findListWork = prepared((db) =>
  db
    .select({ kind: contactWork.kind })
    .from(contactWork)
    .where(
      and(
        eq(contactWork.integrationId, sql.placeholder('integrationId')),
        inArray(contactWork.kind, ['list', 'lists', 'member', 'member_sent']),
        lte(contactWork.dueAt, sql.placeholder('now')),
      ),
    )
    .limit(1)
    .prepare('find_list_work'),
);

/** Whether lists or memberships are due, or a listing of memberships that were sent is to be looked at. */
export async function hasListWork(db: Executor, integrationId: string, now: string): Promise<boolean> {
  const [row] = await findListWork(db).execute({ integrationId, now });
  return row !== undefined;
}

/** Where all lists are to be looked at again: how often that was noted. */
export async function dueListFlow(db: Executor, integrationId: string): Promise<number | undefined> {
  const [row] = await db
    .select({ touched: contactWork.touched })
    .from(contactWork)
    .where(and(eq(contactWork.integrationId, integrationId), eq(contactWork.kind, 'lists')));
  return row?.touched;
}

/** All lists were looked at again, unless that was noted once more meanwhile. */
export async function finishListFlow(
  tx: Transaction,
  { integrationId, touched }: { integrationId: string; touched: number },
): Promise<void> {
  await tx
    .delete(contactWork)
    .where(
      and(
        eq(contactWork.integrationId, integrationId),
        eq(contactWork.kind, 'lists'),
        eq(contactWork.touched, touched),
      ),
    );
}

/**
 * Under a lock of a list's work: whether it is still as it was read, and due; asked right before the list is written at the
 * provider, and before a person is told of what became of that. Work that another worker has done and a person noted anew counts
 * from one again, so that the list itself is looked at, too.
 */
export async function holdListWork(
  tx: Transaction,
  { integrationId, due: { listId, touched, list } }: { integrationId: string; due: DueList },
): Promise<boolean> {
  const held = await tx.execute(sql`
    select 1 from contact_work where integration_id = ${integrationId} and kind = 'list' and key = ${listId}
      and touched = ${touched} for update`);
  if (held.length === 0) return false;
  // In a statement of its own: it sees what whoever the lock waited for has left.
  const same = await tx.execute(sql`
    select 1 from contact_lists where id = ${listId} and version = ${list?.version ?? null}`);
  return same.length > 0;
}

/**
 * Ends the work on a list, unless somebody changed the list meanwhile, and the conflict that it stood in. Of a list that is gone
 * on both sides nobody is sent or asked about any more: one that is restored gets a group anew, and everybody on it is noted.
 * `follows`: it went since its group did, which may be there again; what was to be sent waits for that.
 */
export async function finishListWork(
  tx: Transaction,
  {
    integrationId,
    listId,
    touched,
    follows = false,
  }: { integrationId: string; listId: string; touched: number; follows?: boolean },
): Promise<void> {
  const done = await tx
    .delete(contactWork)
    .where(
      and(
        eq(contactWork.integrationId, integrationId),
        eq(contactWork.kind, 'list'),
        eq(contactWork.key, listId),
        eq(contactWork.touched, touched),
      ),
    )
    .returning({ key: contactWork.key });
  if (done.length === 0) return;
  await closeListConflicts(tx, { integrationId, listId });
  const isThere = await tx.execute(sql`
    select 1 from contact_lists where id = ${listId} and archived_at is null
    union all select 1 from list_links
    where integration_id = ${integrationId} and list_id = ${listId} and tombstoned_at is null`);
  if (isThere.length > 0) return;
  await closeRefusedOfList(tx, { integrationId, listId });
  if (follows) return;
  await tx.execute(sql`
    delete from contact_work
    where integration_id = ${integrationId} and kind = 'member' and split_part(key, '/', 2) = ${listId}`);
}

/**
 * Lists don't flow: nothing of them is carried over. Nor is what was sent looked at again: whatever a person changes meanwhile
 * counts, and all memberships are compared once lists flow again.
 */
export async function dropListWork(
  tx: Transaction,
  { integrationId, now }: { integrationId: string; now: string },
): Promise<void> {
  await tx
    .delete(contactWork)
    .where(
      and(
        eq(contactWork.integrationId, integrationId),
        or(
          eq(contactWork.kind, 'member_sent'),
          and(inArray(contactWork.kind, ['list', 'lists', 'member']), lte(contactWork.dueAt, now)),
        ),
      ),
    );
}

/** Puts the work on a list off. */
export async function delayListWork(
  tx: Transaction,
  { integrationId, listId, until }: { integrationId: string; listId: string; until: string },
): Promise<void> {
  await tx
    .update(contactWork)
    .set({ dueAt: until })
    .where(
      and(
        eq(contactWork.integrationId, integrationId),
        eq(contactWork.kind, 'list'),
        eq(contactWork.key, listId),
      ),
    );
}

export async function countListLinks(db: Executor, integrationId: string): Promise<number> {
  const [row] = await db
    .select({ links: count() })
    .from(listLinks)
    .where(and(eq(listLinks.integrationId, integrationId), isNull(listLinks.tombstonedAt)));
  return row?.links ?? 0;
}

/** A sync's own write of a list. Undefined where somebody changed the list since it was read. */
export async function writeList(
  tx: Transaction,
  {
    listId,
    version,
    change,
  }: {
    listId: string;
    version: number;
    change: { name?: string; archivedAt?: string | null };
  },
): Promise<number | undefined> {
  const [row] = await tx
    .update(contactLists)
    .set({ ...change, version: sql`${contactLists.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(contactLists.id, listId), eq(contactLists.version, version)))
    .returning({ version: contactLists.version });
  return row?.version;
}

export async function changeListLink(
  tx: Transaction,
  { integrationId, remoteId }: Pick<ListLinkRow, 'integrationId' | 'remoteId'>,
  change: Partial<Omit<ListLinkRow, 'integrationId' | 'remoteId' | 'updatedAt'>>,
): Promise<void> {
  await tx
    .update(listLinks)
    .set({ ...change, updatedAt: sql`now()` })
    .where(and(eq(listLinks.integrationId, integrationId), eq(listLinks.remoteId, remoteId)));
}

/** The link of a group that we made or renamed, as the provider answered it. Returns whether there was none. */
export async function ackListLink(
  tx: Transaction,
  link: Pick<ListLinkRow, 'integrationId' | 'listId' | 'localVersion' | 'system'> & {
    readonly record: Mirrored & { readonly name: string };
  },
): Promise<boolean> {
  const { record, ...of } = link;
  const { remoteId, etag, contentHash, remoteUpdatedAt, rawJson, name } = record;
  const agreed = { ...of, baseName: name, ackedAt: sql`now()`, tombstonedAt: null };
  const mirrored = { etag, contentHash, remoteUpdatedAt, remoteName: name };
  const [acked] = await tx
    .insert(listLinks)
    .values({ ...agreed, ...mirrored, remoteId, shadow: sql`${rawJson}::json` })
    .onConflictDoUpdate({
      target: [listLinks.integrationId, listLinks.remoteId],
      set: {
        ...agreed,
        ...mirrored,
        shadow: sql`${rawJson}::json`,
        updatedAt: sql`now()`,
        supersededEtags: sql`array_remove(array_append(${listLinks.supersededEtags}, ${listLinks.etag}), ${etag})`,
      },
    })
    .returning({ isNew: sql<boolean>`xmax = 0` });
  return acked?.isNew === true;
}

/** Everybody on a list that has just got its group, and is at the provider, is to join that; whoever is tied later does then. */
export async function noteMembersOfList(
  tx: Transaction,
  { integrationId, listId }: { integrationId: string; listId: string },
): Promise<void> {
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select ${integrationId}, 'member', m.contact_id || '/' || m.list_id from contact_list_members m
    where m.list_id = ${listId} and exists (select 1 from contact_links c
      where c.integration_id = ${integrationId} and c.contact_id = m.contact_id and c.tombstoned_at is null
        and ${isOwnStream(sql`c.stream`)})
    order by 3
    ${orDueAgain}`);
}
