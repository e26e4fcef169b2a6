/**
 * The idle cycle's one activity: asks each stream's cursor whether anything is new, and writes nothing if not. While
 * auto-sync is off, only what is due in Harmony counts.
 */
import { Context } from '@temporalio/activity';
import { subscribedCollections } from '../../db/queries/collections.ts';
import { hasDueWork } from '../../db/queries/contact-queue.ts';
import { changePhase, findIntegration, noteChecked } from '../../db/queries/integrations.ts';
import {
  isFullDue,
  isListUnsettled,
  isUnsettled,
  listStreamCursors,
  refreshCursor,
  type StreamCursor,
  type StreamKey,
} from '../../db/queries/stream-cursors.ts';
import { listWatches } from '../../db/queries/watches.ts';
import { transact } from '../../db/transact.ts';
import { ProviderError, type StreamDefinition } from '../../providers/contract/index.ts';
import type { DesiredState, SyncOutcome } from '../../workflows/messages.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import { wantOfSignIn } from '../access/want-of-sign-in.ts';
import { describeFailure, type FailureNote, signInReplaced } from '../attention.ts';
import { isoAt, nowMs } from '../clock.ts';
import { needsRenewal } from '../connect/watch-channels.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { fullListingAge } from './full-listing-age.ts';
import { afterFailure, noLaterThanDue, planNextCheck, toIso } from './plan-next-check.ts';
import { knowing } from './stream-reader.ts';
import { streamsToRead } from './streams-to-read.ts';

export interface CheckResult {
  readonly changed: boolean;
  readonly desired: DesiredState;
}

export function createCheckForChanges(deps: ActivityDeps) {
  return async function checkForChanges(input: { integrationId: string }): Promise<CheckResult> {
    const access = await openProviderAccess(deps, input.integrationId);
    const { integration } = access;
    const { id, phase, autoSync, intervalSeconds } = integration;
    const plannedAtMs = planNextCheck(integration, 0);
    const changed =
      (await hasDueWork(deps.db, id, isoAt(nowMs(deps)))) ||
      (autoSync &&
        (integration.dirty || (await anyStreamChanged(deps, access)) || (await anyWatchEnds(deps, access))));
    if (!changed && autoSync) await noteChecked(deps.db, integration, toIso(plannedAtMs));
    const nextCheckAtMs = await noLaterThanDue(deps, id, plannedAtMs);
    return { changed, desired: { phase, autoSync, intervalSeconds, nextCheckAtMs } };
  };
}

/** Only a sync renews push subscriptions, and where nothing changes for a week there was none. */
async function anyWatchEnds(deps: ActivityDeps, { adapter, integration }: ProviderAccess): Promise<boolean> {
  if (adapter.push !== 'watch') return false;
  return (await listWatches(deps.db, integration.id)).some(needsRenewal);
}

interface CheckedStream {
  readonly definition: StreamDefinition;
  readonly collectionId: string;
  readonly remoteId?: string;
}

async function anyStreamChanged(deps: ActivityDeps, access: ProviderAccess): Promise<boolean> {
  const { id } = access.integration;
  const [rows, definitions, collections] = await Promise.all([
    listStreamCursors(deps.db, id),
    streamsToRead(deps.db, access.adapter, id),
    access.adapter.collectionNoun === undefined ? [] : subscribedCollections(deps.db, id),
  ]);
  if (isListUnsettled(rows) === true) return true;
  const cursors = new Map(rows.map((row) => [`${row.stream}/${row.collectionId}`, row]));
  const streams = definitions.flatMap((definition): CheckedStream[] =>
    definition.perCollection
      ? collections.map(({ id: collectionId, remoteId }) => ({ definition, collectionId, remoteId }))
      : [{ definition, collectionId: '' }],
  );
  const settled: SettledStream[] = [];
  for (const { definition, collectionId, remoteId } of streams) {
    const row = cursors.get(`${definition.name}/${collectionId}`);
    const ageMs = fullListingAge(definition, access.integration);
    if (row === undefined || isUnsettled(row) || isFullDue(row, ageMs)) return true;
    settled.push({ definition, row, remoteId });
  }
  return anyOf(settled, streamsAtOnce, (stream) => hasNews(deps, access, stream));
}

