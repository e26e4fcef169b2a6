import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { hashSecret } from '../../../db/ids.ts';
import { changePhase } from '../../../db/queries/integrations.ts';
import { confirmWatchByMessage } from '../../../db/queries/watches.ts';
import {
  findWatchedChannel,
  listPushTargets,
  type PushScope,
  type PushTarget,
  takePush,
  takeRevocation,
} from '../../../db/queries/webhook-inbox.ts';
import type { ProviderAdapter, PushNotice } from '../../../providers/contract/index.ts';
import { resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { type ApiDeps, requireProvider } from '../../deps.ts';
import { notFound, ProblemError } from '../../problem.ts';

/** As much as Linear's own receiver takes; nobody is known to send more. */
const largestPushBytes = 5 * 1024 * 1024;

export const receivePush = defineRoute({
  method: 'post',
  path: '/webhooks/{provider}',
  summary: 'Pushes of a provider',
  description:
    'Verified first, noted once by the delivery id, answered at once; the sync comes later. An unknown channel answers 404, so that the provider drops it.',
  tag: 'Webhooks',
  auth: 'public',
  params: z.object({ provider: resourceId }),
  query: z.looseObject({}),
  rawBodyLimitBytes: largestPushBytes,
  responses: {
    200: {
      description: 'Taken in or known already, by an account; or the answer to a handshake',
      schema: z.unknown(),
    },
    204: { description: 'Taken in or known already, by a channel' },
  },
  problems: [401, 413],
  handler: async ({ deps, params, req }) => {
    const { adapter, environment } = requireProvider(deps.catalogue, params.provider);
    if (adapter.readPush === undefined) throw notFound('provider with pushes');
    const notice = adapter.readPush(
      {
        headers: req.headers as Readonly<Record<string, string | undefined>>,
        body: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
        receivedAtMs: Date.now(),
      },
      environment,
    );
    switch (notice.kind) {
      case 'refused':
        throw refused(notice.status, notice.reason);
      case 'handshake':
        if (notice.operatorNote !== undefined)
          deps.logger.warn({ provider: adapter.id }, notice.operatorNote);
        return { status: 200, body: notice.answer };
      case 'ignored':
        return { status: 204 };
      case 'channel':
        await takeChannelPush(deps, adapter.id, notice);
        return { status: 204 };
      case 'account':
        await takeAccountPush(deps, adapter, notice);
        // Linear takes nothing but 200 for an answer: https://linear.app/developers/webhooks
        return { status: 200, body: {} };
    }
  },
});

async function takeChannelPush(
  deps: ApiDeps,
  provider: string,
  notice: Extract<PushNotice, { kind: 'channel' }>,
): Promise<void> {
  const channel = await findWatchedChannel(deps.db, provider, notice.channelId);
  if (channel === undefined) throw notFound('channel');
  const given = Buffer.from(hashSecret(notice.channelToken));
  const expected = Buffer.from(channel.tokenHash);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused(401, 'The channel token is not ours.');
  }
  // The provider's answer to opening it may have been lost, and without its resource a channel can't be stopped.
  if (notice.watch !== undefined && channel.resourceId === null) {
    await confirmWatchByMessage(deps.db, { id: notice.channelId, ...notice.watch });
  }
  // The provider says that the channel is open; nothing has changed yet.
  if (notice.initial) return;
  await take(deps, channel, notice.deliveryId, { collectionId: channel.collectionId });
}

async function takeAccountPush(
  deps: ApiDeps,
  adapter: ProviderAdapter,
  notice: Extract<PushNotice, { kind: 'account' }>,
): Promise<void> {
  const { deliveryId, collections, streams, revokedAt } = notice;
  for (const target of await listPushTargets(deps.db, adapter.id, notice.accountId)) {
    if (revokedAt !== undefined)
      await takeAccountRevocation(deps, adapter, { target, deliveryId, revokedAt });
    else {
      const scope = { remoteCollectionIds: collections, ...(streams === undefined ? {} : { streams }) };
      await take(deps, target, deliveryId, scope);
    }
  }
}

/** What is synced stays; the card says that somebody has to sign in, and the workflow plans no more checks. */
async function takeAccountRevocation(
  deps: ApiDeps,
  { displayName }: ProviderAdapter,
  push: { target: PushTarget; deliveryId: string; revokedAt: string },
): Promise<void> {
  const isLost = await deps.db.transaction(async (tx) => {
    if (!(await takeRevocation(tx, push))) return false;
    await changePhase(tx, push.target.integrationId, {
      phase: 'needs_reauth',
      nextSyncAt: null,
      attention: {
        code: 'reauth_required',
        title: `${displayName} no longer lets Harmony in: somebody there removed the app.`,
        remedy: 'Re-authenticate with the same account. Everything synced so far is kept.',
      },
    });
    return true;
  });
  if (!isLost) return;
  const { integrationId } = push.target;
  deps.arbiter
    .announceSettings(push.target)
    .catch((err) => deps.logger.warn({ err, integrationId }, 'revocation not announced'));
}

async function take(deps: ApiDeps, target: PushTarget, deliveryId: string, scope: PushScope): Promise<void> {
  if (!(await takePush(deps.db, { target, deliveryId, scope }))) return;
  const { integrationId, workspaceId, provider } = target;
  // Not waited for: the mark is in Postgres, and the timer and the reconcile schedule cover a lost signal.
  deps.arbiter
    .announcePush({ integrationId, workspaceId, provider })
    .catch((err) => deps.logger.warn({ err, integrationId }, 'push not announced'));
}

function refused(status: 400 | 401, reason: string): ProblemError {
  return new ProblemError(status === 401 ? 'push_refused' : 'invalid_request', { detail: reason });
}
