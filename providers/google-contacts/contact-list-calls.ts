/**
 * Writing labels. Members change through `members:modify`, not through the memberships of a person: it names only what
 * changes, so that it can't take a contact out of a label that it got meanwhile, needs no version mark, takes 1,000
 * contacts in a call, and keeps each contact's last label, without which Google refuses a masked update.
 * https://developers.google.com/people/api/rest/v1/contactGroups.members/modify
 */
import type { people_v1 } from '@googleapis/people';
import type { ContactListCalls } from '../contract/index.ts';
import { callGoogle } from '../google/transport.ts';
import { absentWhereNotFound, afterWriting } from './contact-calls.ts';
import { mapGroup } from './map-person.ts';
import { groupFields } from './person-fields.ts';
import { writeScope } from './scopes.ts';

export function createContactListCalls(people: people_v1.People, accessToken: string): ContactListCalls {
  const writing = (signal: AbortSignal) => ({ accessToken, signal, scope: writeScope, write: true });
  return {
    async create(name, signal) {
      const requestBody = { contactGroup: { name }, readGroupFields: groupFields };
      const group = await callGoogle(writing(signal), (options) =>
        people.contactGroups.create({ requestBody }, options),
      );
      return afterWriting(() => mapGroup(group));
    },

    async rename(remoteId, { name, etag }, signal) {
      const requestBody = {
        contactGroup: { name, ...(etag === undefined ? {} : { etag }) },
        updateGroupFields: 'name',
        readGroupFields: groupFields,
      };
      const group = await callGoogle(writing(signal), (options) =>
        people.contactGroups.update({ resourceName: remoteId, requestBody }, options),
      );
      return afterWriting(() => mapGroup(group));
    },

    async remove(remoteId, signal) {
      await callGoogle(writing(signal), (options) =>
        people.contactGroups.delete({ resourceName: remoteId, deleteContacts: false }, options),
      ).catch(absentWhereNotFound);
    },

    async changeMembers(remoteId, { add, remove }, signal) {
      if (add.length + remove.length === 0) return { notFound: [], lastList: [] };
      const requestBody = { resourceNamesToAdd: [...add], resourceNamesToRemove: [...remove] };
      const answer = await callGoogle(writing(signal), (options) =>
        people.contactGroups.members.modify({ resourceName: remoteId, requestBody }, options),
      );
      return {
        notFound: answer.notFoundResourceNames ?? [],
        lastList: answer.canNotRemoveLastContactGroupResourceNames ?? [],
      };
    },
  };
}
