/** What live events say about the run in progress, folded into one figure and a fair estimate. Pure. */
import type { LiveEventData } from '../../api/contract/index.ts';

interface Part {
  readonly done: number;
  readonly total: number | undefined;
}

export interface RunProgress {
  readonly runId: string;
  /** By stream and collection. */
  readonly parts: Readonly<Record<string, Part>>;
  /** The first report that this page saw: where the measured pace starts. */
  readonly firstAtMs: number;
  readonly firstDone: number;
  readonly lastAtMs: number;
}

export function foldProgress(
  before: RunProgress | undefined,
  event: LiveEventData['progress'],
  nowMs: number,
): RunProgress {
  const known = before?.runId === event.runId ? before : undefined;
  const name = `${event.stream}/${event.collectionId ?? ''}`;
  const parts = { ...known?.parts, [name]: { done: event.done, total: event.total } };
  const next = { runId: event.runId, parts, lastAtMs: nowMs };
  return known
    ? { ...next, firstAtMs: known.firstAtMs, firstDone: known.firstDone }
    : { ...next, firstAtMs: nowMs, firstDone: event.done };
}

export interface ProgressView {
  readonly done: number;
  /** Only where every part told its size and none has outgrown it. */
  readonly total: number | undefined;
  /** Only where a total and a pace are known. */
  readonly remainingMs: number | undefined;
}

export function viewProgress(progress: RunProgress): ProgressView {
  const parts = Object.values(progress.parts);
  const done = parts.reduce((sum, part) => sum + part.done, 0);
  const sized = parts.every((part) => part.total !== undefined && part.total > 0 && part.done <= part.total);
  const total = sized ? parts.reduce((sum, part) => sum + (part.total ?? 0), 0) : undefined;
  return { done, total, remainingMs: total === undefined ? undefined : remaining(progress, done, total) };
}

/** A pace measured for less than this long would be a guess. */
const minMeasuredMs = 3_000;

function remaining(progress: RunProgress, done: number, total: number): number | undefined {
  const elapsedMs = progress.lastAtMs - progress.firstAtMs;
  const covered = done - progress.firstDone;
  if (elapsedMs < minMeasuredMs || covered <= 0 || done >= total) return undefined;
  return ((total - done) * elapsedMs) / covered;
}

/** "about 2 minutes left". */
export function remainingWords(remainingMs: number): string {
  if (remainingMs < 10_000) return 'a few seconds left';
  if (remainingMs < 55_000) return `about ${Math.ceil(remainingMs / 10_000) * 10} seconds left`;
  const minutes = Math.round(remainingMs / 60_000);
  if (minutes < 60) return minutes <= 1 ? 'about a minute left' : `about ${minutes} minutes left`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? 'about an hour left' : `about ${hours} hours left`;
}
