/** Push subscriptions at the provider, one at a time: opened so that each stays known whatever gets lost, and stopped. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { hashSecret, newSecret } from '../../db/ids.ts';
import { listCollections } from '../../db/queries/collections.ts';
import { holdOpen } from '../../db/queries/fence.ts';
import { announceWatch, confirmWatch, dropWatch, type Watch } from '../../db/queries/watches.ts';
import { ProviderError, type Watch as RemoteWatch } from '../../providers/contract/index.ts';
import type { ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';

/** Watches the list of collections itself, in place of a collection's id. */
export const listItself = '';
const wantedLifeMs = 7 * 24 * 60 * 60 * 1000;

interface Target {
  readonly collectionId: string;
  /** Absent for the list itself. */
  readonly remoteId: string | undefined;
}

/**
 * Answers with the watch, with neither where the provider has none, or with why it could not be opened. After a failure
 * that may pass it may be open all the same, and stays known. Throws when the integration is gone meanwhile.
 */
export async function openWatch(
  deps: ActivityDeps,
  access: ProviderAccess,
  target: Target,
): Promise<{ watch?: RemoteWatch; error?: unknown }> {
  const { integration } = access;
  const id = randomUUID();
  const token = newSecret('ho');
  const expiresAt = new Date(Date.now() + wantedLifeMs).toISOString();
  // The row first: the provider's first message may come before its answer, and a crash leaves no unknown channel.
  await deps.db.transaction(async (tx) => {
    // Delete itself opens one where only that tells the name of another (`learnName`).
    if (integration.deletingAt === null) await holdOpen(tx, integration.id);
    await announceWatch(tx, {
      id,
      integrationId: integration.id,
      collectionId: target.collectionId,
      tokenHash: hashSecret(token),
      expiresAt,
    });
  });
  let failure: { error?: unknown } = {};
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
      return { watch };
    }
  } catch (error) {
    failure = { error };
    if (passes(error)) return failure;
  }
  await dropWatch(deps.db, id);
  return failure;
}

/** A moment later the provider may take the same call. */
export const passes = (error: unknown): boolean =>
  error instanceof ProviderError && ['transient', 'rate_limited', 'token_rejected'].includes(error.kind);

/** The provider's name for what is watched is the same for every subscription to it, also for one whose answer was lost. */
const nameOf = (watch: Watch, all: readonly Watch[]): string | null =>
  watch.resourceId ??
  all.find(({ collectionId, resourceId }) => collectionId === watch.collectionId && resourceId !== null)
    ?.resourceId ??
  null;

const endingMs = 24 * 60 * 60 * 1000;

/** A subscription that ends within a day is replaced by the next sync. */
export const isEnding = ({ expiresAt }: Watch): boolean => Date.parse(expiresAt) - Date.now() <= endingMs;

/** Whether that is worth a sync of its own: not for ever where the provider gives subscriptions of less than two days. */
export const needsRenewal = (watch: Watch): boolean =>
  isEnding(watch) && Date.now() - Date.parse(watch.createdAt) > Date.parse(watch.expiresAt) - Date.now();

const isOver = ({ expiresAt }: Watch): boolean => Date.parse(expiresAt) <= Date.now();

/** Its answer was lost, and none of the others tells how to name it to the provider. */
export const isUnnamed = (watch: Watch, all: readonly Watch[]): boolean =>
  nameOf(watch, all) === null && !isOver(watch);

/** Once somebody has signed in again, subscriptions that the grant left behind can be stopped; Delete waits for nobody. */
const isMendedBySignIn = (error: unknown, { integration }: ProviderAccess): boolean =>
  error instanceof ProviderError && error.kind === 'auth_revoked' && integration.deletingAt === null;

/**
 * Stops a subscription at the provider and forgets it. What fails for the moment, or until somebody signs in again, is
 * thrown, and the subscription stays known, to be stopped later; one that the provider won't let us stop any more is left to
 * expire. `all` are those of the integration.
 */
export async function stopWatch(
  deps: ActivityDeps,
  access: ProviderAccess,
  watch: Watch,
  all: readonly Watch[],
): Promise<void> {
  if (!isOver(watch)) {
    try {
      const resourceId = nameOf(watch, all) ?? (await learnName(deps, access, watch));
      if (resourceId !== undefined) await stop(access, { channelId: watch.id, resourceId });
    } catch (error) {
      if (passes(error) || isMendedBySignIn(error, access)) throw error;
      deps.logger.warn(
        { integrationId: watch.integrationId, err: error },
        'a watch could not be stopped; it will expire',
      );
    }
  }
  await dropWatch(deps.db, watch.id);
}

const stop = (access: ProviderAccess, named: { channelId: string; resourceId: string }): Promise<void> => {
  const signal = Context.current().cancellationSignal;
  return access.call(async (session) => session.watches?.stop({ ...named, signal }));
};

/** Nothing lists subscriptions: one more to the same thing, stopped at once, tells its name. undefined where that is gone. */
async function learnName(
  deps: ActivityDeps,
  access: ProviderAccess,
  { integrationId, collectionId }: Watch,
): Promise<string | undefined> {
  const collection =
    collectionId === listItself
      ? undefined
      : (await listCollections(deps.db, integrationId)).find(({ id }) => id === collectionId);
  if (collectionId !== listItself && collection === undefined) return undefined;
  const { watch, error } = await openWatch(deps, access, { collectionId, remoteId: collection?.remoteId });
  if (error !== undefined) throw error;
  if (watch === undefined) return undefined;
  await stop(access, watch);
  await dropWatch(deps.db, watch.channelId);
  return watch.resourceId;
}
