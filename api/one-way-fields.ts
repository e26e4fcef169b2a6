import type { Executor } from '../db/client.ts';
import { type Feed, findFeeds } from '../db/queries/contact-undo.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import { combineDirections, type Direction, directionOf } from '../sync/direction.ts';
import { flowOf } from './change-mappings.ts';
import { readMappings } from './read-mappings.ts';

/** How a contact flows with one of the accounts that feed it. */
export interface OneWay extends Feed {
  /** The fields that the provider decides. */
  readonly fields: ReadonlySet<string>;
  /** Which way the contact as a whole flows. */
  readonly direction: Direction;
}

/**
 * By account, fields that flow one way from a provider: rule 8 brings its value back, whatever they are set to in Harmony. What
 * is only read decides none that flows with an account that has the person as a contact of its own (sync/field-sources.ts).
 */
export async function findOneWays(db: Executor, contactId: string): Promise<readonly OneWay[]> {
  const found: OneWay[] = [];
  const flowing = new Set<string>();
  const feeds = await findFeeds(db, contactId);
  for (const feed of feeds.toSorted((one, other) => Number(isOnlyRead(one)) - Number(isOnlyRead(other)))) {
    const mappings = await readMappings(db, feed.integration.id);
    if (isOnlyRead(feed)) {
      const fields = mappings.fields.flatMap(({ field }) => (flowing.has(field) ? [] : field));
      found.push({ ...feed, fields: new Set(fields), direction: 'from_provider' });
      continue;
    }
    const flow = flowOf(mappings, directionOf(feed.integration.approvedDirection ?? 'from_provider'));
    const directions = flow.mappings.map(({ field, direction }) => ({
      ...{ field, direction: combineDirections(flow.direction, direction) },
    }));
    for (const { field, direction } of directions) if (direction !== 'none') flowing.add(field);
    const fields = directions.flatMap(({ field, direction }) => (direction === 'from_provider' ? field : []));
    found.push({ ...feed, fields: new Set(fields), direction: flow.direction });
  }
  return found;
}

const isOnlyRead = ({ stream }: Feed): boolean => onlyReadStreams[stream] !== undefined;
