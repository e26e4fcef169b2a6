/** A run in words: what it was, why it began, what it did. */
import type { Integration, Run, RunCounts, UndoReport } from '../../api/contract/index.ts';
import { duration } from './time.ts';

const number = new Intl.NumberFormat('en');
export const count = (value: number): string => number.format(value);

/** "3 calendars", "1 calendar". */
export function countOf(value: number, noun: { one: string; many: string }): string {
  return `${count(value)} ${value === 1 ? noun.one : noun.many}`;
}

/** What a run did of one kind; `conflicts` are those that it opened. */
export interface ResultPart {
  readonly of: keyof RunCounts | 'lists' | 'nothing';
  readonly text: string;
}

function tellCounts(counts: RunCounts, changedLists: boolean): ResultPart[] {
  const parts = [
    ['created', 'new'],
    ['updated', 'changed'],
    ['deleted', 'removed'],
    ['pushed', 'sent'],
    ['conflicts', counts.conflicts === 1 ? 'conflict' : 'conflicts'],
    // By the provider.
    ['failed', 'refused'],
  ] as const;
  const told: ResultPart[] = parts
    .filter(([of]) => counts[of] > 0)
    .map(([of, word]) => ({ of, text: `${count(counts[of])} ${word}` }));
  if (!changedLists) return told;
  return [...told, { of: 'lists', text: told.length === 0 ? 'Lists changed' : 'lists changed' }];
}

const textOf = (parts: readonly ResultPart[]): string => parts.map(({ text }) => text).join(', ');

/** "12 new, 3 changed, 1 removed", or "Nothing had changed"; lists are told beside what is counted. */
export const describeCounts = (counts: RunCounts, changedLists = false): string =>
  textOf(describeResult({ status: 'succeeded', counts, changedLists }));

/** "2 contacts", "1 contact, 1 list, and 3 places on lists", or "0 contacts". */
export function describeUndone({ reverted, lists }: Pick<UndoReport, 'reverted' | 'lists'>): string {
  const parts = [
    [reverted, { one: 'contact', many: 'contacts' }],
    [lists.reverted, { one: 'list', many: 'lists' }],
    [lists.memberships, { one: 'place on a list', many: 'places on lists' }],
  ] as const;
  const told = parts.filter(([value]) => value > 0);
  const words = (told.length === 0 ? parts.slice(0, 1) : told).map(([value, noun]) => countOf(value, noun));
  return new Intl.ListFormat('en', { style: 'long' }).format(words);
}

/** As `describeCounts`, part by part; one that did not come to its end can't tell whether anything had changed, only that it wrote nothing. */
export function describeResult({
  status,
  counts,
  changedLists = false,
}: Pick<Run, 'status' | 'counts' | 'changedLists'>): ResultPart[] {
  const told = tellCounts(counts, changedLists);
  if (told.length > 0) return told;
  return [
    { of: 'nothing', text: status === 'succeeded' ? 'Nothing had changed' : 'This sync changed nothing' },
  ];
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
  parked: 'Held back',
} as const;

export const runMode = (run: Pick<Run, 'mode'>): string => modeWords[run.mode];
export const runReason = (run: Pick<Run, 'trigger'>): string => triggerWords[run.trigger];
/** `waits`: it is the one that the person has to decide on now. */
export const runStatus = (run: Pick<Run, 'status'>, waits: boolean): string =>
  waits ? 'Waiting for you' : statusWords[run.status];

/** The run that the person has to decide on, of runs with the newest first; undefined where none waits any more. */
export const waitingRun = (runs: readonly Run[], phase: Integration['phase']): Run | undefined =>
  phase === 'parked' ? runs.find(({ status }) => status === 'parked') : undefined;

/** undefined while it runs. */
export function runDuration(run: Run): string | undefined {
  if (run.finishedAt === undefined) return undefined;
  return duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt));
}

/** Whether there is anything to take back: whoever is new on one side is on the other one, too, and stays. */
export const canBeUndone = ({ status, counts, changedLists }: Run): boolean =>
  status !== 'running' && (counts.updated + counts.deleted + counts.pushed > 0 || changedLists === true);
