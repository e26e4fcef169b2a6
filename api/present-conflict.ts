import type { Executor } from '../db/client.ts';
import {
  type ConflictWithContact,
  findCandidates,
  findRemoteCandidates,
  type RemoteCandidate,
} from '../db/queries/contact-conflicts.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import type { Scope } from '../db/queries/scope.ts';
import { choicesOf, titleOf } from './conflict-kinds.ts';
import type { Conflict } from './contract/conflict.ts';
import { nameOf } from './name-contact.ts';
import { fieldsOf } from './read-pair.ts';
import { contactFieldsOfPerson } from './read-person.ts';

const resolutions = ['harmony', 'provider', 'dismissed', 'linked'] as const;

/** Who the candidates are, as far as they are here. */
export interface Candidates {
  readonly contacts: ReadonlyMap<string, ContactRow>;
  readonly remotes: ReadonlyMap<string, RemoteCandidate>;
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
    remotes: await findRemoteCandidates(db, integrationIds, ids),
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
    title: titleOf(row),
    choices: choicesOf(row).filter((choice) => choice !== 'link' || isAnyFree(row, known)),
    harmonyValue: row.localValue,
    providerValue: row.remoteValue,
    base: row.hasBase ? { harmony: row.baseLocal, provider: row.baseRemote } : null,
    candidates: (row.candidates ?? []).map((candidateId) => {
      const contact = known.contacts.get(candidateId);
      const fields = contact
        ? fieldsOf(contact)
        : contactFieldsOfPerson(known.remotes.get(candidateId)?.shadow);
      return { id: candidateId, name: nameOf(fields), email: fields.email ?? null };
    }),
    open: row.resolvedAt === null,
    resolution: resolutions.find((known) => known === row.resolution) ?? null,
    resolvedBy: row.resolvedBy,
    resolvedAt: row.resolvedAt,
  };
}

/** A remote contact that is another contact's is nobody else's to take. */
const isAnyFree = ({ contactId, candidates }: ConflictWithContact['conflict'], known: Candidates): boolean =>
  (candidates ?? []).some((id) => [null, contactId].includes(known.remotes.get(id)?.contactId ?? null));
