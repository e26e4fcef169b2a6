import type { Executor } from '../db/client.ts';
import { type ConflictWithContact, findCandidates, findShadows } from '../db/queries/contact-conflicts.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import type { Scope } from '../db/queries/scope.ts';
import type { Conflict } from './contract/conflict.ts';
import { nameOf } from './name-contact.ts';
import { fieldsOf } from './read-pair.ts';
import { contactFieldsOfPerson } from './read-person.ts';

const titles: Readonly<Record<string, string>> = {
  maybe_merged: 'Deleted at the provider, perhaps because it was merged with another contact',
  ambiguous_match: 'Could be the same person as more than one contact of the other side',
  unstorable_value: 'The provider can not hold this value',
  stale_version: 'Somebody changed it at the provider time and again while we wrote; we try again in an hour',
  lists_held_back:
    'So many lists would go at once that none was removed; remove or restore some of them yourself',
  list_name_taken: 'The provider has another group of this name; give the list or that group another name',
  double_merged:
    'It was created twice at the provider, and the second one was merged into another contact there',
  duplicate_marker: 'It was created twice at the provider, and somebody changed both',
};

const resolutions = ['harmony', 'provider', 'dismissed', 'linked'] as const;

/** Who the candidates are, as far as they are here. */
export interface Candidates {
  readonly contacts: ReadonlyMap<string, ContactRow>;
  readonly shadows: ReadonlyMap<string, unknown>;
}

export async function loadCandidates(
  db: Executor,
  scope: Scope,
  rows: readonly ConflictWithContact[],
): Promise<Candidates> {
  const ids = [...new Set(rows.flatMap(({ conflict }) => conflict.candidates ?? []))];
  const integrationIds = [...new Set(rows.map(({ conflict }) => conflict.integrationId))];
  return {
    contacts: await findCandidates(db, scope, ids),
    shadows: await findShadows(db, integrationIds, ids),
  };
}

export function presentConflict(
  { conflict: row, contact }: ConflictWithContact,
  known: Candidates,
): Conflict {
  const { id, integrationId, runId, contactId, listId, remoteId } = row;
  const { kind, field, winner, rule, policy, at } = row;
  return {
    ...{ id, integrationId, runId, contactId, listId, remoteId, kind, field, winner, rule, policy, at },
    contactName: contact === null ? null : nameOf(fieldsOf(contact)),
    title: titles[kind] ?? describeValue(row.field, row.winner),
    harmonyValue: row.localValue,
    providerValue: row.remoteValue,
    base: row.hasBase ? { harmony: row.baseLocal, provider: row.baseRemote } : null,
    candidates: (row.candidates ?? []).map((candidateId) => {
      const contact = known.contacts.get(candidateId);
      const fields = contact ? fieldsOf(contact) : contactFieldsOfPerson(known.shadows.get(candidateId));
      return { id: candidateId, name: nameOf(fields), email: fields.email ?? null };
    }),
    open: row.resolvedAt === null,
    resolution: resolutions.find((known) => known === row.resolution) ?? null,
    resolvedBy: row.resolvedBy,
    resolvedAt: row.resolvedAt,
  };
}

function describeValue(field: string | null, winner: 'harmony' | 'provider' | null): string {
  const side = winner === 'harmony' ? "Harmony's" : "the provider's";
  return `Both sides had another ${field ?? 'value'}; ${side} was taken`;
}
