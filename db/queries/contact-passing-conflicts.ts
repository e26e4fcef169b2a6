/**
 * Conflicts about what a sync could not carry over and tries again: one for each contact, field of a contact, list or
 * membership, closed once that is looked at again and carried over.
 */
import { createHash } from 'node:crypto';
import { and, eq, inArray, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contactConflicts } from '../schema/index.ts';
import type { NewConflict } from './contact-outcome.ts';

export type PassingConflict = Omit<NewConflict, 'id'> & { readonly integrationId: string } & (
    | { readonly kind: 'lists_held_back' | 'list_name_taken' | 'list_refused'; readonly listId: string }
    | { readonly kind: 'stale_version'; readonly contactId: string }
    /** Of a contact; with a list, that the contact is on it, or is not. */
    | { readonly kind: 'refused'; readonly contactId: string }
    /** `localValue` is the value, so that another one is told again. */
    | { readonly kind: 'unstorable_value'; readonly contactId: string; readonly field: string }
  );

/** What is asked about contacts themselves. */
const contactQuestions = ['stale_version', 'refused', 'unstorable_value'] as const;

/** Which record of an integration: a contact's or a list's id. */
const idOf = (integrationId: string, recordId: string): string =>
  `cfl_${integrationId.replace(/^int_/, '')}_${recordId.replace(/^(con|lst)_/, '')}`;

