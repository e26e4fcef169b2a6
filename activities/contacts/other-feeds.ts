/** What a person's other accounts feed contacts, for the rule that one of them is the source (sync/field-sources.ts). */
import type { Executor } from '../../db/client.ts';
import { findOtherFeeds } from '../../db/queries/contact-feeds.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import type { OtherFeed } from '../../sync/field-sources.ts';
import type { Person } from '../../sync/person.ts';
import { type ContactSync, loadContactSync } from './contact-sync.ts';

/** By the id of the contact; none of those that one integration alone feeds. */
export type OtherFeeds = ReadonlyMap<string, readonly OtherFeed[]>;

/** For contacts that nothing ties yet. */
export const noOtherFeeds: OtherFeeds = new Map();

export async function loadOtherFeeds(
  db: Executor,
  integrationId: string,
  contactIds: readonly string[],
): Promise<OtherFeeds> {
  const syncs = new Map<string, ContactSync | undefined>();
  const feeds = new Map<string, OtherFeed[]>();
  for (const row of await findOtherFeeds(db, { integrationId, contactIds })) {
    if (!syncs.has(row.integrationId))
      syncs.set(row.integrationId, await loadContactSync(db, row.integrationId));
    const sync = syncs.get(row.integrationId);
    const settings = sync?.settingsOf(row.stream);
    if (sync === undefined || settings === undefined) continue;
    const { mapping, direction } = settings;
    const person = row.shadow as Person;
    const { isOlder } = row;
    const isOnlyRead = onlyReadStreams[row.stream] !== undefined;
    const feed = { mapping, direction, person, bases: sync.basesOf(row, person), isOlder, isOnlyRead };
    feeds.set(row.contactId, [...(feeds.get(row.contactId) ?? []), feed]);
  }
  return feeds;
}
