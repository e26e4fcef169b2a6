/**
 * Conflicts about what a sync could not carry over and tries again: one for each contact, list or membership, closed once
 * that is carried over.
 */
import { and, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contactConflicts } from '../schema/index.ts';
import type { NewConflict } from './contact-outcome.ts';

export type PassingConflict = Omit<NewConflict, 'id'> & { readonly integrationId: string } & (
    | { readonly kind: 'lists_held_back' | 'list_name_taken'; readonly listId: string }
    | { readonly kind: 'stale_version'; readonly contactId: string }
    /** That the contact is on the list, or is not. */
    | { readonly kind: 'refused'; readonly contactId: string; readonly listId: string }
  );

/** Which record of an integration: the id of a contact or a list, or both of a membership. */
const idOf = (integrationId: string, ...recordIds: readonly string[]): string =>
  ['cfl', ...[integrationId, ...recordIds].map((id) => id.replace(/^(int|con|lst)_/, ''))].join('_');

function toRow(conflict: PassingConflict): NewConflict {
  const { integrationId, contactId, listId } = conflict;
  return { ...conflict, id: idOf(integrationId, ...[contactId, listId].flatMap((id) => id ?? [])) };
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
  const { id, kind, localValue, resolvedAt, resolution } = contactConflicts;
  const isDismissed = sql`${resolution} is not distinct from 'dismissed' and ${kind} <> 'refused'`;
  const isOver = sql`${resolvedAt} is not null and not (${isDismissed})`;
  const isAnother = sql`(${kind}, ${localValue}) is distinct from (excluded.kind, excluded.local_value)`;
  const opened = await tx
    .insert(contactConflicts)
    .values(conflicts.map(toRow))
    .onConflictDoUpdate({ target: id, set: asNew, setWhere: sql`(${isOver}) or ${isAnother}` })
    .returning({ id });
  return opened.length;
}

/** The records are being carried over, so that there is nothing to decide any more. */
export async function closePassingConflicts(
  tx: Transaction,
  { integrationId, recordIds }: { integrationId: string; recordIds: readonly string[] },
): Promise<void> {
  await close(
    tx,
    recordIds.map((recordId) => idOf(integrationId, recordId)),
  );
}

/** As `closePassingConflicts`, of memberships. */
export async function closeRefusedMembers(
  tx: Transaction,
  input: { integrationId: string; members: readonly { contactId: string; listId: string }[] },
): Promise<void> {
  await close(
    tx,
    input.members.map(({ contactId, listId }) => idOf(input.integrationId, contactId, listId)),
  );
}

async function close(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(contactConflicts)
    .set({ resolvedAt: sql`now()` })
    .where(and(inArray(contactConflicts.id, [...ids]), isNull(contactConflicts.resolvedAt)));
}
