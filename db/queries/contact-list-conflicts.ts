/** Lists that a sync leaves as they are until somebody changes something: one conflict for each list of an integration. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contactConflicts } from '../schema/index.ts';
import type { NewConflict } from './contact-outcome.ts';

const conflictOf = (integrationId: string, listId: string): string =>
  `cfl_${integrationId.replace(/^int_/, '')}_${listId.replace(/^lst_/, '')}`;

type ListConflict = Omit<NewConflict, 'id' | 'kind' | 'integrationId' | 'localValue'> & {
  readonly kind: 'lists_held_back' | 'list_name_taken';
  readonly integrationId: string;
  readonly listId: string;
  /** What the list is called. */
  readonly name: string | null;
};

/** Stays as it is while it is open, and where a person dismissed the same one. */
export async function openListConflict(tx: Transaction, { name, ...conflict }: ListConflict): Promise<void> {
  const id = conflictOf(conflict.integrationId, conflict.listId);
  const values = { ...conflict, id, localValue: name };
  const { kind, localValue, resolvedAt, resolvedBy } = contactConflicts;
  const isCarriedOver = sql`${resolvedAt} is not null and ${resolvedBy} is null`;
  const isAnother = sql`(${kind}, ${localValue}) is distinct from (excluded.kind, excluded.local_value)`;
  await tx
    .insert(contactConflicts)
    .values(values)
    .onConflictDoUpdate({
      target: contactConflicts.id,
      set: { ...values, resolvedAt: null, resolvedBy: null, resolution: null },
      setWhere: sql`(${isCarriedOver}) or ${isAnother}`,
    });
}

/** The list was carried over, so that there is nothing to decide any more. */
export async function closeListConflict(
  tx: Transaction,
  integrationId: string,
  listId: string,
): Promise<void> {
  await tx
    .update(contactConflicts)
    .set({ resolvedAt: sql`now()` })
    .where(
      and(eq(contactConflicts.id, conflictOf(integrationId, listId)), isNull(contactConflicts.resolvedAt)),
    );
}
