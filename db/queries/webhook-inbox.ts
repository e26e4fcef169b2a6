/** Pushes as they come in: each once, and one signal however many come before the next sync. */
import { and, eq, inArray, isNull, lt, or, type SQL } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { collections, integrations, streamCursors, watches, webhookInbox } from '../schema/index.ts';

export interface PushTarget {
  readonly integrationId: string;
  readonly workspaceId: string;
  readonly provider: string;
}

export interface WatchedChannel extends PushTarget {
  readonly tokenHash: string;
  /** '' watches the list of collections. */
  readonly collectionId: string;
}

const target = {
  integrationId: integrations.id,
  workspaceId: integrations.workspaceId,
  provider: integrations.provider,
};

/** undefined for a channel that we don't have (any more). */
export async function findWatchedChannel(
  db: Executor,
  provider: string,
  channelId: string,
): Promise<WatchedChannel | undefined> {
  const [row] = await db
    .select({ ...target, tokenHash: watches.tokenHash, collectionId: watches.collectionId })
    .from(watches)
    .innerJoin(integrations, eq(integrations.id, watches.integrationId))
    .where(
      and(eq(watches.id, channelId), eq(integrations.provider, provider), isNull(integrations.deletingAt)),
    );
  return row;
}

/** Everybody's integrations with that account. */
export function listPushTargets(db: Executor, provider: string, accountId: string): Promise<PushTarget[]> {
  return db
    .select(target)
    .from(integrations)
    .where(
      and(
        eq(integrations.provider, provider),
        eq(integrations.accountId, accountId),
        isNull(integrations.deletingAt),
      ),
    );
}

/** What a push names; by our ids or by the provider's. All of the integration where both are absent. */
export interface PushScope {
  readonly collectionId?: string;
  readonly remoteCollectionIds?: readonly string[];
}

/**
 * Takes a push in. Returns true when it is the first since the last sync took its pushes up: then the workflow needs
 * a signal. A delivery that was seen before changes nothing.
 */
export function takePush(
  db: Database,
  push: { target: PushTarget; deliveryId: string; scope: PushScope },
): Promise<boolean> {
  const { integrationId, provider } = push.target;
  return db.transaction(async (tx) => {
    const taken = await tx
      .insert(webhookInbox)
      .values({ provider, deliveryId: push.deliveryId, integrationId })
      .onConflictDoNothing()
      .returning({ deliveryId: webhookInbox.deliveryId });
    if (taken.length === 0) return false;
    await tx
      .update(streamCursors)
      .set({ dirty: true })
      .where(and(eq(streamCursors.integrationId, integrationId), named(tx, integrationId, push.scope)));
    const turned = await tx
      .update(integrations)
      .set({ dirty: true })
      .where(and(eq(integrations.id, integrationId), eq(integrations.dirty, false)))
      .returning({ id: integrations.id });
    return turned.length > 0;
  });
}

function named(tx: Executor, integrationId: string, scope: PushScope): SQL | undefined {
  if (scope.collectionId !== undefined) return eq(streamCursors.collectionId, scope.collectionId);
  if (scope.remoteCollectionIds === undefined || scope.remoteCollectionIds.length === 0) return undefined;
  const ids = tx
    .select({ id: collections.id })
    .from(collections)
    .where(
      and(
        eq(collections.integrationId, integrationId),
        inArray(collections.remoteId, [...scope.remoteCollectionIds]),
      ),
    );
  return or(eq(streamCursors.collectionId, ''), inArray(streamCursors.collectionId, ids));
}

/** Forgets deliveries older than `keepMs`; no provider repeats one for that long. */
export async function pruneInbox(db: Executor, keepMs: number): Promise<void> {
  await db
    .delete(webhookInbox)
    .where(lt(webhookInbox.receivedAt, new Date(Date.now() - keepMs).toISOString()));
}
