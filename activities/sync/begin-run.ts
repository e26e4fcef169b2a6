import { activityInfo } from '@temporalio/activity';
import { subscribedCollections, unsubscribedLeftovers } from '../../db/queries/collections.ts';
import { beginRun as beginRunRow } from '../../db/queries/runs.ts';
import {
  isHalfRead,
  isListUnsettled,
  isUnsettled,
  listStreamCursors,
} from '../../db/queries/stream-cursors.ts';
import type { SyncInput } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { streamsToRead } from './streams-to-read.ts';

export interface StreamRef {
  readonly stream: string;
  /** For people and operators: "calendar events". */
  readonly label: string;
  /** '' on streams without collections. */
  readonly collectionId: string;
}

export interface RunPlan {
  /** Every write of this run carries it. */
  readonly generation: number;
  /** Unticked collections whose records are still here. */
  readonly unsubscribed: readonly string[];
  /** The list of collections has to be read first. */
  readonly refreshCollections: boolean;
  readonly hasWatches: boolean;
  /** It has contacts, which are planned after the streams were read. */
  readonly plansContacts: boolean;
  /** A run of edits has to read first. Absent where a run began before this was told. */
  readonly isHalfRead?: boolean;
}

/** Takes over the integration for this run and says what it has to do besides its streams. */
export function createBeginRun(deps: ActivityDeps) {
  return async function beginRun(input: SyncInput): Promise<RunPlan> {
    const { integrationId } = input;
    const { workflowExecution } = activityInfo();
    const begun = await beginRunRow(deps.db, {
      runId: input.runId,
      integrationId,
      operationId: input.operationId,
      mode: input.mode,
      trigger: input.trigger,
      workflowId: workflowExecution?.workflowId ?? '',
      workflowRunId: workflowExecution?.runId ?? '',
    });
    if (begun === undefined) throw integrationGone(integrationId);
    const { generation, integration } = begun;
    const { adapter } = deps.provider(integration.provider);
    const hasCollections = adapter.collectionNoun !== undefined;
    const cursors = hasCollections ? await listStreamCursors(deps.db, integrationId) : [];
    return {
      generation,
      refreshCollections: hasCollections && (input.mode === 'full' || (isListUnsettled(cursors) ?? true)),
      unsubscribed: hasCollections ? await unsubscribedLeftovers(deps.db, integrationId) : [],
      hasWatches: adapter.push === 'watch',
      plansContacts: adapter.streams.some(({ kind }) => kind === 'contact'),
      isHalfRead: input.trigger === 'edit' && (await createListStreams(deps)(input)).length > 0,
    };
  };
}

/**
 * What a run reads: each stream, once per subscribed collection where it has those. A run that a push asked for reads
 * only the streams that the push named, and those that an earlier run left unfinished; one of edits only those that are
 * half-read.
 */
export function createListStreams(deps: ActivityDeps) {
  return async function listStreams(input: SyncInput): Promise<readonly StreamRef[]> {
    const { adapter } = deps.provider(input.provider);
    const subscribed =
      adapter.collectionNoun === undefined ? [] : await subscribedCollections(deps.db, input.integrationId);
    const read = await streamsToRead(deps.db, adapter, input.integrationId);
    const streams = read.flatMap((stream) =>
      stream.perCollection
        ? subscribed.map(({ id }) => ({ stream: stream.name, label: stream.label, collectionId: id }))
        : [{ stream: stream.name, label: stream.label, collectionId: '' }],
    );
    if (input.trigger !== 'push' && input.trigger !== 'edit') return streams;
    const cursors = await listStreamCursors(deps.db, input.integrationId);
    const cursorOf = new Map(cursors.map((row) => [`${row.stream}/${row.collectionId}`, row]));
    return streams.filter(({ stream, collectionId }) => {
      const cursor = cursorOf.get(`${stream}/${collectionId}`);
      if (input.trigger === 'edit') return isHalfRead(cursor);
      return cursor === undefined || isUnsettled(cursor);
    });
  };
}
