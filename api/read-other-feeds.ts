/** What a person's other accounts feed contacts, by the mappings in force, as the planner knows it. */
import type { Executor } from '../db/client.ts';
import { findOtherFeeds } from '../db/queries/contact-feeds.ts';
import { findVisibleIntegration, type IntegrationRow } from '../db/queries/integrations-read.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import type { FieldMapping } from '../sync/default-mappings.ts';
import { type Direction, directionOf } from '../sync/direction.ts';
import type { OtherFeed } from '../sync/field-sources.ts';
import { type CompiledMapping, compileMapping } from '../sync/map-contact.ts';
import type { Person } from '../sync/person.ts';
import type { Caller } from './caller.ts';
import { flowOf } from './change-mappings.ts';
import { type Mappings, readMappings } from './read-mappings.ts';
import { basesOf } from './read-pair.ts';

/** By the id of the contact; none of those that one integration alone feeds. */
export async function readOtherFeeds(
  db: Executor,
  caller: Caller,
  of: { integrationId: string; contactIds: readonly string[] },
): Promise<ReadonlyMap<string, readonly OtherFeed[]>> {
  const links = await findOtherFeeds(db, of);
  const accounts = new Map<string, Account>();
  for (const id of new Set(links.map(({ integrationId }) => integrationId))) {
    const integration = await findVisibleIntegration(db, caller, id);
    if (integration !== undefined) accounts.set(id, accountOf(integration, await readMappings(db, id)));
  }
  const feeds = new Map<string, OtherFeed[]>();
  for (const link of links) {
    const account = accounts.get(link.integrationId);
    if (account === undefined) continue;
    const { mappings, own, onlyRead } = account;
    const isOnlyRead = onlyReadStreams[link.stream] !== undefined;
    const feed = {
      ...(isOnlyRead ? onlyRead : own),
      isOnlyRead,
      person: link.shadow as Person,
      bases: basesOf({ link }, mappings),
      isOlder: link.isOlder,
    };
    feeds.set(link.contactId, [...(feeds.get(link.contactId) ?? []), feed]);
  }
  return feeds;
}

interface Flow {
  readonly mapping: CompiledMapping;
  readonly direction: Direction;
}

interface Account {
  readonly mappings: Mappings;
  /** Of the account's own contacts, and of those that are only read. */
  readonly own: Flow;
  readonly onlyRead: Flow;
}

function accountOf({ approvedDirection }: IntegrationRow, mappings: Mappings): Account {
  const { mappings: fields, direction } = flowOf(mappings, directionOf(approvedDirection ?? 'from_provider'));
  const all = mappings.fields as readonly FieldMapping[];
  return {
    mappings,
    own: { mapping: compileMapping(fields), direction },
    onlyRead: { mapping: compileMapping(all), direction: 'from_provider' },
  };
}
