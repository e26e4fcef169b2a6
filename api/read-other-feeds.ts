/** What a person's other accounts feed contacts, by the mappings in force, as the planner knows it. */
import type { Executor } from '../db/client.ts';
import { findOtherFeeds } from '../db/queries/contact-feeds.ts';
import { findVisibleIntegration, type IntegrationRow } from '../db/queries/integrations-read.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import { directionOf, type EffectiveDirection } from '../sync/direction.ts';
import type { OtherFeed } from '../sync/field-sources.ts';
import { type CompiledMapping, compileMapping } from '../sync/map-contact.ts';
import type { Person } from '../sync/person.ts';
import type { Caller } from './caller.ts';
import { flowOf, onlyReadFlowOf } from './change-mappings.ts';
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
  readonly direction: EffectiveDirection;
}

interface Account {
  readonly mappings: Mappings;
  /** Of the account's own contacts, and of those that are only read. */
  readonly own: Flow;
  readonly onlyRead: Flow;
}

function accountOf({ approvedDirection }: IntegrationRow, mappings: Mappings): Account {
  const approved = directionOf(approvedDirection ?? 'from_provider');
  const [own, onlyRead] = [flowOf, onlyReadFlowOf].map((of): Flow => {
    const { mappings: fields, direction } = of(mappings, approved);
    return { mapping: compileMapping(fields), direction };
  }) as [Flow, Flow];
  return { mappings, own, onlyRead };
}
