/** One refresh per expiry, however many calls in however many workers find the token ended. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Credential, loadCredential, storeRefreshed } from '../../db/queries/credentials.ts';
import { refreshLease, releaseLease, takeOrTakeOver } from '../../db/queries/grant-leases.ts';
import {
  type ProviderAdapter,
  type ProviderEnvironment,
  ProviderError,
} from '../../providers/contract/index.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { signInRequired, withCredential } from '../failure.ts';
import { noteTokenRefresh } from '../metrics.ts';

export interface RefreshRequest {
  readonly integrationId: string;
  readonly adapter: ProviderAdapter;
  readonly environment: ProviderEnvironment;
  /** The credential version whose token the provider refused; absent when the token is only ending. */
  readonly refused?: number;
}

/** A token that ends within this time is refreshed first, so that one activity's calls don't outlive it. */
const endingMs = 60_000;

export function isEnding(credential: Credential): boolean {
  const { expiresAt } = credential.tokens;
  return expiresAt !== undefined && Date.parse(expiresAt) - Date.now() < endingMs;
}

/** Refreshes under way in this process, so that a thousand callers ask Postgres once, not a thousand times. */
const underWay = new WeakMap<object, Map<string, Promise<Credential>>>();

/**
 * A credential whose token is neither ending nor the refused one. A lease makes other workers wait for the one that
 * refreshes; under it the need is looked at again. Throws ProviderError `auth_revoked` when the grant is gone.
 */
export function freshCredential(deps: ActivityDeps, request: RefreshRequest): Promise<Credential> {
  const running = underWay.get(deps.db) ?? new Map<string, Promise<Credential>>();
  underWay.set(deps.db, running);
  const key = `${request.integrationId}:${request.refused ?? 'ending'}`;
  const joined = running.get(key);
  if (joined !== undefined) return joined;
  const refresh = refreshOnce(deps, request).finally(() => running.delete(key));
  running.set(key, refresh);
  return refresh;
}

async function refreshOnce(deps: ActivityDeps, request: RefreshRequest): Promise<Credential> {
  const { integrationId } = request;
  const lease = { key: refreshLease(integrationId), holder: randomUUID() };
  const take = () => {
    const now = nowMs(deps);
    return takeOrTakeOver(deps.db, { ...lease, now: isoAt(now), until: isoAt(now + leaseMs) });
  };
  const load = async () => {
    const current = await loadCredential(deps.db, deps.sealer, integrationId);
    if (current === undefined) throw signInRequired(integrationId);
    return current;
  };
  let outcome = await take();
  while (outcome === 'held') {
    const current = await load();
    if (!isNeeded(current, request)) return current;
    await pause(pollMs);
    outcome = await take();
  }
  const isTakenOver = outcome === 'taken_over';
  const refresh = async () => {
    // Postgres was away, and whoever has a new token is about to store it; or their process has ended.
    if (isTakenOver) await pause(storingMs);
    const current = await load();
    return isNeeded(current, request) ? refreshNow(deps, request, current) : current;
  };
  try {
    return await whileRenewing(take, refresh);
  } finally {
    await releaseLease(deps.db, lease);
  }
}

/** A renewal that fails is of an outage: whoever takes over then waits before anything else. */
async function whileRenewing<T>(renew: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  let renewal: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    renewal = renew().catch(() => {});
  }, renewMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewal;
  }
}

/** No connection to Postgres is held during the call, nor is its answer lost with one: a provider may take the old token no more. */
async function refreshNow(
  deps: ActivityDeps,
  { adapter, environment, integrationId }: RefreshRequest,
  current: Credential,
): Promise<Credential> {
  const { tokens: spent, version } = current;
  const oauth = adapter.oauth?.(environment);
  if (oauth === undefined || spent.refreshToken === undefined) {
    const refused = new ProviderError({
      kind: 'auth_revoked',
      message: `${adapter.displayName} refused the stored key, and there is nothing to renew it with.`,
    });
    throw withCredential(refused, version);
  }
  const fresh = await oauth.refresh(spent, AbortSignal.timeout(callMs)).catch((error: unknown) => {
    const failure = adapter.classify(error);
    noteTokenRefresh(adapter.id, failure.kind);
    throw withCredential(failure, version);
  });
  noteTokenRefresh(adapter.id, 'ok');
  // The end of the old token is not that of a new one whose end the provider doesn't name.
  const { expiresAt: _ended, ...kept } = spent;
  const refreshed = { integrationId, version, tokens: { ...kept, ...fresh } };
  const stored = await untilStored(deps, () => storeRefreshed(deps.db, deps.sealer, refreshed));
  if (stored === undefined) throw signInRequired(integrationId);
  return stored;
}

/** Postgres may be away just now, for longer than anybody waits who asked: they come again, and join (`underWay`). */
async function untilStored<T>(deps: ActivityDeps, store: () => Promise<T>): Promise<T> {
  for (const deadlineMs = nowMs(deps) + longestOutageMs; ; ) {
    try {
      return await store();
    } catch (error) {
      if (nowMs(deps) > deadlineMs) throw error;
      await pause(betweenTriesMs);
    }
  }
}

function isNeeded(current: Credential, { refused }: RefreshRequest): boolean {
  return current.version === refused || isEnding(current);
}

const pollMs = 500;
/**
 * Not the caller's own signal: others may have joined, and a refresh that is cut off halfway could lose a rotated
 * token.
 */
const callMs = 20_000;
const betweenTriesMs = 1000;
const longestOutageMs = 15 * 60_000;
/** Until what was refreshed is stored, once Postgres is back: the pause between two tries, and a connection (db/client.ts). */
const storingMs = betweenTriesMs + 10_000 + 1000;
/** A worker that died holds up the others for this long, and for `storingMs`. */
const leaseMs = 6000;
const renewMs = 2000;
