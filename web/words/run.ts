/** A run in words: what it was, why it began, what it did. */
import type { Run, RunCounts } from '../../api/contract/index.ts';
import { duration } from './time.ts';

const number = new Intl.NumberFormat('en');
export const count = (value: number): string => number.format(value);

/** "3 calendars", "1 calendar". */
export function countOf(value: number, noun: { one: string; many: string }): string {
  return `${count(value)} ${value === 1 ? noun.one : noun.many}`;
}

/** "12 new, 3 changed, 1 removed", or "Nothing had changed". */
export function describeCounts(counts: RunCounts): string {
  const parts = [
    [counts.created, 'new'],
    [counts.updated, 'changed'],
    [counts.deleted, 'removed'],
    [counts.pushed, 'sent'],
    [counts.conflicts, counts.conflicts === 1 ? 'conflict' : 'conflicts'],
    [counts.failed, 'could not be read'],
  ] as const;
  const told = parts.filter(([value]) => value > 0).map(([value, word]) => `${count(value)} ${word}`);
  return told.length === 0 ? 'Nothing had changed' : told.join(', ');
}

const modeWords = { full: 'Full sync', incremental: 'Sync' } as const;
const triggerWords = {
  connect: 'first sync after connecting',
  manual: 'you asked for it',
  periodic: 'on schedule',
  push: 'a change was announced',
  subscription: 'your selection changed',
  reauthenticated: 'after signing in again',
  edit: 'contacts were edited in Harmony',
  plan: 'a plan was applied',
  undo: 'a run was undone',
} as const;
const statusWords = {
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
  parked: 'Waiting for you',
} as const;

export const runMode = (run: Pick<Run, 'mode'>): string => modeWords[run.mode];
export const runReason = (run: Pick<Run, 'trigger'>): string => triggerWords[run.trigger];
export const runStatus = (run: Pick<Run, 'status'>): string => statusWords[run.status];

/** undefined while it runs. */
export function runDuration(run: Run): string | undefined {
  if (run.finishedAt === undefined) return undefined;
  return duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt));
}
