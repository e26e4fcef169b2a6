// Google's raw Person JSON, as far as the core looks into it (People API v1, `Person`).

export interface PersonSource {
  type?: string;
  id?: string;
  etag?: string;
  updateTime?: string;
}

/** One entry of a multi-valued field. Subfields that the core doesn't know pass through untouched. */
export interface PersonElement {
  metadata?: { primary?: boolean; sourcePrimary?: boolean; source?: PersonSource };
  type?: string;
  [subfield: string]: unknown;
}

export interface Person {
  resourceName?: string;
  etag?: string;
  metadata?: { sources?: PersonSource[]; previousResourceNames?: string[]; deleted?: boolean };
  clientData?: PersonElement[];
  [list: string]: unknown;
}

const NO_ELEMENTS: readonly PersonElement[] = [];

export function elementsOf(person: Person, list: string): readonly PersonElement[] {
  const elements = person[list];
  return Array.isArray(elements) ? (elements as PersonElement[]) : NO_ELEMENTS;
}

/** A contact itself, in the address book or among the other contacts; not a profile that Google joined to it. */
export const isContactSource = (type: string | undefined): boolean =>
  type === 'CONTACT' || type === 'OTHER_CONTACT';

/** The contact's own source carries the etag that updates need and the only modified time that exists. */
export function contactSource(person: Person): PersonSource | undefined {
  return person.metadata?.sources?.find(({ type }) => isContactSource(type));
}

/** `clientData` key under which a create carries its op id (rule 13). */
export const MARKER_KEY = 'harmony-op';

/** The op ids of ours that the contact carries; a merge in Google's page can leave more than one. */
export function markersOf(person: Person): string[] {
  return elementsOf(person, 'clientData').flatMap((data) =>
    data.key === MARKER_KEY && typeof data.value === 'string' ? [data.value] : [],
  );
}

export type PersonWithName = Person & { resourceName: string };

/** The groups that one of both alone is in, by resource name. */
export function groupsMoved(one: Person, other: Person): string[] {
  const [mine, theirs] = [groupsOf(one), groupsOf(other)];
  return [...mine.filter((id) => !theirs.includes(id)), ...theirs.filter((id) => !mine.includes(id))];
}

/** The groups that the contact is in, by resource name. */
export function groupsOf(person: Person): string[] {
  return elementsOf(person, 'memberships').flatMap(({ contactGroupMembership }) => {
    const name = (contactGroupMembership as { contactGroupResourceName?: unknown } | undefined)
      ?.contactGroupResourceName;
    return typeof name === 'string' ? [name] : [];
  });
}
