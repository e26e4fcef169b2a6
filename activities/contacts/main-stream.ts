import type { ProviderAdapter } from '../../providers/contract/index.ts';

/** The stream that an account's own contacts come in, and where contacts are made. Throws where it has none. */
export function mainStream({ id, streams }: Pick<ProviderAdapter, 'id' | 'streams'>): string {
  const stream = streams.find(({ kind, enabledBy }) => kind === 'contact' && enabledBy === undefined);
  if (stream === undefined) throw new Error(`${id} has no contacts.`);
  return stream.name;
}
