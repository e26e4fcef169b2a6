/** Calls to a provider with a token that works: refreshed before it ends, or once after it was refused. */

import { type Credential, findWithCredential } from '../../db/queries/credentials.ts';
import type { Integration } from '../../db/queries/integrations.ts';
import {
  type ProviderAdapter,
  type ProviderEnvironment,
  ProviderError,
  type Session,
} from '../../providers/contract/index.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone, signInRequired, withCredential } from '../failure.ts';
import { freshCredential, isEnding } from './refresh-token.ts';
import { shareLimit } from './shared-limit.ts';

export interface ProviderAccess {
  readonly integration: Integration;
  readonly adapter: ProviderAdapter;
  readonly environment: ProviderEnvironment;
  /** Of the account that was signed in to, which several integrations may share. */
  readonly grantKey: string;
  /** Runs `use` with an open session, unless the provider asked for a pause; throws ProviderError. */
  call<T>(use: (session: Session) => Promise<T>): Promise<T>;
  /** Tells every worker of a limit that a call met and went on from with part of its answer. */
  noteLimit(failure: ProviderError): Promise<void>;
}

/**
 * Opens the way to an integration's provider. Throws IntegrationGone when it is gone or being deleted, ReauthRequired
 * when nobody has signed in.
 */
export async function openProviderAccess(
  deps: ActivityDeps,
  integrationId: string,
  options: { readonly evenIfDeleting?: boolean } = {},
): Promise<ProviderAccess> {
  const found = await findWithCredential(deps.db, deps.sealer, integrationId);
  if (found === undefined) throw integrationGone(integrationId);
  const { integration, credential: stored } = found;
  if (integration.deletingAt !== null && options.evenIfDeleting !== true)
    throw integrationGone(integrationId);
  const { adapter, environment } = deps.provider(integration.provider);
  const open = (credential: Credential): Session =>
    adapter.openSession(
      { accessToken: credential.tokens.accessToken, authKind: integration.authKind },
      environment,
    );

  if (stored === undefined) throw signInRequired(integrationId);
  const refresh = (refused?: number) =>
    freshCredential(deps, {
      integrationId,
      adapter,
      environment,
      ...(refused === undefined ? {} : { refused }),
    });
  let credential = isEnding(stored) ? await refresh() : stored;
  let session = open(credential);
  const limit = shareLimit(deps, {
    adapter,
    grantKey: credential.grantKey,
    accountId: integration.accountId,
  });
  const attempt = async <T>(use: (session: Session) => Promise<T>): Promise<T> => {
    try {
      return await use(session);
    } catch (error) {
      const failure = adapter.classify(error);
      await limit.note(failure);
      throw withCredential(failure, credential.version);
    }
  };

  return {
    integration,
    adapter,
    environment,
    grantKey: credential.grantKey,
    noteLimit: limit.note,
    async call(use) {
      await limit.check();
      // Of calls side by side one may have brought a new credential before the next hears that its own was refused.
      const { version } = credential;
      try {
        return await attempt(use);
      } catch (failure) {
        if (!(failure instanceof ProviderError) || failure.kind !== 'token_rejected') throw failure;
        credential = await refresh(version);
        session = open(credential);
        return await attempt(use);
      }
    },
  };
}
