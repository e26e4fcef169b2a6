import { findIntegration, hasOpenAttempt, noteNextSync } from '../../db/queries/integrations.ts';
import type { DesiredState } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { noLaterThanDue, planNextCheck, toIso } from './plan-next-check.ts';

/**
 * `abandoned`: nobody has signed in, and nobody can any more. `keyStored`: an API key waits to be connected with.
 * `keepRecords`: with phase `deleting`, Delete is to leave the records. null when the integration is gone.
 */
export type LoadedState = {
  readonly desired: DesiredState;
  readonly abandoned: boolean;
  readonly keyStored?: boolean;
  readonly keepRecords?: boolean;
} | null;

/** What the person wants, as Postgres has it; plans the next check anew, since the interval may have changed. */
export function createLoadDesiredState(deps: ActivityDeps) {
  return async function loadDesiredState(input: { integrationId: string }): Promise<LoadedState> {
    const row = await findIntegration(deps.db, input.integrationId);
    if (row === undefined) return null;
    const phase = row.deletingAt === null ? row.phase : 'deleting';
    const plannedAtMs = phase === 'active' ? planNextCheck(row, 0) : null;
    await noteNextSync(deps.db, row.id, toIso(plannedAtMs));
    const nextCheckAtMs = phase === 'active' ? await noLaterThanDue(deps, row.id, plannedAtMs) : null;
    const { autoSync, intervalSeconds } = row;
    return {
      desired: { phase, autoSync, intervalSeconds, nextCheckAtMs },
      abandoned:
        phase === 'connecting' && row.authKind === 'oauth' && !(await hasOpenAttempt(deps.db, row.id)),
      keyStored: phase === 'connecting' && row.authKind === 'api_key',
      keepRecords: row.keepRecords,
    };
  };
}
