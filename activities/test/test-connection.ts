/** Test Connection: graded checks, each with its remedy; answers also when the provider is down. */
import { Context } from '@temporalio/activity';
import { subscribedCollections } from '../../db/queries/collections.ts';
import { grantedScopes } from '../../db/queries/credentials.ts';
import { listStreamCursors } from '../../db/queries/stream-cursors.ts';
import { listWatches } from '../../db/queries/watches.ts';
import { ProviderError, type ProviderObject, streamsFor } from '../../providers/contract/index.ts';
import type { CheckName, ConnectionCheck, ConnectionReport } from '../../workflows/messages.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import { describeFailure, type Party } from '../attention.ts';
import type { ActivityDeps } from '../deps.ts';
import { failureType } from '../failure.ts';
import { objectsInForce } from '../sync/streams-to-read.ts';

export function createTestConnection(deps: ActivityDeps) {
  return async function testConnection(input: {
    integrationId: string;
    provider: string;
  }): Promise<ConnectionReport> {
    const startedAtMs = performance.now();
    const checks = await runChecks(deps, input);
    const latencyMs = Math.round(performance.now() - startedAtMs);
    return { ok: checks.every((check) => check.ok), latencyMs, checks };
  };
}

async function runChecks(
  deps: ActivityDeps,
  input: { integrationId: string; provider: string },
): Promise<ConnectionCheck[]> {
  const { adapter, environment } = deps.provider(input.provider);
  let access: ProviderAccess | undefined;
  const check = (name: CheckName, run: () => Promise<string>) => {
    const authKind = access?.integration.authKind;
    return attempt(name, run, { adapter, environment, ...(authKind === undefined ? {} : { authKind }) });
  };
  const token = await check('token', async () => {
    access = await openProviderAccess(deps, input.integrationId);
    return `Harmony holds a sign-in to ${adapter.displayName} that has not run out.`;
  });
  if (access === undefined) return [token];
  const opened = access;
  const objects = await objectsInForce(deps.db, input.integrationId);
  // All at once: each waits for a provider that hangs as long as any call does, and a person for the slowest alone.
  const [account, scopes, reads] = await Promise.all([
    check('account', async () => {
      const found = await opened.call((session) => session.whoAmI(signal()));
      if (found === undefined)
        return `${adapter.displayName} takes the sign-in, and does not say whose it is.`;
      if (found.id !== opened.integration.accountId) throw new Error('another account');
      return `Signed in as ${found.email ?? found.name}.`;
    }),
    checkScopes(deps, opened, objects),
    Promise.all(
      streamsFor(adapter, objects).map((stream) =>
        check(`read:${stream.name}`, () => readOnce(deps, opened, stream.name, stream.perCollection)),
      ),
    ),
  ]);
  return [token, account, ...scopes, ...reads, ...(await checkWatches(deps, opened))];
}

const signal = (): AbortSignal => Context.current().cancellationSignal;

async function attempt(name: CheckName, run: () => Promise<string>, party: Party): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await run() };
  } catch (error) {
    signal().throwIfAborted();
    const { code, title, remedy } = describeFailure(failureType(error), party);
    return { name, ok: false, detail: title, remedy, code };
  }
}

async function checkScopes(
  deps: ActivityDeps,
  access: ProviderAccess,
  objects: readonly ProviderObject[],
): Promise<ConnectionCheck[]> {
  const { adapter, environment } = access;
  const scopes = adapter.oauth?.(environment).scopes ?? [];
  const needs = scopes.filter(({ enabledBy }) => enabledBy === undefined || objects.includes(enabledBy));
  const granted = await readGranted(deps, access);
  if (granted === undefined) return [];
  return needs.map((need): ConnectionCheck => {
    const ok = [need.scope, ...(need.satisfiedBy ?? [])].some((scope) => granted.includes(scope));
    const name: CheckName = `scope:${need.scope}`;
    if (ok) return { name, ok, detail: `Harmony may ${need.purpose}.` };
    return {
      name,
      // What a person switched on, they want.
      ok: !need.required && need.enabledBy === undefined && !(need.toWrite === true && writes(access)),
      detail: `Harmony was not allowed to ${need.purpose}.`,
      remedy: 'Re-authenticate and tick this box on the consent page.',
    };
  });
}

