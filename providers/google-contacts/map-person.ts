import type { people_v1 } from '@googleapis/people';
import type { ContactListRecord, ContactRecord } from '../contract/index.ts';
import { requireId } from '../google/listing.ts';

type GooglePerson = people_v1.Schema$Person;
type GoogleGroup = people_v1.Schema$ContactGroup;

/** Splits a page into records and deletions; a deleted contact is gone under its former names too. */
export function sortPeople(people: readonly GooglePerson[]): {
  upserts: ContactRecord[];
  deletions: string[];
} {
  const upserts: ContactRecord[] = [];
  const deletions: string[] = [];
  for (const person of people) {
    if (person.metadata?.deleted !== true) upserts.push(mapPerson(person));
    else deletions.push(requireId(person.resourceName), ...(person.metadata.previousResourceNames ?? []));
  }
  return { upserts, deletions };
}

/** `raw` is Google's own parsed object, not a copy: pages hold 1,000 persons. */
export function mapPerson(person: GooglePerson): ContactRecord {
  const record: { -readonly [K in keyof ContactRecord]: ContactRecord[K] } = {
    remoteId: requireId(person.resourceName),
    raw: person,
  };
  // The contact's own source tells when and what changed; the person's etag and time cover linked profiles as well.
  const source = person.metadata?.sources?.find(({ type }) => type === 'CONTACT' || type === 'OTHER_CONTACT');
  const etag = source?.etag ?? person.etag;
  if (etag) record.etag = etag;
  if (source?.updateTime) record.updatedAt = source.updateTime;
  const formerRemoteIds = person.metadata?.previousResourceNames;
  if (formerRemoteIds && formerRemoteIds.length > 0) record.formerRemoteIds = formerRemoteIds;
  return record;
}

export function sortGroups(groups: readonly GoogleGroup[]): {
  upserts: ContactListRecord[];
  deletions: string[];
} {
  const upserts: ContactListRecord[] = [];
  const deletions: string[] = [];
  for (const group of groups) {
    if (group.metadata?.deleted === true) deletions.push(requireId(group.resourceName));
    else upserts.push(mapGroup(group));
  }
  return { upserts, deletions };
}

/** The only groups of Google's own that take members; the others (friends, family, coworkers) are left from former times. */
const joinable: readonly string[] = ['contactGroups/myContacts', 'contactGroups/starred'];

export function mapGroup(group: GoogleGroup): ContactListRecord {
  const remoteId = requireId(group.resourceName);
  const system = group.groupType === 'SYSTEM_CONTACT_GROUP';
  return {
    remoteId,
    ...(group.etag ? { etag: group.etag } : {}),
    ...(group.metadata?.updateTime ? { updatedAt: group.metadata.updateTime } : {}),
    raw: group,
    name: (system ? group.formattedName : undefined) || group.name || remoteId,
    system,
    ...(system && !joinable.includes(remoteId) ? { takesMembers: false } : {}),
  };
}
