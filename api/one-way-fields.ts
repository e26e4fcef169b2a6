import type { Executor } from '../db/client.ts';
import type { Feed } from '../db/queries/contact-undo.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import type { FieldMapping } from '../sync/default-mappings.ts';
import { combineDirections, directionOf, type EffectiveDirection } from '../sync/direction.ts';
import { flowOf, onlyReadFlowOf } from './change-mappings.ts';
import { readMappings } from './read-mappings.ts';

export interface OneWay {
  readonly feed: Feed;
  /** The fields that the provider decides. */
  readonly fields: ReadonlySet<string>;
  /** Which way the contact as a whole flows; `none`: what is only read is switched off. */
  readonly direction: EffectiveDirection;
}

interface Flow {
  readonly feed: Feed;
  readonly isOnlyRead: boolean;
  readonly mappings: readonly FieldMapping[];
  readonly direction: EffectiveDirection;
}

/**
 * Fields that flow one way from a provider, of all that feed a contact: rule 8 brings its value back, whatever they are set to in
 * Harmony. What is only read decides nothing that flows with the person's own contact of another account (decisions/0020).
 */
export async function oneWaysOf(db: Executor, feeds: readonly Feed[]): Promise<readonly OneWay[]> {
  const flows: Flow[] = [];
  for (const feed of feeds) flows.push(await loadFlow(db, feed));
  const own = new Set(
    flows.flatMap((flow) => (flow.isOnlyRead ? [] : fieldsThat(flow, (direction) => direction !== 'none'))),
  );
  return flows.map((flow) => {
    const fields = fieldsThat(flow, (direction) => direction === 'from_provider');
    const { feed, direction, isOnlyRead } = flow;
    return { feed, direction, fields: new Set(fields.filter((field) => !isOnlyRead || !own.has(field))) };
  });
}

async function loadFlow(db: Executor, feed: Feed): Promise<Flow> {
  const { integration, stream } = feed;
  const mappings = await readMappings(db, integration.id);
  const approved = directionOf(integration.approvedDirection ?? 'from_provider');
  const isOnlyRead = onlyReadStreams[stream] !== undefined;
  return { feed, isOnlyRead, ...(isOnlyRead ? onlyReadFlowOf : flowOf)(mappings, approved) };
}

const fieldsThat = (
  { mappings, direction }: Flow,
  isMeant: (direction: EffectiveDirection) => boolean,
): string[] =>
  mappings.flatMap((mapping) =>
    isMeant(combineDirections(direction, mapping.direction)) ? [mapping.field] : [],
  );
