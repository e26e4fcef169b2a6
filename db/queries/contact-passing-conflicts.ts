/** Conflicts about what a sync could not carry over and tries again: one for each record, closed once that is carried over. */
import { and, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contactConflicts } from '../schema/index.ts';
import type { NewConflict } from './contact-outcome.ts';

type PassingConflict = Omit<NewConflict, 'id'> & { readonly integrationId: string } & (
    | { readonly kind: 'lists_held_back' | 'list_name_taken'; readonly listId: string }
    | { readonly kind: 'stale_version'; readonly contactId: string }
  );

/** Which record of an integration: a contact's or a list's id. */
const idOf = (integrationId: string, recordId: string): string =>
  `cfl_${integrationId.replace(/^int_/, '')}_${recordId.replace(/^(con|lst)_/, '')}`;

/** Stays as it is while it is open, and where a person dismissed the same one. */
export async function openPassingConflict(tx: Transaction, conflict: PassingConflict): Promise<void> {
  const recordId = conflict.kind === 'stale_version' ? conflict.contactId : conflict.listId;
  const values = { ...conflict, id: idOf(conflict.integrationId, recordId) };
  const { kind, localValue, resolvedAt, resolution } = contactConflicts;
  const isOver = sql`${resolvedAt} is not null and ${resolution} is distinct from 'dismissed'`;
  const isAnother = sql`(${kind}, ${localValue}) is distinct from (excluded.kind, excluded.local_value)`;
  await tx
    .insert(contactConflicts)
    .values(values)
    .onConflictDoUpdate({
      target: contactConflicts.id,
      set: { ...values, resolvedAt: null, resolvedBy: null, resolution: null },
      setWhere: sql`(${isOver}) or ${isAnother}`,
    });
}

/** The records are being carried over, so that there is nothing to decide any more. */
export async function closePassingConflicts(
  tx: Transaction,
  { integrationId, recordIds }: { integrationId: string; recordIds: readonly string[] },
): Promise<void> {
  if (recordIds.length === 0) return;
  const ids = recordIds.map((recordId) => idOf(integrationId, recordId));
  await tx
    .update(contactConflicts)
    .set({ resolvedAt: sql`now()` })
    .where(and(inArray(contactConflicts.id, ids), isNull(contactConflicts.resolvedAt)));
}
