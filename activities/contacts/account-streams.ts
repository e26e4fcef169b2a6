/** The streams of an account that Harmony writes to, whose records it counts as it makes and removes them. */
import type { ProviderAdapter, StreamDefinition } from '../../providers/contract/index.ts';

/** The stream that an account's own contacts come in, and where contacts are made. Throws where it has none. */
export const mainStream = (adapter: Streams): string => streamOf(adapter, 'contact');

/** The stream of the groups that lists go to. Throws where it has none. */
export const groupStream = (adapter: Streams): string => streamOf(adapter, 'contact_list');

type Streams = Pick<ProviderAdapter, 'id' | 'streams'>;

function streamOf({ id, streams }: Streams, wanted: StreamDefinition['kind']): string {
  const stream = streams.find(({ kind, enabledBy }) => kind === wanted && enabledBy === undefined);
  if (stream === undefined) throw new Error(`${id} has no stream of ${wanted}s.`);
  return stream.name;
}