/** As the provider says now: a person may take a permission back at any time. Else as it said when it gave the token. */
async function readGranted(
  deps: ActivityDeps,
  access: ProviderAccess,
): Promise<readonly string[] | undefined> {
  const stored = await grantedScopes(deps.db, access.integration.id);
  if (stored === undefined) return undefined;
  try {
    return await access.call((session) => session.grantedScopes?.(signal()) ?? Promise.resolve(stored));
  } catch {
    signal().throwIfAborted();
    // The checks beside it tell what is wrong with the provider.
    return stored;
  }
}

/** Whether Harmony writes there, as the integration is set: tasks whenever a person asks, contacts by the direction. */
const writes = ({ adapter, integration }: ProviderAccess): boolean =>
  adapter.capabilities.includes('tasks') ||
  (integration.approvedDirection ?? 'from_provider') !== 'from_provider';

/**
 * One page from where the last sync stood: cheap, and the very call that the next sync makes. As that does, it begins anew where
 * the provider no longer takes the position.
 */
async function readOnce(
  deps: ActivityDeps,
  access: ProviderAccess,
  stream: string,
  perCollection: boolean,
): Promise<string> {
  const { id } = access.integration;
  const collection = perCollection ? (await subscribedCollections(deps.db, id))[0] : undefined;
  if (perCollection && collection === undefined) {
    return `Nothing is ticked, so there is nothing to read.`;
  }
  const cursors = await listStreamCursors(deps.db, id);
  const row = cursors.find(
    (cursor) => cursor.stream === stream && cursor.collectionId === (collection?.id ?? ''),
  );
  const readFrom = (cursor: string | null) =>
    access.call((session) =>
      session.fetchPage({
        stream,
        ...(collection === undefined ? {} : { collection: collection.remoteId }),
        cursor,
        signal: signal(),
        peek: true,
      }),
    );
  await readFrom(row?.cursor ?? null).catch((error: unknown) => {
    if (!(error instanceof ProviderError) || error.kind !== 'cursor_expired') throw error;
    return readFrom(null);
  });
  return collection === undefined ? 'Reading works.' : `Reading “${collection.name}” works.`;
}

async function checkWatches(deps: ActivityDeps, access: ProviderAccess): Promise<ConnectionCheck[]> {
  if (access.adapter.push === undefined || !access.integration.autoSync) return [];
  const late = `Changes arrive with the next periodic sync (every ${access.integration.intervalSeconds} s), not at once.`;
  if (access.adapter.push === 'app') return [checkAppPushes(access, late)];
  const watches = await listWatches(deps.db, access.integration.id);
  const alive = watches.filter(
    (watch) => watch.resourceId !== null && Date.parse(watch.expiresAt) > Date.now(),
  );
  if (alive.length > 0)
    return [{ name: 'watch', ok: true, detail: 'Changes are pushed to Harmony as they happen.' }];
  return [
    {
      name: 'watch',
      ok: true,
      detail: late,
      remedy: 'Pushes need a public https address: set HARMONY_PUBLIC_URL, then trigger a full sync.',
    },
  ];
}

/** Pushes for the whole app are switched on at the provider, once; we only know whether we could verify them. */
function checkAppPushes({ adapter, environment }: ProviderAccess, late: string): ConnectionCheck {
  if (environment.webhookSecret !== undefined) {
    return {
      name: 'watch',
      ok: true,
      detail: `Harmony verifies and takes what ${adapter.displayName} pushes.`,
    };
  }
  const variable = adapter.environment.variables.webhookSecret ?? 'the webhook secret';
  return { name: 'watch', ok: true, detail: late, remedy: `Pushes need ${variable} to be set.` };
}
