import type { Executor } from '../db/client.ts';
import { type Feed, findFeeds } from '../db/queries/contact-undo.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import { combineDirections, directionOf, type EffectiveDirection } from '../sync/direction.ts';
import { fieldsFedElsewhere } from '../sync/field-sources.ts';
import { compileMapping } from '../sync/map-contact.ts';
import type { Person } from '../sync/person.ts';
import type { Caller } from './caller.ts';
import { flowOf, onlyReadFlowOf } from './change-mappings.ts';
import { readMappings } from './read-mappings.ts';
import { readOtherFeeds } from './read-other-feeds.ts';
import { basesOf } from './read-pair.ts';

export interface OneWay {
  readonly integration: Feed['integration'];
  /** The fields that this account decides, but for those of which another one is the source. */
  readonly fields: ReadonlySet<string>;
  /** Which way the contact as a whole flows; `none`: what is only read is switched off. */
  readonly direction: EffectiveDirection;
}

/**
 * Of each account that feeds a contact, the fields that flow one way from there: rule 8 brings its value back, whatever they are
 * set to in Harmony.
 */
export async function findOneWay(
  db: Executor,
  caller: Caller,
  contactId: string,
): Promise<readonly OneWay[]> {
  const found: OneWay[] = [];
  const feeds = await findFeeds(db, contactId);
  const isShared = new Set(feeds.map(({ integration }) => integration.id)).size > 1;
  for (const { integration, link } of feeds) {
    const all = await readMappings(db, integration.id);
    const isOnlyRead = onlyReadStreams[link.stream] !== undefined;
    const approved = directionOf(integration.approvedDirection ?? 'from_provider');
    const { mappings, direction } = (isOnlyRead ? onlyReadFlowOf : flowOf)(all, approved);
    const of = { integrationId: integration.id, contactIds: [contactId] };
    const others = isShared ? ((await readOtherFeeds(db, caller, of)).get(contactId) ?? []) : [];
    const mine = { mapping: compileMapping(mappings), direction, isOnlyRead };
    const person = link.shadow as Person;
    const rests = fieldsFedElsewhere({ ...mine, person, bases: basesOf({ link }, all) }, others);
    const fields = mappings.flatMap((mapped) => {
      const isOneWay = combineDirections(direction, mapped.direction) === 'from_provider';
      return isOneWay && !rests.has(mapped.field) ? mapped.field : [];
    });
    found.push({ integration, fields: new Set(fields), direction });
  }
  return found;
}
