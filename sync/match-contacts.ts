// First sync: which contact is which person. Marker, then e-mail, then phone and name; only mutual one-to-one
// matches link by themselves, the rest go to review.
import { canonicalize, type FieldValue } from './contact-fields.ts';
import type { LocalContact } from './operations.ts';
import { elementsOf, markersOf, type PersonWithName } from './person.ts';

export type MatchKey = 'marker' | 'email' | 'phone_and_name';

export interface MatchInput {
  /** Contacts and persons without a link; persons that are linked already are left out by the caller. */
  locals: readonly LocalContact[];
  persons: readonly PersonWithName[];
  /** Contact id by op id, for creates of ours whose answer was lost. */
  contactByOp?: ReadonlyMap<string, string>;
}

export interface MatchResult {
  links: { contactId: string; resourceName: string; by: MatchKey }[];
  /** Groups that a person has to sort out; nothing is created or written for their members meanwhile. */
  review: { contactIds: string[]; resourceNames: string[] }[];
  unmatchedContactIds: string[];
  unmatchedResourceNames: string[];
}

interface Side {
  id: string;
  keys: Record<MatchKey, readonly string[]>;
}

const STAGES: readonly MatchKey[] = ['marker', 'email', 'phone_and_name'];

export function matchContacts({ locals, persons, contactByOp = new Map() }: MatchInput): MatchResult {
  const locally = locals.map(localSide);
  const remotely = persons.map((person) => remoteSide(person, contactByOp));
  const linkedLocal = new Map<string, { resourceName: string; by: MatchKey }>();
  const linkedRemote = new Set<string>();
  const doubts: { contactId: string; resourceName: string }[] = [];

  for (const by of STAGES) {
    // Uniqueness counts all, linked ones too: an address that two persons share proves nothing about the second.
    const { partnersOfLocal, partnersOfRemote } = findPartners(locally, remotely, by);
    for (const [contactId, partners] of partnersOfLocal) {
      for (const resourceName of partners) {
        if (linkedLocal.has(contactId) || linkedRemote.has(resourceName)) continue;
        const isMutual = partners.size === 1 && partnersOfRemote.get(resourceName)?.size === 1;
        if (isMutual) {
          linkedLocal.set(contactId, { resourceName, by });
          linkedRemote.add(resourceName);
        } else doubts.push({ contactId, resourceName });
      }
    }
  }
  const open = doubts.filter((d) => !linkedLocal.has(d.contactId) && !linkedRemote.has(d.resourceName));
  const review = groupDoubts(open);
  const reviewed = new Set(review.flatMap((group) => [...group.contactIds, ...group.resourceNames]));
  return {
    links: [...linkedLocal].map(([contactId, link]) => ({ contactId, ...link })).sort(byContactId),
    review,
    unmatchedContactIds: locally
      .map((side) => side.id)
      .filter((id) => !linkedLocal.has(id) && !reviewed.has(id))
      .sort(),
    unmatchedResourceNames: remotely
      .map((side) => side.id)
      .filter((id) => !linkedRemote.has(id) && !reviewed.has(id))
      .sort(),
  };
}

function findPartners(locally: readonly Side[], remotely: readonly Side[], by: MatchKey) {
  const remotesByKey = new Map<string, string[]>();
  for (const { id, keys } of remotely) {
    for (const key of new Set(keys[by])) remotesByKey.set(key, [...(remotesByKey.get(key) ?? []), id]);
  }
  const partnersOfLocal = new Map<string, Set<string>>();
  const partnersOfRemote = new Map<string, Set<string>>();
  for (const { id, keys } of locally) {
    for (const resourceName of keys[by].flatMap((key) => remotesByKey.get(key) ?? [])) {
      addTo(partnersOfLocal, id, resourceName);
      addTo(partnersOfRemote, resourceName, id);
    }
  }
  return { partnersOfLocal, partnersOfRemote };
}

/** Connected groups of doubtful pairs. */
function groupDoubts(pairs: readonly { contactId: string; resourceName: string }[]): MatchResult['review'] {
  const contactsOf = new Map<string, Set<string>>();
  const personsOf = new Map<string, Set<string>>();
  for (const { contactId, resourceName } of pairs) {
    addTo(personsOf, contactId, resourceName);
    addTo(contactsOf, resourceName, contactId);
  }
  const seen = new Set<string>();
  const groups: MatchResult['review'] = [];
  for (const start of [...personsOf.keys()].sort()) {
    if (seen.has(start)) continue;
    const contactIds = new Set([start]);
    const resourceNames = new Set<string>();
    // A Set's iterator also visits what is added on the way.
    for (const contactId of contactIds) {
      seen.add(contactId);
      for (const resourceName of personsOf.get(contactId) ?? []) {
        resourceNames.add(resourceName);
        for (const other of contactsOf.get(resourceName) ?? []) contactIds.add(other);
      }
    }
    groups.push({ contactIds: [...contactIds].sort(), resourceNames: [...resourceNames].sort() });
  }
  return groups;
}

function localSide({ id, fields }: LocalContact): Side {
  const name = nameKey(fields.firstName, fields.lastName);
  return {
    id,
    keys: { marker: [id], email: emailKeys([fields.email]), phone_and_name: phoneKeys([fields.phone], name) },
  };
}

function remoteSide(person: PersonWithName, contactByOp: ReadonlyMap<string, string>): Side {
  const values = (list: string, subfield: string) =>
    elementsOf(person, list).map((element) => element[subfield] as FieldValue | undefined);
  const name = nameKey(values('names', 'givenName')[0], values('names', 'familyName')[0]);
  return {
    id: person.resourceName,
    keys: {
      marker: markersOf(person).flatMap((op) => contactByOp.get(op) ?? []),
      email: emailKeys(values('emailAddresses', 'value')),
      phone_and_name: phoneKeys(values('phoneNumbers', 'value'), name),
    },
  };
}

function emailKeys(values: readonly (FieldValue | undefined)[]): string[] {
  return values.map((value) => canonicalize('email', value)).filter((key) => key !== '');
}

function phoneKeys(values: readonly (FieldValue | undefined)[], name: string): string[] {
  if (name === '') return [];
  const phones = values.map((value) => canonicalize('phone', value)).filter((key) => key !== '');
  return phones.map((phone) => `${phone} ${name}`);
}

function nameKey(first: FieldValue | undefined, last: FieldValue | undefined): string {
  return canonicalize('text', `${first ?? ''} ${last ?? ''}`).toLowerCase();
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}

function byContactId(a: { contactId: string }, b: { contactId: string }): number {
  return a.contactId < b.contactId ? -1 : 1;
}