/** An account may have hundreds of collections, and providers limit how many calls come at once. */
const streamsAtOnce = 4;

/** Whether `ask` says so of any item: asks a few at a time, and no more once one says so or fails. */
export async function anyOf<Item>(
  items: readonly Item[],
  atOnce: number,
  ask: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  const waiting = [...items];
  const work = async (): Promise<boolean> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const isSo = await ask(item).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
      if (!isSo) continue;
      waiting.length = 0;
      return true;
    }
    return false;
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
  if (ends.some((end) => end.status === 'fulfilled' && end.value)) return true;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return false;
}

interface SettledStream {
  readonly definition: StreamDefinition;
  readonly row: StreamCursor;
  readonly remoteId: string | undefined;
}

async function hasNews(
  deps: ActivityDeps,
  access: ProviderAccess,
  { definition, row, remoteId }: SettledStream,
): Promise<boolean> {
  const key: StreamKey = {
    integrationId: row.integrationId,
    stream: row.stream,
    collectionId: row.collectionId,
  };
  const cursor = row.cursor as string;
  try {
    const page = await access.call((session) =>
      session.fetchPage({
        stream: row.stream,
        ...(remoteId === undefined ? {} : { collection: remoteId }),
        cursor,
        signal: Context.current().cancellationSignal,
        peek: true,
        ...knowing(deps, definition, key),
      }),
    );
    const news = page.upserts.length + page.deletions.length + (page.lost?.length ?? 0);
    if (news > 0 || page.next.kind === 'more') return true;
    if (page.next.cursor !== null && page.next.cursor !== cursor) {
      await refreshCursor(deps.db, key, cursor, page.next.cursor);
    }
    return false;
  } catch (error) {
    // A collection that is gone is the sync's to deal with.
    if (error instanceof ProviderError && error.kind === 'not_found' && definition.notFoundHides) return true;
    if (error instanceof ProviderError && error.kind === 'cursor_expired') return true;
    // There may be news. A check begins anew each time and might never get past the limit; a sync keeps what it has read.
    if (error instanceof ProviderError && error.kind === 'rate_limited') return true;
    throw error;
  }
}

/** A check that failed to its ceiling: tells the person, and when it is tried again. */
export function createNoteCheckFailure(deps: ActivityDeps) {
  return async function noteCheckFailure(input: {
    integrationId: string;
    provider: string;
    failure: FailureNote;
    failuresInARow: number;
  }): Promise<Omit<SyncOutcome, 'status'>> {
    const { adapter, environment } = deps.provider(input.provider);
    const { integrationId, failuresInARow } = input;
    const integration = await findIntegration(deps.db, integrationId);
    if (integration === undefined) throw integrationGone(integrationId);
    const plannedAtMs = planNextCheck(integration, failuresInARow + 1);
    const { authKind } = integration;
    const described = describeFailure(input.failure, { adapter, environment, authKind });
    const want = await transact(deps.db, async (tx) => {
      const want = await wantOfSignIn(tx, integrationId, input.failure);
      await changePhase(tx, integrationId, {
        ...(want === 'open' ? {} : { unless: 'needs_reauth' }),
        ...(want === 'met' ? {} : { attention: described }),
        ...(want === 'open'
          ? { phase: 'needs_reauth', nextSyncAt: null }
          : { nextSyncAt: toIso(plannedAtMs) }),
      });
      return want;
    });
    const needsSignIn = want === 'open';
    const nextCheckAtMs = needsSignIn
      ? null
      : await afterFailure(deps, integrationId, { plannedAtMs, isPlanOlder: false, failuresInARow });
    const { title, remedy } = want === 'met' ? signInReplaced(adapter) : described;
    return { needsSignIn, nextCheckAtMs, summary: `check failed — ${title} ${remedy}` };
  };
}
