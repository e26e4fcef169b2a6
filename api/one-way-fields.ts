import type { Executor } from '../db/client.ts';
import type { Feed } from '../db/queries/contact-undo.ts';
import { onlyReadStreams } from '../db/schema/index.ts';
import { combineDirections, type Direction, directionOf } from '../sync/direction.ts';
import { flowOf } from './change-mappings.ts';
import { readMappings } from './read-mappings.ts';

export interface OneWay {
  /** The fields that the provider decides. */
  readonly fields: ReadonlySet<string>;
  /** Which way the contact as a whole flows. */
  readonly direction: Direction;
}

/** Fields that flow one way from a provider: rule 8 brings its value back, whatever they are set to in Harmony. */
export async function oneWayOf(db: Executor, { integration, stream }: Feed): Promise<OneWay> {
  const mappings = await readMappings(db, integration.id);
  if (onlyReadStreams[stream] !== undefined) {
    return { fields: new Set(mappings.fields.map(({ field }) => field)), direction: 'from_provider' };
  }
  const flow = flowOf(mappings, directionOf(integration.approvedDirection ?? 'from_provider'));
  const fields = flow.mappings
    .filter(({ direction }) => combineDirections(flow.direction, direction) === 'from_provider')
    .map(({ field }) => field);
  return { fields: new Set(fields), direction: flow.direction };
}
