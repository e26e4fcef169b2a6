/** When an integration is looked at again: its interval with a little jitter, longer after failures. */
import { hasDueWork, nextDueAt } from '../../db/queries/contact-queue.ts';
import type { Integration } from '../../db/queries/integrations.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';

/** Syncs that began together (after an outage, say) drift apart by this share of the interval. */
const jitter = 0.05;
const longestBackoffMs = 6 * 60 * 60 * 1000;

/** Epoch ms, or null while auto-sync is off. After n failures in a row the interval doubles n times, to 6 hours at most. */
export function planNextCheck(
  integration: Pick<Integration, 'autoSync' | 'intervalSeconds'>,
  failuresInARow: number,
): number | null {
  if (!integration.autoSync) return null;
  const intervalMs = integration.intervalSeconds * 1000;
  const backedOffMs = Math.min(intervalMs * 2 ** failuresInARow, Math.max(longestBackoffMs, intervalMs));
  return Math.round(Date.now() + backedOffMs * (1 + jitter * (2 * Math.random() - 1)));
}

/**
 * The planned time, or an earlier one at which a write or a plan that backs off is due: those are also looked at while
 * auto-sync is off.
 */
export async function noLaterThanDue(
  deps: ActivityDeps,
  integrationId: string,
  plannedAtMs: number | null,
): Promise<number | null> {
  const dueAtMs = msOf(await nextDueAt(deps.db, integrationId, isoAt(nowMs(deps))));
  if (plannedAtMs === null || dueAtMs === null) return plannedAtMs ?? dueAtMs;
  return Math.min(plannedAtMs, dueAtMs);
}

/** After the first failure to carry an edit over. */
const carryAgainMs = 10 * 60 * 1000;

/**
 * After a failure. Nothing is tried before the back-off of what reads, `plannedAtMs`, has passed. Where there is none, since
 * auto-sync is off, or it was planned without knowing of this failure (`isPlanOlder`: a run of edits plans nothing), what is
 * due in Harmony has a back-off of its own, lest an edit wait for the next one, or for a day.
 */
export async function afterFailure(
  deps: ActivityDeps,
  integrationId: string,
  failure: { plannedAtMs: number | null; isPlanOlder: boolean; failuresInARow: number },
): Promise<number | null> {
  const { plannedAtMs, isPlanOlder, failuresInARow } = failure;
  if (plannedAtMs !== null && !isPlanOlder) return plannedAtMs;
  const atMs = nowMs(deps);
  if (!(await hasDueWork(deps.db, integrationId, isoAt(atMs)))) return plannedAtMs;
  const againAtMs = atMs + Math.min(carryAgainMs * 2 ** failuresInARow, longestBackoffMs);
  return plannedAtMs === null ? againAtMs : Math.min(plannedAtMs, againAtMs);
}

export const toIso = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString();

export const msOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
