/** Reading and writing single contacts: https://developers.google.com/people/v1/contacts */
import type { people_v1 } from '@googleapis/people';
import {
  type ContactCalls,
  type ContactRecord,
  type FoundContacts,
  ProviderError,
} from '../contract/index.ts';
import { drift } from '../google/listing.ts';
import { callGoogle } from '../google/transport.ts';
import { pickGone } from './confirm-gone.ts';
import { mapPerson } from './map-person.ts';
import { contactSources, personFields } from './person-fields.ts';
import { readScope, writeScope } from './scopes.ts';

type GooglePerson = people_v1.Schema$Person;

/** What every answer shows: what the listing shows, so that an answer can stand in for an observation. */
const shown = { personFields, sources: contactSources };

export function createContactCalls(people: people_v1.People, accessToken: string): ContactCalls {
  const reading = (signal: AbortSignal) => ({ accessToken, signal, scope: readScope });
  const writing = (signal: AbortSignal) => ({ accessToken, signal, scope: writeScope, write: true });
  return {
    async get(remoteId, signal) {
      const person = await callGoogle(reading(signal), (options) =>
        people.people.get({ resourceName: remoteId, ...shown }, options),
      ).catch(absentWhereNotFound);
      return person === undefined || person.metadata?.deleted === true
        ? undefined
        : mapAnswer(person, remoteId);
    },

    async getMany(remoteIds, signal): Promise<FoundContacts> {
      if (remoteIds.length === 0) return { found: [], gone: [] };
      const { responses } = await callGoogle(reading(signal), (options) =>
        people.people.getBatchGet({ resourceNames: [...remoteIds], ...shown }, options),
      );
      if (!Array.isArray(responses)) throw drift('a batch without its answers');
      const { gone } = pickGone(
        remoteIds,
        responses.map((entry) => ({ ...entry, metadata: entry.person?.metadata })),
      );
      const asked = new Set(remoteIds);
      const isGone = new Set(gone);
      const found = responses.flatMap(({ requestedResourceName: id, person }) =>
        person === undefined || !id || !asked.has(id) || isGone.has(id) ? [] : [mapAnswer(person, id)],
      );
      return { found, gone };
    },

    async create(person, signal) {
      const answer = await callGoogle(writing(signal), (options) =>
        people.people.createContact({ ...shown, requestBody: person as GooglePerson }, options),
      );
      return afterWriting(() => mapPerson(answer));
    },

    async update(remoteId, { mask, person }, signal) {
      const answer = await callGoogle(writing(signal), (options) =>
        people.people.updateContact(
          {
            resourceName: remoteId,
            updatePersonFields: mask.join(),
            ...shown,
            requestBody: person as GooglePerson,
          },
          options,
        ),
      );
      return afterWriting(() => mapAnswer(answer, remoteId));
    },

    async remove(remoteId, signal) {
      await callGoogle(writing(signal), (options) =>
        people.people.deleteContact({ resourceName: remoteId }, options),
      ).catch(absentWhereNotFound);
    },
  };
}

/** A contact answers to its former names, and `previousResourceNames` comes in sync listings alone. */
function mapAnswer(person: GooglePerson, askedId: string): ContactRecord {
  const record = mapPerson(person);
  return record.remoteId === askedId ? record : { ...record, formerRemoteIds: [askedId] };
}

export function absentWhereNotFound(error: unknown): undefined {
  if (error instanceof ProviderError && error.kind === 'not_found') return undefined;
  throw error;
}

/** An answer that can't be read says nothing against the write itself. */
export function afterWriting<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind, message } = error;
    throw new ProviderError({ kind, message, outcomeUnknown: true, cause: error });
  }
}
