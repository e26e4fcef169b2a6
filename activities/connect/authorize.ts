/** From the code of a finished consent page to a stored grant: connect and re-authenticate. */
import { randomUUID } from 'node:crypto';
import { storeCredential } from '../../db/queries/credentials.ts';
import { exchangeLease, isAnyRevoking, releaseLease, takeLease } from '../../db/queries/grant-leases.ts';
import {
  changePhase,
  findAccountOwner,
  findIntegration,
  type Integration,
  setAccount,
} from '../../db/queries/integrations.ts';
import { endAttempt, readCodeGrant, readOutcome } from '../../db/queries/oauth-attempts.ts';
import { doubtWatches } from '../../db/queries/watches.ts';
import type {
  CodeGrant,
  OAuthClient,
  ProviderAdapter,
  ProviderError,
  RemoteAccount,
  ScopeNeed,
  Tokens,
} from '../../providers/contract/index.ts';
import type { AuthorizeInput, AuthorizeOutcome } from '../../workflows/messages.ts';
import { describeFailure } from '../attention.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';

type Refusal = Exclude<AuthorizeOutcome, { ok: true }>;

/**
 * Exchanges the attempt's code, finds out whose account it is, and stores the grant. Refusals (an expired code, another
 * account, an account connected already, a missing permission) are answers, not errors. A code works once, so where a worker
 * died right after its commit the repeated activity answers what that one came to.
 *
 * Cancellation does not end it: a code that was sent may have become a grant, which only its tokens can end. It is short, and
 * Delete, which nobody tells how it ends, waits for its lease before it revokes.
 */
export function createAuthorize(deps: ActivityDeps) {
  const exchange = createExchange(deps);
  return async function authorize(input: AuthorizeInput): Promise<AuthorizeOutcome> {
    const { attemptId } = input;
    const known = await readOutcome(deps.db, attemptId);
    if (known !== undefined) return known;
    const outcome = await underLease(deps, input, () => exchange(input));
    // The sign-in is over: whoever waits for it to end a grant goes on.
    if (outcome.ok || (await endAttempt(deps.db, attemptId, outcome))) return outcome;
    // Another worker, taken for dead, was the one that ended it.
    return (await readOutcome(deps.db, attemptId)) ?? outcome;
  };
}

/** All calls of one exchange are given up after this time, well before the lease ends. */
const callsMs = 40_000;
const leaseMs = 60_000;

/** The lease first, then the look whether the integration is being deleted; Delete the other way round. One sees the other. */
async function underLease<T>(
  deps: ActivityDeps,
  { integrationId }: AuthorizeInput,
  work: () => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  const lease = { key: exchangeLease(integrationId, holder), holder };
  const now = nowMs(deps);
  await takeLease(deps.db, { ...lease, now: isoAt(now), until: isoAt(now + leaseMs) });
  try {
    return await work();
  } finally {
    await releaseLease(deps.db, lease);
  }
}

function createExchange(deps: ActivityDeps) {
  return async (input: AuthorizeInput): Promise<AuthorizeOutcome> => {
    const integration = await findIntegration(deps.db, input.integrationId);
    if (integration === undefined || integration.deletingAt !== null)
      throw integrationGone(input.integrationId);
    const { adapter, environment } = deps.provider(integration.provider);
    const grant = await readCodeGrant(deps.db, deps.sealer, input.attemptId);
    const oauth = adapter.oauth?.(environment);
    if (grant === undefined || oauth === undefined) return codeExpired(adapter);

    const signal = AbortSignal.timeout(callsMs);
    await outlastRevocations(deps, adapter);
    const redirectUri = `${deps.publicUrl}/oauth/callback`;
    let granted: CodeGrant;
    try {
      granted = await oauth.exchange({ ...grant, redirectUri, signal });
    } catch (error) {
      const failure = adapter.classify(error);
      if (failure.kind === 'auth_revoked') return codeExpired(adapter);
      if (failure.kind !== 'invalid_request') throw failure;
      tellOperator(deps, adapter, { failure, redirectUri });
      return exchangeRefused(adapter);
    }
    const { account: named, ...tokens } = granted;
    const session = adapter.openSession({ accessToken: tokens.accessToken, authKind: 'oauth' }, environment);
    const account = named ?? (await askPatiently(() => session.whoAmI(signal), adapter));
    if (account === undefined)
      return { ok: false, ...describeFailure({ type: 'SchemaDrift' }, { adapter, environment }) };
    if (!('id' in account)) {
      if (account.kind === 'auth_revoked' || account.kind === 'token_rejected') return accessEnded(adapter);
      return { ok: false, ...describeFailure({ type: 'ProviderUnavailable' }, { adapter, environment }) };
    }

    const refusal = await refuse(deps, integration, account, adapter);
    if (refusal !== undefined) return refusal;
    const missing = missingScopes(oauth, tokens);
    const outcome: AuthorizeOutcome =
      missing.length === 0
        ? { ok: true, accountName: account.email ?? account.name }
        : { ok: false, ...missingPermission(missing, adapter) };
    const storing = deps.db.transaction(async (tx) => {
      if (!(await endAttempt(tx, input.attemptId, outcome))) return codeExpired(adapter);
      const grantKey = `${adapter.grantFamily}:${account.grantId ?? account.id}`;
      await storeCredential(tx, deps.sealer, { integrationId: integration.id, grantKey, tokens });
      await setAccount(tx, integration.id, account);
      await doubtWatches(tx, integration.id);
      await changePhase(
        tx,
        integration.id,
        missing.length === 0
          ? { phase: 'active', attention: null }
          : { phase: 'needs_reauth', attention: missingPermission(missing, adapter), nextSyncAt: null },
      );
      return outcome;
    });
    return storing.catch(async (error: unknown) => {
      // Another sign-in of the same account was stored since it was asked for: an index keeps them apart.
      const overtaken = await refuse(deps, integration, account, adapter);
      if (overtaken === undefined) throw error;
      return overtaken;
    });
  };
}

