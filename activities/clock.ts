/** The time by which activities decide; tests bring a clock of their own. */
import type { ActivityDeps } from './deps.ts';

export const nowMs = (deps: Pick<ActivityDeps, 'clock'>): number => (deps.clock ?? Date.now)();

export const isoAt = (ms: number): string => new Date(ms).toISOString();
