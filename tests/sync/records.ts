/** What there is at the provider and what of it is here, to be compared. */
import { ada, type SyncWorld } from './sync-world.ts';

export interface CollectionView {
  readonly id: string;
  readonly remoteId: string;
  readonly name: string;
  readonly subscribed: boolean;
  readonly recordCount: number;
  readonly primary?: boolean;
  readonly missingSince?: string;
}

/** Remote ids of the account's contacts, sorted. */
export async function remoteContacts({ driver }: SyncWorld): Promise<string[]> {
  const { data } = await driver.control<{ data: { resourceName: string }[] }>(
    'GET',
    `${ada}/contacts?limit=100000`,
  );
  return data.map(({ resourceName }) => resourceName).sort();
}

/** Remote ids of the contacts that are readable here, one entry per row, sorted. */
export async function localContacts({ sql }: SyncWorld, integrationId: string): Promise<string[]> {
  const rows = await sql<{ remoteId: string }[]>`
    select l.remote_id as "remoteId" from contact_links l join contacts c on c.id = l.contact_id
    where l.integration_id = ${integrationId} and l.tombstoned_at is null and c.archived_at is null`;
  return rows.map(({ remoteId }) => remoteId).sort();
}

/** How many contacts the API lists for the integration, over all its pages. */
export async function readableContacts({ driver }: SyncWorld, integrationId: string): Promise<number> {
  let count = 0;
  let cursor = '';
  do {
    const page = await driver.api<{ data: unknown[]; nextCursor: string | null }>(
      'GET',
      `/v1/contacts?integrationId=${integrationId}&limit=1000${cursor}`,
    );
    count += page.data.length;
    cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== '');
  return count;
}

export async function localEvents({ sql }: SyncWorld, collectionId: string): Promise<string[]> {
  const rows = await sql<{ remoteId: string }[]>`
    select remote_id as "remoteId" from calendar_events where collection_id = ${collectionId}`;
  return rows.map(({ remoteId }) => remoteId).sort();
}

export async function listCollections({ driver }: SyncWorld, id: string): Promise<CollectionView[]> {
  const path = `/v1/integrations/${id}/collections`;
  return (await driver.api<{ data: CollectionView[] }>('GET', path)).data;
}

export async function primaryCalendar(world: SyncWorld, id: string): Promise<CollectionView> {
  const found = (await listCollections(world, id)).find(({ primary }) => primary);
  if (found === undefined) throw new Error('no primary calendar');
  return found;
}

export const eventsPath = (calendarRemoteId: string): string =>
  `${ada}/calendars/${encodeURIComponent(calendarRemoteId)}/events`;

export const eventAt = (day: string, summary: string) => ({
  summary,
  start: { dateTime: `${day}T10:00:00Z` },
  end: { dateTime: `${day}T11:00:00Z` },
});

/** Every record row's version (xmin and place), by table and key: equal means that no row was written. */
export async function rowVersions({ sql }: SyncWorld): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const table of ['contacts', 'contact_links', 'list_links', 'contact_lists', 'calendar_events']) {
    const rows = await sql<{ key: string; version: string }[]>`
      select coalesce(to_jsonb(t) ->> 'id', to_jsonb(t) ->> 'remote_id') as key, xmin::text || ctid::text as version
      from ${sql(table)} t`;
    for (const { key, version } of rows) versions[`${table} ${key}`] = version;
  }
  return versions;
}

/** How what is here departs from what should be; a few of each, so that a failure can be read. */
export function differences(local: readonly string[], remote: readonly string[]) {
  const here = new Set(local);
  const there = new Set(remote);
  return {
    twice: local.filter((id, at) => local.indexOf(id) !== at).slice(0, 5),
    missing: remote.filter((id) => !here.has(id)).slice(0, 5),
    surplus: local.filter((id) => !there.has(id)).slice(0, 5),
  };
}