const revocationWaitMs = 10_000;
const revocationPollMs = 150;

/**
 * Whoever ends a grant, of whichever workspace, takes a lease first and then looks for codes that are to be exchanged; this
 * one is stored by now and looks for leases. So one of both sees the other, and nothing is exchanged that is being ended.
 */
async function outlastRevocations({ db }: ActivityDeps, { grantFamily }: ProviderAdapter): Promise<void> {
  const deadlineMs = Date.now() + revocationWaitMs;
  while (Date.now() < deadlineMs && (await isAnyRevoking(db, grantFamily, new Date().toISOString())))
    await new Promise((resolve) => setTimeout(resolve, revocationPollMs));
}

/** Required scopes that were asked for and not granted; none where the provider has no scopes. */
export function missingScopes(oauth: OAuthClient, tokens: Tokens): readonly ScopeNeed[] {
  if (tokens.scopes === undefined) return [];
  const granted = new Set(tokens.scopes);
  return oauth.scopes.filter(
    (need) =>
      need.required &&
      !granted.has(need.scope) &&
      !(need.satisfiedBy ?? []).some((wider) => granted.has(wider)),
  );
}

function missingPermission(missing: readonly ScopeNeed[], adapter: ProviderAdapter) {
  return {
    code: 'missing_scope',
    title: `Harmony was not allowed to ${missing.map((need) => need.purpose).join(' or to ')} in ${adapter.displayName}.`,
    remedy: 'Re-authenticate and leave every box on the consent page ticked.',
  };
}

async function refuse(
  deps: ActivityDeps,
  integration: Integration,
  account: RemoteAccount,
  adapter: ProviderAdapter,
): Promise<Refusal | undefined> {
  if (integration.accountId !== null && integration.accountId !== account.id) {
    const expected = integration.accountEmail ?? integration.accountName ?? 'the account connected first';
    return {
      ok: false,
      code: 'wrong_account',
      title: `That was another ${adapter.displayName} account. This integration belongs to ${expected}.`,
      remedy: `Re-authenticate as ${expected}, or connect the other account as an integration of its own.`,
    };
  }
  const owner = await findAccountOwner(deps.db, { integration, accountId: account.id });
  if (owner === undefined) return undefined;
  return {
    ok: false,
    code: 'already_connected',
    title: `${account.email ?? account.name} is connected to ${adapter.displayName} already.`,
    remedy: 'Use the integration that is there, or choose another account on the consent page.',
  };
}

const codeExpired = (adapter: ProviderAdapter): Refusal => ({
  ok: false,
  code: 'code_expired',
  title: `The sign-in at ${adapter.displayName} could not be finished: its answer was no longer valid.`,
  remedy: 'Connect again; nothing was changed.',
});

/** Not about this sign-in's code, as far as it goes: nobody's would be taken. */
const exchangeRefused = (adapter: ProviderAdapter): Refusal => ({
  ok: false,
  code: 'authorization_failed',
  title: `The sign-in at ${adapter.displayName} could not be finished: ${adapter.displayName} refused what Harmony asked for.`,
  remedy:
    'Connect again; nothing was changed. If it happens again, ask the people who run Harmony: its log says what was refused.',
});

function tellOperator(
  { logger }: ActivityDeps,
  { id, displayName, environment }: ProviderAdapter,
  { failure, redirectUri }: { readonly failure: ProviderError; readonly redirectUri: string },
): void {
  const { clientId, clientSecret } = environment.variables;
  const answer = (failure.cause as Error | undefined)?.message;
  logger.error(
    { provider: id, answer },
    `${displayName} refused to exchange the code of a sign-in: ${failure.message} Are ${clientId} and ${clientSecret} those of the app there, and is ${redirectUri} entered with it?`,
  );
}

const accessEnded = (adapter: ProviderAdapter): Refusal => ({
  ok: false,
  code: 'access_ended',
  title: `${adapter.displayName} took the access back before the sign-in was finished: it was ended at the same moment, there or by deleting another integration of the account.`,
  remedy: 'Sign in again; nothing was changed.',
});

/** The code is spent by now, so a passing fault here must not fail the activity: its retry could not exchange again. */
async function askPatiently(
  ask: () => Promise<RemoteAccount | undefined>,
  adapter: ProviderAdapter,
): Promise<RemoteAccount | ProviderError | undefined> {
  let failure: ProviderError | undefined;
  for (const pauseMs of [0, 500, 2000]) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      return await ask();
    } catch (error) {
      failure = adapter.classify(error);
      if (failure.kind !== 'transient' && failure.kind !== 'rate_limited') break;
    }
  }
  return failure as ProviderError;
}
