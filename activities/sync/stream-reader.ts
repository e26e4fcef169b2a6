/** One stream of an integration, opened for reading and for sweeping. */
import { Context } from '@temporalio/activity';
import { listCollections } from '../../db/queries/collections.ts';
import type { Fence } from '../../db/queries/fence.ts';
import type { StreamKey } from '../../db/queries/stream-cursors.ts';
import type { FetchRequest, RecordPage, StreamDefinition } from '../../providers/contract/index.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { storeOf } from '../records/index.ts';

export interface StreamInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly runId: string;
  readonly stream: string;
  readonly collectionId: string;
}

export interface StreamReader {
  readonly access: ProviderAccess;
  readonly key: StreamKey;
  readonly fence: Fence;
  readonly runId: string;
  readonly definition: StreamDefinition;
  /** The provider's id of the collection; undefined on streams without collections. */
  readonly collection: string | undefined;
  readonly subscribed: boolean;
  /** What the store of this kind goes by. */
  readonly settings: unknown;
  readonly fetch: (cursor: string | null) => Promise<RecordPage>;
}

export async function openReader(deps: ActivityDeps, input: StreamInput): Promise<StreamReader> {
  const { integrationId, collectionId } = input;
  const access = await openProviderAccess(deps, integrationId);
  const definition = access.adapter.streams.find((stream) => stream.name === input.stream);
  if (definition === undefined) throw integrationGone(integrationId);
  const known = collectionId === '' ? [] : await listCollections(deps.db, integrationId);
  const collection = known.find((row) => row.id === collectionId);
  const signal = Context.current().cancellationSignal;
  const key: StreamKey = { integrationId, stream: input.stream, collectionId };
  return {
    access,
    definition,
    runId: input.runId,
    key,
    fence: { integrationId, generation: input.generation },
    settings: await storeOf(definition.kind).loadSettings?.(deps, key),
    collection: collection?.remoteId,
    subscribed: collectionId === '' || collection?.subscribed === true,
    async fetch(cursor) {
      const page = await access.call((session) =>
        session.fetchPage({
          stream: input.stream,
          ...(collection === undefined ? {} : { collection: collection.remoteId }),
          cursor,
          signal,
          ...knowing(deps, definition, key),
        }),
      );
      if (page.cutShortBy !== undefined) await access.noteLimit(page.cutShortBy);
      return page;
    },
  };
}

/** What a fetch may ask about the records that we hold; nothing for kinds whose listings are whole. */
export function knowing(
  deps: ActivityDeps,
  definition: StreamDefinition,
  key: StreamKey,
): Pick<FetchRequest, 'known'> {
  const { knownEtags } = storeOf(definition.kind);
  return knownEtags === undefined ? {} : { known: (remoteIds) => knownEtags(deps.db, key, remoteIds) };
}
