/** Which unlinked remote contacts are which of the user's contacts: looked at together with all that they may match. */
import type { Executor } from '../../db/client.ts';
import {
  ambiguousRemotes,
  findUnlinkedContacts,
  findUnlinkedRemotes,
  type UnlinkedContact,
  type UnlinkedRemote,
} from '../../db/queries/contact-matching.ts';
import { type MatchKey, matchContacts } from '../../sync/match-contacts.ts';
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
  /** All that was looked at: whatever may match one of them is among them. */
  readonly remoteIds: readonly string[];
  readonly contactIds: readonly string[];
}

const emptyBook: MatchBook = {
  ...{ byRemote: new Map(), byContact: new Map(), reviewed: new Map() },
  ...{ groups: [], remoteIds: [], contactIds: [] },
};

export interface MatchSubject {
  readonly remoteIds: readonly string[];
  readonly contactIds: readonly string[];
  readonly decisions?: readonly MatchDecision[];
  /** Remote contacts that go on with contacts whose own ones are gone: nobody else is one of them. */
  readonly taken?: { has(remoteId: string): boolean };
}

/** Whose address books are matched, and whether they are at all. */
type Matching = Pick<ContactSync, 'integrationId' | 'userId' | 'mapsOwn'>;

export async function openMatchBook(
  db: Executor,
  sync: Matching,
  { remoteIds, contactIds, decisions = [], taken = new Set() }: MatchSubject,
): Promise<MatchBook> {
  // Contacts that are only read match nobody, and the others are not to be touched.
  if (!sync.mapsOwn) return emptyBook;
  const asked = new Set([...remoteIds, ...contactIds]);
  const pairs = decisions.filter(
    ({ contactId, remoteId }) => asked.has(contactId ?? '') || asked.has(remoteId ?? ''),
  );
  const { remotes, contacts } = await gather(db, sync, {
    remoteIds: [...remoteIds, ...pairs.flatMap(({ remoteId }) => remoteId ?? [])],
    contactIds: [...contactIds, ...pairs.flatMap(({ contactId }) => contactId ?? [])],
  });
  const decided = new Set(decisions.flatMap(({ contactId, remoteId }) => [contactId, remoteId]));
  const { links, review } = matchContacts({
    locals: [...contacts.values()].filter(({ id }) => !decided.has(id)).map(toLocal),
    persons: [...remotes.values()]
      .filter(({ remoteId }) => !decided.has(remoteId) && !taken.has(remoteId))
      .map(toPerson),
  });
  const tied = decisions.flatMap(({ contactId, remoteId }) =>
    contactId !== null && remoteId !== null && contacts.has(contactId) && remotes.has(remoteId)
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
    remoteIds: [...remotes.keys()],
    contactIds: [...contacts.keys()],
  };
}

/**
 * By remote id, of remote contacts that are tied to contacts in the archive: the living contact that each matches. Whoever may
 * match what is tied to nothing, or has been decided on, is left to that.
 */
export async function matchTied(
  db: Executor,
  sync: Matching,
  { remoteIds, decisions = [] }: Omit<MatchSubject, 'contactIds'>,
): Promise<ReadonlyMap<string, string>> {
  if (!sync.mapsOwn || remoteIds.length === 0) return new Map();
  const { integrationId } = sync;
  const tied = await findUnlinkedRemotes(db, { integrationId, sought: { ids: remoteIds }, tied: true });
  const { remotes, contacts } = await gather(db, sync, { remoteIds: [], contactIds: [] }, tied);
  const locals = [...contacts.values()].map(toLocal);
  const others = [...remotes.values()].map(toPerson);
  const { links, review } = matchContacts({ locals, persons: others });
  const claimed = new Set([
    ...links.map(({ contactId }) => contactId),
    ...review.flatMap(({ contactIds }) => contactIds),
    ...decisions.map(({ contactId }) => contactId),
  ]);
  const all = matchContacts({ locals, persons: [...others, ...tied.map(toPerson)] });
  const mine = new Set(tied.map(({ remoteId }) => remoteId));
  return new Map(
    all.links.flatMap(({ contactId, resourceName }) =>
      mine.has(resourceName) && !claimed.has(contactId) ? [[resourceName, contactId] as const] : [],
    ),
  );
}

const toLocal = ({ id, email, phone, firstName, lastName }: UnlinkedContact) => ({
  ...{ id, version: 0, fields: { email, phone, firstName, lastName } },
});

const toPerson = ({ remoteId, keys: _, ...lists }: UnlinkedRemote) => ({ resourceName: remoteId, ...lists });

interface Gathered {
  readonly remotes: ReadonlyMap<string, UnlinkedRemote>;
  readonly contacts: ReadonlyMap<string, UnlinkedContact>;
}

/**
 * These, what shares a key with them, what shares one with that, and so on: nothing outside can change how they match,
 * and nearly always that is a handful for each. `besides`: also what shares a key with one of those.
 */
async function gather(
  db: Executor,
  { integrationId, userId }: Matching,
  ids: { remoteIds: readonly string[]; contactIds: readonly string[] },
  besides: readonly UnlinkedRemote[] = [],
): Promise<Gathered> {
  const remotes = new Map<string, UnlinkedRemote>();
  const contacts = new Map<string, UnlinkedContact>();
  const add = (found: { remotes: readonly UnlinkedRemote[]; contacts: readonly UnlinkedContact[] }) => {
    for (const remote of found.remotes) remotes.set(remote.remoteId, remote);
    for (const contact of found.contacts) contacts.set(contact.id, contact);
    return found;
  };
  const sought = { remotes: { ids: ids.remoteIds }, contacts: { ids: ids.contactIds } };
  let fresh = add({
    remotes: await findUnlinkedRemotes(db, { integrationId, sought: sought.remotes }),
    contacts: await findUnlinkedContacts(db, { userId, integrationId, sought: sought.contacts }),
  });
  fresh = { ...fresh, remotes: [...fresh.remotes, ...besides] };
  while (fresh.remotes.length > 0 || fresh.contacts.length > 0) {
    const keysOf = (rows: readonly { keys: readonly string[] }[]) => [
      ...new Set(rows.flatMap(({ keys }) => keys)),
    ];
    const remoteKeys = keysOf(fresh.contacts);
    const contactKeys = keysOf(fresh.remotes);
    fresh = add({
      remotes:
        remoteKeys.length === 0
          ? []
          : await findUnlinkedRemotes(db, {
              ...{ integrationId, sought: { keys: remoteKeys, known: [...remotes.keys()] } },
            }),
      contacts:
        contactKeys.length === 0
          ? []
          : await findUnlinkedContacts(db, {
              ...{ userId, integrationId, sought: { keys: contactKeys, known: [...contacts.keys()] } },
            }),
    });
  }
  return { remotes, contacts };
}

const parkedAtOnce = 500;

/** Remote contacts that are parked as doubtful and are clear by now. */
export async function findCleared(
  db: Executor,
  sync: ContactSync,
  decisions: readonly MatchDecision[],
): Promise<string[]> {
  const cleared: string[] = [];
  for (let afterId = ''; ; ) {
    const { integrationId } = sync;
    const remoteIds = await ambiguousRemotes(db, { integrationId, afterId, limit: parkedAtOnce });
    const { reviewed } = await openMatchBook(db, sync, { remoteIds, contactIds: [], decisions });
    cleared.push(...remoteIds.filter((id) => !reviewed.has(id)));
    if (remoteIds.length < parkedAtOnce) return cleared;
    afterId = remoteIds.at(-1) as string;
  }
}
