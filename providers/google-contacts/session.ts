import { people_v1 } from '@googleapis/people';
import {
  type FetchRequest,
  type ProviderEnvironment,
  ProviderError,
  type RecordPage,
  type Session,
} from '../contract/index.ts';
import { createCursors } from '../google/cursor.ts';
import { originOf } from '../google/environment.ts';
import { askGrantedScopes } from '../google/granted-scopes.ts';
import { nextOf, recordsOf } from '../google/listing.ts';
import { callGoogle } from '../google/transport.ts';
import { askWhoAmI } from '../google/who-am-i.ts';
import { confirmByListing, confirmContactsGone, confirmGroupsGone } from './confirm-gone.ts';
import { createContactCalls } from './contact-calls.ts';
import { createContactListCalls } from './contact-list-calls.ts';
import { sortGroups, sortPeople } from './map-person.ts';
import { contactSources, groupFields, otherContactFields, personFields } from './person-fields.ts';
import { otherContactsScope, readScope } from './scopes.ts';

export function openContactsSession(
  { accessToken }: { readonly accessToken: string },
  environment: ProviderEnvironment,
): Session {
  const people = new people_v1.People({ rootUrl: originOf(environment, 'people') });
  const contacts = createContactCalls(people, accessToken);
  return {
    whoAmI: (signal) => askWhoAmI({ accessToken, environment, signal }),
    grantedScopes: (signal) => askGrantedScopes({ accessToken, environment, signal }),
    fetchPage: async (request) => {
      if (request.stream === 'contacts') return fetchContacts(people, accessToken, request);
      if (request.stream === 'groups') return fetchGroups(people, accessToken, request);
      if (request.stream === 'other_contacts') return fetchOtherContacts(people, accessToken, request);
      throw unknownStream();
    },
    confirmGone: async (request) => {
      if (request.stream === 'contacts') {
        return confirmContactsGone(people, accessToken, { ...request, getMany: contacts.getMany });
      }
      if (request.stream === 'groups') return confirmGroupsGone(people, accessToken, request);
      if (request.stream === 'other_contacts') {
        return confirmByListing(request, (cursor) =>
          fetchOtherContacts(people, accessToken, { ...request, cursor }),
        );
      }
      throw unknownStream();
    },
    contacts,
    contactLists: createContactListCalls(people, accessToken),
  };
}

const contactParameters = {
  resourceName: 'people/me',
  personFields,
  sources: contactSources,
  pageSize: 1000,
  requestSyncToken: true,
};
const contactCursors = createCursors(contactParameters);

/** One page of the contacts: https://developers.google.com/people/v1/contacts */
async function fetchContacts(
  people: people_v1.People,
  accessToken: string,
  { cursor, signal }: FetchRequest,
): Promise<RecordPage> {
  const position = contactCursors.read(cursor);
  const call = { accessToken, signal, scope: readScope, withCursor: cursor !== null };
  const answer = await callGoogle(call, (options) =>
    people.people.connections.list({ ...contactParameters, ...position }, options),
  );
  const listing = {
    records: answer.connections,
    nextPageToken: answer.nextPageToken,
    nextSyncToken: answer.nextSyncToken,
  };
  return {
    ...sortPeople(recordsOf<people_v1.Schema$Person>(listing)),
    next: nextOf(listing, position, contactCursors),
    ...(position.syncToken === undefined && typeof answer.totalItems === 'number'
      ? { total: answer.totalItems }
      : {}),
  };
}

const groupParameters = { groupFields, pageSize: 1000 };
const groupCursors = createCursors(groupParameters);

async function fetchGroups(
  people: people_v1.People,
  accessToken: string,
  { cursor, signal }: FetchRequest,
): Promise<RecordPage> {
  const position = groupCursors.read(cursor);
  const call = { accessToken, signal, scope: readScope, withCursor: cursor !== null };
  const answer = await callGoogle(call, (options) =>
    people.contactGroups.list({ ...groupParameters, ...position }, options),
  );
  const listing = {
    records: answer.contactGroups,
    nextPageToken: answer.nextPageToken,
    nextSyncToken: answer.nextSyncToken,
  };
  return {
    ...sortGroups(recordsOf<people_v1.Schema$ContactGroup>(listing)),
    next: nextOf(listing, position, groupCursors),
  };
}

const otherContactParameters = {
  readMask: otherContactFields,
  sources: contactSources,
  pageSize: 1000,
  requestSyncToken: true,
};
const otherContactCursors = createCursors(otherContactParameters);

/** One page of the people that one has had to do with: https://developers.google.com/people/v1/other-contacts */
async function fetchOtherContacts(
  people: people_v1.People,
  accessToken: string,
  { cursor, signal }: FetchRequest,
): Promise<RecordPage> {
  const position = otherContactCursors.read(cursor);
  const call = { accessToken, signal, scope: otherContactsScope, withCursor: cursor !== null };
  const answer = await callGoogle(call, (options) =>
    people.otherContacts.list({ ...otherContactParameters, ...position }, options),
  );
  const listing = {
    records: answer.otherContacts,
    nextPageToken: answer.nextPageToken,
    nextSyncToken: answer.nextSyncToken,
  };
  return {
    ...sortPeople(recordsOf<people_v1.Schema$Person>(listing)),
    next: nextOf(listing, position, otherContactCursors),
    ...(position.syncToken === undefined && typeof answer.totalSize === 'number'
      ? { total: answer.totalSize }
      : {}),
  };
}

function unknownStream(): ProviderError {
  return new ProviderError({ kind: 'invalid_request', message: 'Google Contacts has no such listing.' });
}
