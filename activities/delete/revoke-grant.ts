/** Ends the grant of an integration that is being deleted, but never one that another integration lives on or is about to. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import {
  type Credential,
  deleteCredential,
  isGrantShared,
  loadCredential,
} from '../../db/queries/credentials.ts';
import { isExchanging, releaseLease, revocationLease, takeLease } from '../../db/queries/grant-leases.ts';
import { findIntegration, type Integration } from '../../db/queries/integrations.ts';
import { firstSignInsUnderWay } from '../../db/queries/oauth-attempts.ts';
import type { OAuthClient, ProviderAdapter } from '../../providers/contract/index.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';

export interface RevokeGrantInput {
  readonly integrationId: string;
  /** Sign-ins that are under way were waited for long enough. */
  readonly evenDuringSignIns?: boolean;
}

/** `later`: a sign-in is under way, its own or one that may be of the same account; nothing was done, ask again. */
export type RevokeGrantResult = { readonly outcome: 'revoked' | 'kept' | 'nothing' | 'later' };

/** One call is given up after this time, well before the lease ends. */
const callMs = 20_000;
const leaseMs = 40_000;

/**
 * At Google one grant covers Calendar and Contacts of an account, and revoking it ends every token and code of it. So it
 * stays while another integration lives on it, and the question waits while somebody of the workspace signs in for the
 * first time at the same family, or of another one has come back from there: whose account that will be shows only at its
 * end. An exchange of its own that met Delete is waited for, too: its grant is ended with what it stored. The lease keeps
 * new sign-ins from setting out, and codes from being exchanged, between the question and the answer. Whatever the outcome,
 * then forgets the tokens.
 */
export function createRevokeGrant(deps: ActivityDeps) {
  return async function revokeGrant(input: RevokeGrantInput): Promise<RevokeGrantResult> {
    const { integrationId } = input;
    // Asked before the tokens are looked at: one that ends in between has stored them.
    if (await isExchanging(deps.db, integrationId, isoAt(nowMs(deps)))) return { outcome: 'later' };
    const integration = await findIntegration(deps.db, integrationId);
    const credential = await loadCredential(deps.db, deps.sealer, integrationId);
    if (integration === undefined || credential === undefined) return { outcome: 'nothing' };
    const { adapter, environment } = deps.provider(integration.provider);
    const oauth = integration.authKind === 'oauth' ? adapter.oauth?.(environment) : undefined;
    if (oauth !== undefined) {
      return { outcome: await underLease(deps, input, { integration, credential, adapter, oauth }) };
    }
    await deleteCredential(deps.db, integrationId);
    return { outcome: 'nothing' };
  };
}

interface Held {
  readonly integration: Integration;
  readonly credential: Credential;
  readonly adapter: ProviderAdapter;
  readonly oauth: OAuthClient;
}

async function underLease(
  deps: ActivityDeps,
  { evenDuringSignIns }: RevokeGrantInput,
  { integration, credential, adapter, oauth }: Held,
): Promise<RevokeGrantResult['outcome']> {
  const { id, workspaceId } = integration;
  const takenAtMs = nowMs(deps);
  const lease = {
    key: revocationLease(workspaceId, adapter.grantFamily),
    // A repeated activity is another holder: the one before it may still be calling.
    holder: `${id}/${randomUUID()}`,
  };
  const until = isoAt(takenAtMs + leaseMs);
  if (!(await takeLease(deps.db, { ...lease, now: isoAt(takenAtMs), until }))) return 'later';
  try {
    // Asked first: a sign-in that ends between the two questions is met by the second one, as a grant that is shared.
    const mustWait = evenDuringSignIns !== true && (await isSomebodySigningIn(deps, integration, adapter));
    if (await isGrantShared(deps.db, id, credential.grantKey)) {
      // Before anybody else asks: of several that are deleted together the last one revokes.
      await deleteCredential(deps.db, id);
      return 'kept';
    }
    if (mustWait) return 'later';
    // A process that was held up has no lease any more.
    if (nowMs(deps) - takenAtMs > leaseMs - callMs) return 'later';
    const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(callMs)]);
    await oauth.revoke(credential.tokens, signal).catch((error: unknown) => {
      throw adapter.classify(error);
    });
    await deleteCredential(deps.db, id);
    return 'revoked';
  } finally {
    await releaseLease(deps.db, lease);
  }
}

async function isSomebodySigningIn(
  deps: ActivityDeps,
  { workspaceId }: Integration,
  { grantFamily }: ProviderAdapter,
): Promise<boolean> {
  const providers = await firstSignInsUnderWay(deps.db, workspaceId);
  return providers.some((provider) => deps.provider(provider).adapter.grantFamily === grantFamily);
}
