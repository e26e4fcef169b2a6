import { findIntegrations } from '../db/queries/integrations-read.ts';
import type { ApiDeps } from './deps.ts';
import { toRef } from './require-integration.ts';

/**
 * Wakes the workflows that have contacts to plan, and keeps nobody waiting. What was noted in Postgres stays noted, so a
 * signal that is lost only means that the edit is carried over at the next check, or by reconcile where that comes first.
 */
export function tellPlanners(
  deps: ApiDeps,
  owner: { readonly workspaceId: string },
  integrationIds: readonly string[],
): void {
  if (integrationIds.length === 0) return;
  signalAll(deps, owner, integrationIds).catch((err) =>
    deps.logger.warn({ err, integrationIds }, 'edits not announced'),
  );
}

async function signalAll(
  deps: ApiDeps,
  owner: { readonly workspaceId: string },
  integrationIds: readonly string[],
): Promise<void> {
  const rows = await findIntegrations(deps.db, owner.workspaceId, integrationIds);
  const signed = rows.filter(({ phase }) => phase === 'active');
  await Promise.all(signed.map((row) => deps.arbiter.announceEdits(toRef(row))));
}
