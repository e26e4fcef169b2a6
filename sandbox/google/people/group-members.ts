/** Who is in a group: contactGroups/…/members:modify, and what a group's deletion does to its members. */
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { invalidArgument, personNotFound } from '../errors.ts';
import type { ContactRecord, ContactStore } from './contact-store.ts';
import { joinableSystemGroups } from './group-store.ts';
import { type FieldEntry, groupOf } from './normalise-person.ts';
import type { PeopleParts } from './people-parts.ts';

const MAX_CHANGES = 1000;
const MY_CONTACTS = 'contactGroups/myContacts';

interface Modification {
  resourceNamesToAdd?: string[];
  resourceNamesToRemove?: string[];
}

export function modifyMembers(
  parts: PeopleParts,
  account: GoogleAccount,
  group: string,
  body: unknown,
): Answer {
  const { resourceNamesToAdd: add = [], resourceNamesToRemove: remove = [] } = (body ?? {}) as Modification;
  const record = parts.groups(account).find(group);
  if (record === undefined) throw personNotFound();
  if (add.length + remove.length === 0 || add.length + remove.length > MAX_CHANGES)
    throw invalidArgument(`The resource names to add and to remove must be 1 to ${MAX_CHANGES} together.`);
  if (record.system && add.length > 0 && !joinableSystemGroups.includes(group))
    throw invalidArgument('Contacts can be added only to user groups, myContacts and starred.');
  const store = parts.contacts(account);
  const notFoundResourceNames: string[] = [];
  const canNotRemoveLastContactGroupResourceNames: string[] = [];
  for (const name of add) {
    const found = store.find(name);
    if (found === undefined) notFoundResourceNames.push(name);
    else setGroups(store, found, new Set([...groupsOf(store, found.record), group]));
  }
  for (const name of remove) {
    const found = store.find(name);
    if (found === undefined) notFoundResourceNames.push(name);
    else {
      const left = new Set(groupsOf(store, found.record));
      left.delete(group);
      if (left.size === 0) canNotRemoveLastContactGroupResourceNames.push(name);
      else setGroups(store, found, left);
    }
  }
  return {
    status: 200,
    body: {
      ...(notFoundResourceNames.length > 0 && { notFoundResourceNames }),
      ...(canNotRemoveLastContactGroupResourceNames.length > 0 && {
        canNotRemoveLastContactGroupResourceNames,
      }),
    },
  };
}

/** Takes every member out of a group that is about to be deleted, or deletes the members too. */
export function dropMembership(
  parts: PeopleParts,
  account: GoogleAccount,
  group: string,
  deleteContacts: boolean,
): void {
  const store = parts.contacts(account);
  for (const name of parts.groups(account).members(group, Number.POSITIVE_INFINITY)) {
    const found = store.find(name);
    if (found === undefined) continue;
    if (deleteContacts) store.delete(found.name);
    else {
      const left = new Set(groupsOf(store, found.record));
      left.delete(group);
      if (left.size === 0) left.add(MY_CONTACTS);
      setGroups(store, found, left);
    }
  }
}

function groupsOf(store: ContactStore, record: ContactRecord): string[] {
  const json = store.fieldJson(record, 'memberships');
  return json === '' ? [] : (JSON.parse(json) as FieldEntry[]).flatMap((entry) => groupOf(entry) ?? []);
}

/** Writes only where something changes, so that adding a member twice moves no etag. */
function setGroups(
  store: ContactStore,
  found: { name: string; record: ContactRecord },
  groups: ReadonlySet<string>,
): void {
  const before = groupsOf(store, found.record);
  if (before.length === groups.size && before.every((group) => groups.has(group))) return;
  const memberships = [...groups].map((group) => ({
    contactGroupMembership: { contactGroupResourceName: group },
  }));
  store.update(found.name, found.record, { memberships });
}