/** Of what one id does not name: a contact on a list, or a field of a contact. */
const idOfPart = (...parts: readonly string[]): string =>
  `cfl_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;

function idOfPassing({ integrationId, contactId, listId, field }: PassingConflict): string {
  const ids = [contactId, listId, field].filter((id) => id != null);
  return ids.length === 1 ? idOf(integrationId, ids[0] ?? '') : idOfPart(integrationId, ...ids);
}

/** Of a row that is there already: all that can be another one when it comes up again. */
const asNew = {
  ...{ kind: sql`excluded.kind`, runId: sql`excluded.run_id`, remoteId: sql`excluded.remote_id` },
  ...{ localValue: sql`excluded.local_value`, remoteValue: sql`excluded.remote_value` },
  ...{ at: sql`excluded.at`, resolvedAt: null, resolvedBy: null, resolution: null },
};

/**
 * One stays as it is while it is open, and where a person dismissed the same one; but what was `refused` was asked for
 * again. Returns how many are told anew.
 */
export async function openPassingConflicts(
  tx: Transaction,
  conflicts: readonly PassingConflict[],
): Promise<number> {
  if (conflicts.length === 0) return 0;
  // A statement writes no row twice.
  const rows = new Map(
    conflicts.map((conflict) => {
      const row = { ...conflict, id: idOfPassing(conflict) };
      return [row.id, row];
    }),
  );
  const { id, kind, localValue, resolvedAt, resolution } = contactConflicts;
  const isDismissed = sql`${resolution} is not distinct from 'dismissed' and ${kind} <> 'refused'`;
  const isOver = sql`${resolvedAt} is not null and not (${isDismissed})`;
  const isAnother = sql`(${kind}, ${localValue}) is distinct from (excluded.kind, excluded.local_value)`;
  const opened = await tx
    .insert(contactConflicts)
    .values([...rows.values()])
    .onConflictDoUpdate({ target: id, set: asNew, setWhere: sql`(${isOver}) or ${isAnother}` })
    .returning({ id });
  return opened.length;
}

/** The list is being carried over, so that there is nothing to decide any more. */
export async function closeListConflicts(
  tx: Transaction,
  { integrationId, listId }: { integrationId: string; listId: string },
): Promise<void> {
  await close(tx, [idOf(integrationId, listId)]);
}

/**
 * Closes what is open about these contacts themselves, but for what is `asked` again: they are planned anew, or were just
 * written at the provider, which settles these `kinds` alone. With whoever is gone from either side goes what is open about them on
 * a list.
 */
export async function closeContactQuestions(
  tx: Transaction,
  input: {
    integrationId: string;
    contactIds: readonly string[];
    kinds?: readonly (typeof contactQuestions)[number][];
    asked?: readonly PassingConflict[];
  },
): Promise<void> {
  const { integrationId, contactIds, kinds = contactQuestions, asked = [] } = input;
  if (contactIds.length === 0) return;
  await closeAbout(
    tx,
    contactIds,
    eq(contactConflicts.integrationId, integrationId),
    inArray(contactConflicts.kind, [...kinds]),
    sql`(${contactConflicts.listId} is null or not ${isOnBothSides})`,
    sql`${contactConflicts.id} <> all(${sql.param(asked.map(idOfPassing))}::text[])`,
  );
}

/** Contacts are carried over no more: closes what is open about any of them. */
export async function closeAllContactQuestions(tx: Transaction, integrationId: string): Promise<void> {
  await closeAll(tx, integrationId, contactQuestions, isNull(contactConflicts.listId));
}

/** Closes what was asked as other accounts were to make these contacts: this one makes them. */
export async function closeMakersQuestions(
  tx: Transaction,
  { integrationId, contactIds }: { integrationId: string; contactIds: readonly string[] },
): Promise<void> {
  if (contactIds.length === 0) return;
  await closeAbout(
    tx,
    contactIds,
    ne(contactConflicts.integrationId, integrationId),
    inArray(contactConflicts.kind, ['refused', 'unstorable_value']),
    isNull(contactConflicts.remoteId),
    isNull(contactConflicts.listId),
  );
}

/** As `closeListConflicts`, of memberships. */
export async function closeRefusedMembers(
  tx: Transaction,
  input: { integrationId: string; members: readonly { contactId: string; listId: string }[] },
): Promise<void> {
  await close(
    tx,
    input.members.map(({ contactId, listId }) => idOfPart(input.integrationId, contactId, listId)),
  );
}

/** Lists are carried over no more: closes what is open about any of them, or about who is on them. */
export async function closeAllListQuestions(tx: Transaction, integrationId: string): Promise<void> {
  const kinds = ['list_name_taken', 'list_refused', 'lists_held_back', 'refused'];
  await closeAll(tx, integrationId, kinds, isNotNull(contactConflicts.listId));
}

/** Of everybody on a list that is gone, here and there. */
export async function closeRefusedOfList(
  tx: Transaction,
  of: { integrationId: string; listId: string },
): Promise<void> {
  const { integrationId, listId, kind } = contactConflicts;
  await closeWhere(
    tx,
    sql`${integrationId} = ${of.integrationId} and ${listId} = ${of.listId} and ${kind} = 'refused'`,
  );
}

/** The contact lives, and its remote one does. */
const isOnBothSides: SQL = sql`exists (
  select 1 from contact_links l join contacts c on c.id = l.contact_id and c.archived_at is null
  where l.integration_id = ${contactConflicts.integrationId} and l.contact_id = ${contactConflicts.contactId}
    and l.tombstoned_at is null)`;

async function closeAbout(
  tx: Transaction,
  contactIds: readonly string[],
  ...conditions: readonly SQL[]
): Promise<void> {
  const isAbout = sql`${contactConflicts.contactId} = any(${sql.param([...contactIds])}::text[])`;
  await closeWhere(tx, isAbout, ...conditions);
}

async function close(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await closeWhere(tx, inArray(contactConflicts.id, [...ids]));
}

async function closeAll(
  tx: Transaction,
  integrationId: string,
  kinds: readonly string[],
  ...conditions: readonly SQL[]
): Promise<void> {
  const isOne = inArray(contactConflicts.kind, [...kinds]);
  await closeWhere(tx, eq(contactConflicts.integrationId, integrationId), isOne, ...conditions);
}

async function closeWhere(tx: Transaction, ...conditions: readonly SQL[]): Promise<void> {
  await tx
    .update(contactConflicts)
    .set({ resolvedAt: sql`now()` })
    .where(and(...conditions, isNull(contactConflicts.resolvedAt)));
}
