/** Which unlinked remote contacts are which of the user's contacts: the whole address book at a time, in a slim form. */
import type { Executor } from '../../db/client.ts';
import { unlinkedContacts, unlinkedShadows } from '../../db/queries/contact-planning.ts';
import { type MatchKey, matchContacts } from '../../sync/match-contacts.ts';
import { elementsOf, type Person, type PersonWithName } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';

/** A person's decisions on doubtful groups: both ids tie them, one alone says that it has no counterpart. */
export interface MatchDecision {
  readonly contactId: string | null;
  readonly remoteId: string | null;
}

export interface MatchBook {
  /** By remote id and by contact id. */
  readonly byRemote: ReadonlyMap<string, { contactId: string; by: MatchKey }>;
  readonly byContact: ReadonlyMap<string, { remoteId: string; by: MatchKey }>;
  /** Those that wait for a person, with their possible counterparts. */
  readonly reviewed: ReadonlyMap<string, readonly string[]>;
  readonly groups: readonly { contactIds: string[]; resourceNames: string[] }[];
  /** Parked as doubtful before, and clear now: to be planned again, by whoever takes them out. */
  readonly cleared: string[];
  readonly hasContact: (contactId: string) => boolean;
  readonly hasRemote: (remoteId: string) => boolean;
}

const shadowsAtOnce = 2000;

/** What matching looks at; the rest of a shadow is let go. */
const matchedLists = ['names', 'emailAddresses', 'phoneNumbers', 'clientData'] as const;

function slim(remoteId: string, shadow: Person): PersonWithName {
  const person: PersonWithName = { resourceName: remoteId };
  for (const list of matchedLists) {
    const elements = elementsOf(shadow, list);
    if (elements.length > 0) person[list] = [...elements];
  }
  return person;
}

export async function openMatchBook(
  db: Executor,
  sync: ContactSync,
  decisions: readonly MatchDecision[] = [],
): Promise<MatchBook> {
  const { integrationId, userId } = sync;
  const persons: PersonWithName[] = [];
  const doubtful: string[] = [];
  for (let afterId = ''; ; ) {
    const page = await unlinkedShadows(db, { integrationId, afterId, limit: shadowsAtOnce });
    for (const { remoteId, shadow, parked } of page) {
      persons.push(slim(remoteId, shadow as Person));
      if (parked?.reason === 'ambiguous_match') doubtful.push(remoteId);
    }
    if (page.length < shadowsAtOnce) break;
    afterId = page.at(-1)?.remoteId ?? '';
  }
  const rows = persons.length === 0 ? [] : await unlinkedContacts(db, { userId, integrationId });
  const locals = rows.map(({ id, ...fields }) => ({ id, version: 0, fields }));
  const decided = new Set(decisions.flatMap(({ contactId, remoteId }) => [contactId, remoteId]));
  const { links, review } = matchContacts({
    locals: locals.filter(({ id }) => !decided.has(id)),
    persons: persons.filter(({ resourceName }) => !decided.has(resourceName)),
  });
  const remotes = new Set(persons.map(({ resourceName }) => resourceName));
  const contactIds = new Set(locals.map(({ id }) => id));
  const tied = decisions.flatMap(({ contactId, remoteId }) =>
    contactId !== null && remoteId !== null && contactIds.has(contactId) && remotes.has(remoteId)
      ? [{ contactId, resourceName: remoteId, by: 'email' as const }]
      : [],
  );
  const all = [...tied, ...links];
  const reviewed = new Map<string, readonly string[]>();
  for (const group of review) {
    for (const id of group.contactIds) reviewed.set(id, group.resourceNames);
    for (const id of group.resourceNames) reviewed.set(id, group.contactIds);
  }
  return {
    byRemote: new Map(all.map(({ contactId, resourceName, by }) => [resourceName, { contactId, by }])),
    byContact: new Map(
      all.map(({ contactId, resourceName, by }) => [contactId, { remoteId: resourceName, by }]),
    ),
    reviewed,
    groups: review,
    cleared: doubtful.filter((id) => !reviewed.has(id)),
    hasContact: (id) => contactIds.has(id),
    hasRemote: (id) => remotes.has(id),
  };
}
