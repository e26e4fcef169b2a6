/** Asks again before a record is swept that a complete listing lacked. By id, at most 200 in a call. */
import type { people_v1 } from '@googleapis/people';
import type { Absence, ContactCalls, Cursor, GoneRequest, RecordPage } from '../contract/index.ts';
import { callGoogle } from '../google/transport.ts';
import { contactSources } from './person-fields.ts';
import { readScope } from './scopes.ts';

/**
 * A contact answers to its former names, which complete listings don't tell: what answers under another name was renamed,
 * or merged into that one, and is read whole.
 */
export async function confirmContactsGone(
  people: people_v1.People,
  accessToken: string,
  { remoteIds, signal, getMany }: GoneRequest & Pick<ContactCalls, 'getMany'>,
): Promise<Absence> {
  if (remoteIds.length === 0) return { gone: [] };
  const answer = await callGoogle({ accessToken, signal, scope: readScope }, (options) =>
    people.people.getBatchGet(
      { resourceNames: [...remoteIds], personFields: 'metadata', sources: contactSources },
      options,
    ),
  );
  const responses = answer.responses ?? [];
  const { gone } = pickGone(
    remoteIds,
    responses.map((entry) => ({ ...entry, metadata: entry.person?.metadata })),
  );
  const asked = new Set(remoteIds);
  const isGone = new Set(gone);
  const elsewhere = responses.flatMap(({ requestedResourceName: id, person }) =>
    id && asked.has(id) && !isGone.has(id) && person?.resourceName && person.resourceName !== id ? [id] : [],
  );
  if (elsewhere.length === 0) return { gone };
  const { found } = await getMany(elsewhere, signal);
  return { gone, renamed: found.filter(({ formerRemoteIds }) => formerRemoteIds !== undefined) };
}

export async function confirmGroupsGone(
  people: people_v1.People,
  accessToken: string,
  { remoteIds, signal }: GoneRequest,
): Promise<Absence> {
  if (remoteIds.length === 0) return { gone: [] };
  const answer = await callGoogle({ accessToken, signal, scope: readScope }, (options) =>
    people.contactGroups.batchGet({ resourceNames: [...remoteIds], groupFields: 'metadata' }, options),
  );
  return pickGone(
    remoteIds,
    (answer.responses ?? []).map((entry) => ({ ...entry, metadata: entry.contactGroup?.metadata })),
  );
}

/** Other contacts can't be asked for by id: what a second complete listing lacks as well is gone. */
export async function confirmByListing(
  { remoteIds }: GoneRequest,
  fetchFrom: (cursor: Cursor | null) => Promise<RecordPage>,
): Promise<Absence> {
  const unseen = new Set(remoteIds);
  let cursor: Cursor | null = null;
  while (unseen.size > 0) {
    const page = await fetchFrom(cursor);
    for (const { remoteId } of page.upserts) unseen.delete(remoteId);
    if (page.next.kind === 'done') break;
    cursor = page.next.cursor;
  }
  return { gone: [...unseen] };
}

interface BatchEntry {
  readonly requestedResourceName?: string | null;
  readonly status?: people_v1.Schema$Status;
  readonly httpStatusCode?: number | null;
  readonly metadata: { readonly deleted?: boolean | null } | undefined;
}

const rpcNotFound = 5;

/** Only a clear "not found", or a tombstone, counts: an id that the answer leaves out may well exist. */
export function pickGone(remoteIds: readonly string[], entries: readonly BatchEntry[]): Absence {
  const asked = new Set(remoteIds);
  const gone: string[] = [];
  for (const { requestedResourceName: id, status, httpStatusCode, metadata } of entries) {
    if (!id || !asked.has(id)) continue;
    if (status?.code === rpcNotFound || httpStatusCode === 404 || metadata?.deleted === true) gone.push(id);
  }
  return { gone };
}
