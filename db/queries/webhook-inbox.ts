/** Pushes as they come in: each once, and one signal however many come before the next sync. */
import { and, eq, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import {
  collections,
  credentials,
  integrations,
  streamCursors,
  watches,
  webhookInbox,
} from '../schema/index.ts';

export interface PushTarget {
  readonly integrationId: string;
  readonly workspaceId: string;
  readonly provider: string;
}

export interface WatchedChannel extends PushTarget {
  readonly tokenHash: string;
  /** '' watches the list of collections. */
  readonly collectionId: string;
  /** null until the provider has answered. */
  readonly resourceId: string | null;
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
    .select({
      ...target,
      tokenHash: watches.tokenHash,
      collectionId: watches.collectionId,
      resourceId: watches.resourceId,
    })
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
  /** Only these streams; all where absent. */
  readonly streams?: readonly string[];
}

interface Delivery {
  readonly target: PushTarget;
  /** The provider's own. */
  readonly deliveryId: string;
}

/** A row the first time; none for a delivery that was seen before. */
const takenDelivery = ({ target, deliveryId }: Delivery): SQL => sql`
  insert into ${webhookInbox} (provider, delivery_id, integration_id)
  values (${target.provider}, ${deliveryId}, ${target.integrationId})
  on conflict do nothing
  returning 1`;

/**
 * Takes a push in, in one statement: the provider waits. Returns true when it is the first since the last sync took its
 * pushes up: then the workflow needs a signal. A delivery that was seen before changes nothing.
 */
export async function takePush(
  db: Executor,
  push: Delivery & { readonly scope: PushScope },
): Promise<boolean> {
  const { integrationId } = push.target;
  const rows = await db.execute(sql`
    with taken as (${takenDelivery(push)}), marked as (
      update ${streamCursors} set dirty = true
      where ${streamCursors.integrationId} = ${integrationId} and not ${streamCursors.dirty}
        and ${named(integrationId, push.scope)} and exists (select from taken)
    )
    update ${integrations} set dirty = true
    where ${integrations.id} = ${integrationId} and not ${integrations.dirty} and exists (select from taken)
    returning ${integrations.id}
  `);
  return rows.length > 0;
}

function named(integrationId: string, scope: PushScope): SQL {
  const inStreams =
    scope.streams === undefined ? sql`true` : inArray(streamCursors.stream, [...scope.streams]);
  return sql`${inStreams} and ${inCollections(integrationId, scope)}`;
}

function inCollections(integrationId: string, scope: PushScope): SQL {
  if (scope.collectionId !== undefined) return sql`${streamCursors.collectionId} = ${scope.collectionId}`;
  if (scope.remoteCollectionIds === undefined || scope.remoteCollectionIds.length === 0) return sql`true`;
  return sql`(${streamCursors.collectionId} = '' or ${streamCursors.collectionId} in (
    select ${collections.id} from ${collections}
    where ${collections.integrationId} = ${integrationId}
      and ${inArray(collections.remoteId, [...scope.remoteCollectionIds])}))`;
}

/** Forgets deliveries older than `keepMs`; no provider repeats one for that long. */
export async function pruneInbox(db: Executor, keepMs: number): Promise<void> {
  await db
    .delete(webhookInbox)
    .where(lt(webhookInbox.receivedAt, new Date(Date.now() - keepMs).toISOString()));
}

/**
 * The account took our access away. Takes the push in like any other, and answers whether the integration is to be
 * signed in again: it lives on OAuth, and nobody has signed in since.
 */
export async function takeRevocation(
  db: Executor,
  push: Delivery & { readonly revokedAt: string },
): Promise<boolean> {
  const { integrationId } = push.target;
  const rows = await db.execute(sql`
    with taken as (${takenDelivery(push)})
    select from ${integrations} join ${credentials} on ${credentials.integrationId} = ${integrations.id}
    where ${integrations.id} = ${integrationId} and ${integrations.phase} = 'active'
      and ${integrations.authKind} = 'oauth' and ${credentials.updatedAt} < ${push.revokedAt}::timestamptz
      and exists (select from taken)
  `);
  return rows.length > 0;
}
