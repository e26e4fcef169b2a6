/** Keeps one push subscription per subscribed collection, and one for the list of collections. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { hashSecret, newSecret } from '../../db/ids.ts';
import { listCollections } from '../../db/queries/collections.ts';
import { holdOpen } from '../../db/queries/fence.ts';
import {
  announceWatch,
  confirmWatch,
  dropWatch,
  listWatches,
  type Watch,
  watchEndingMs,
} from '../../db/queries/watches.ts';
import { ProviderError } from '../../providers/contract/index.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';

export interface EnsureWatchesInput {
  readonly integrationId: string;
  /** Collections whose cursor had died: their subscription is opened anew. */
  readonly renew: readonly string[];
}

/** The list of collections itself, in place of a collection's id. */
const listItself = '';
const wantedLifeMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Opens what is missing or ending, stops what is no longer wanted. Pushes only make news arrive sooner, so a provider
 * that refuses one is noted in the log and polling goes on. Returns how many were opened.
 */
export function createEnsureWatches(deps: ActivityDeps) {
  return async function ensureWatches(input: EnsureWatchesInput): Promise<{ opened: number }> {
    const access = await openProviderAccess(deps, input.integrationId);
    const reachable = !access.environment.live || deps.publicUrl.startsWith('https://');
    if (access.adapter.push !== 'watch' || !reachable) return { opened: 0 };

    const wanted = new Map<string, string | undefined>([[listItself, undefined]]);
    for (const row of await listCollections(deps.db, input.integrationId)) {
      if (row.subscribed && row.missingSince === null) wanted.set(row.id, row.remoteId);
    }
    const existing = await listWatches(deps.db, input.integrationId);
    const keep = new Map(
      existing
        .filter((watch) => isGood(watch) && !input.renew.includes(watch.collectionId))
        .map((watch) => [watch.collectionId, watch]),
    );

    let opened = 0;
    for (const [collectionId, remoteId] of wanted) {
      if (keep.has(collectionId)) continue;
      if (await openWatch(deps, access, { collectionId, remoteId })) opened += 1;
      Context.current().heartbeat({ opened });
    }
    const all = await listWatches(deps.db, input.integrationId);
    for (const watch of existing) {
      if (keep.get(watch.collectionId)?.id === watch.id && wanted.has(watch.collectionId)) continue;
      if (isUnknown(watch, all)) continue;
      await stopWatch(deps, access, watch, all).catch((error: unknown) => {
        if (!passes(error)) throw error;
        const { integrationId } = input;
        deps.logger.warn(
          { integrationId, err: error },
          'a watch could not be stopped yet; the next sync tries again',
        );
      });
    }
    return { opened };
  };
}

/** Its answer was lost, and there is no way yet to name it to the provider. */
const isUnknown = (watch: Watch, all: readonly Watch[]): boolean =>
  resourceOf(watch, all) === null && Date.parse(watch.expiresAt) > Date.now();

/** The provider's name for what is watched is the same for every subscription to it, also for one whose answer was lost. */
const resourceOf = (watch: Watch, all: readonly Watch[]): string | null =>
  watch.resourceId ??
  all.find(({ collectionId, resourceId }) => collectionId === watch.collectionId && resourceId !== null)
    ?.resourceId ??
  null;

const isGood = (watch: Watch): boolean =>
  watch.resourceId !== null && Date.parse(watch.expiresAt) - Date.now() > watchEndingMs;

async function openWatch(
  deps: ActivityDeps,
  access: ProviderAccess,
  target: { collectionId: string; remoteId: string | undefined },
): Promise<boolean> {
  const { integration } = access;
  const id = randomUUID();
  const token = newSecret('ho');
  const expiresAt = new Date(Date.now() + wantedLifeMs).toISOString();
  // The row first: the provider's first message may come before its answer, and a crash leaves no unknown channel.
  await deps.db.transaction(async (tx) => {
    await holdOpen(tx, integration.id);
    await announceWatch(tx, {
      id,
      integrationId: integration.id,
      collectionId: target.collectionId,
      tokenHash: hashSecret(token),
      expiresAt,
    });
  });
  try {
    const watch = await access.call((session) => {
      if (session.watches === undefined) return Promise.resolve(undefined);
      return session.watches.open({
        channelId: id,
        address: `${deps.publicUrl}/webhooks/${integration.provider}`,
        token,
        ...(target.remoteId === undefined ? {} : { collection: target.remoteId }),
        expiresAt,
        signal: Context.current().cancellationSignal,
      });
    });
    if (watch !== undefined) {
      await confirmWatch(deps.db, { id, resourceId: watch.resourceId, expiresAt: watch.expiresAt });
      return true;
    }
  } catch (error) {
    deps.logger.warn(
      { integrationId: integration.id, err: error },
      'a watch could not be opened; polling goes on',
    );
    // It may be open, and only the answer was lost: it stays known, to be stopped once its resource is.
    if (passes(error)) return false;
  }
  await dropWatch(deps.db, id);
  return false;
}

/** A moment later the provider may take the same call. */
const passes = (error: unknown): boolean =>
  error instanceof ProviderError && ['transient', 'rate_limited', 'token_rejected'].includes(error.kind);

/**
 * Stops a subscription at the provider and forgets it. What fails for the moment is thrown, and the subscription stays
 * known, to be stopped later; one that the provider won't let us stop any more is left to expire. `all` are those of the
 * integration.
 */
export async function stopWatch(
  deps: ActivityDeps,
  access: ProviderAccess,
  watch: Watch,
  all: readonly Watch[],
): Promise<void> {
  const resourceId = resourceOf(watch, all);
  if (resourceId !== null && Date.parse(watch.expiresAt) > Date.now()) {
    const signal = Context.current().cancellationSignal;
    try {
      await access.call(async (session) =>
        session.watches?.stop({ channelId: watch.id, resourceId, signal }),
      );
    } catch (error) {
      if (passes(error)) throw error;
      deps.logger.warn(
        { integrationId: watch.integrationId, err: error },
        'a watch could not be stopped; it will expire',
      );
    }
  }
  await dropWatch(deps.db, watch.id);
}
