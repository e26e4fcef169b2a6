/** One refresh per expiry, however many calls in however many workers find the token ended. */
import { type Credential, refreshUnderLock } from '../../db/queries/credentials.ts';
import {
  type ProviderAdapter,
  type ProviderEnvironment,
  ProviderError,
} from '../../providers/contract/index.ts';
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

/** Refreshes under way in this process, so that a thousand callers hold one database connection, not a thousand. */
const underWay = new WeakMap<object, Map<string, Promise<Credential>>>();

/**
 * A credential whose token is neither ending nor the refused one. The row lock makes other workers wait for the one
 * that refreshes; under it the need is checked again. Throws ProviderError `auth_revoked` when the grant is gone.
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
  const { adapter, environment, integrationId } = request;
  const oauth = adapter.oauth?.(environment);
  const credential = await refreshUnderLock(deps.db, deps.sealer, integrationId, async (current) => {
    const stillRefused = request.refused !== undefined && current.version === request.refused;
    if (!stillRefused && !isEnding(current)) return undefined;
    if (oauth === undefined || current.tokens.refreshToken === undefined) {
      const refused = new ProviderError({
        kind: 'auth_revoked',
        message: `${adapter.displayName} refused the stored key, and there is nothing to renew it with.`,
      });
      throw withCredential(refused, current.version);
    }
    const tokens = await oauth
      .refresh(current.tokens, AbortSignal.timeout(refreshTimeoutMs))
      .catch((error: unknown) => {
        const failure = adapter.classify(error);
        noteTokenRefresh(adapter.id, failure.kind);
        throw withCredential(failure, current.version);
      });
    noteTokenRefresh(adapter.id, 'ok');
    // The end of the old token is not that of a new one whose end the provider doesn't name.
    const { expiresAt: _ended, ...kept } = current.tokens;
    return { ...kept, ...tokens };
  });
  if (credential === undefined) throw signInRequired(integrationId);
  return credential;
}

/**
 * Not the caller's own signal: others may have joined, and a refresh that is cut off halfway could lose a rotated
 * token.
 */
const refreshTimeoutMs = 20_000;
