import { expect, test } from 'vitest';
import { foldProgress, type RunProgress, remainingWords, viewProgress } from './progress.ts';

const fold = (
  events: readonly [atMs: number, stream: string, done: number, total?: number, runId?: string][],
): RunProgress =>
  events.reduce<RunProgress | undefined>(
    (state, [atMs, stream, done, total, runId = 'run_1']) =>
      foldProgress(state, { runId, stream, done, ...(total === undefined ? {} : { total }) }, atMs),
    undefined,
  ) as RunProgress;

test('streams add up, and a later report of one replaces its earlier', () => {
  const view = viewProgress(
    fold([
      [0, 'contacts', 10, 100],
      [1_000, 'contacts', 40, 100],
      [1_000, 'groups', 5, 20],
    ]),
  );
  expect(view).toMatchObject({ done: 45, total: 120 });
});

test('without the size of every part there is neither a total nor an estimate', () => {
  const view = viewProgress(
    fold([
      [0, 'contacts', 10, 100],
      [9_000, 'groups', 5],
    ]),
  );
  expect(view).toEqual({ done: 15, total: undefined, remainingMs: undefined });
});

test('a part that outgrew its total takes the total away instead of showing more than all', () => {
  expect(viewProgress(fold([[0, 'contacts', 120, 100]])).total).toBeUndefined();
});

test('the estimate rests on the pace that was seen, not on what was done before', () => {
  const view = viewProgress(
    fold([
      [0, 'contacts', 500, 1_000],
      [10_000, 'contacts', 600, 1_000],
    ]),
  );
  expect(view.remainingMs).toBe(40_000);
});

test('too short a look gives no estimate', () => {
  const progress = fold([
    [0, 'contacts', 1, 1_000],
    [1_000, 'contacts', 100, 1_000],
  ]);
  expect(viewProgress(progress).remainingMs).toBeUndefined();
});

test('another run starts from nothing', () => {
  const progress = fold([
    [0, 'contacts', 900, 1_000],
    [5_000, 'contacts', 1, 1_000, 'run_2'],
  ]);
  expect(viewProgress(progress)).toEqual({ done: 1, total: 1_000, remainingMs: undefined });
});

test.each([
  [4_000, 'a few seconds left'],
  [31_000, 'about 40 seconds left'],
  [70_000, 'about a minute left'],
  [600_000, 'about 10 minutes left'],
  [7_200_000, 'about 2 hours left'],
])('%i ms are "%s"', (remainingMs, words) => {
  expect(remainingWords(remainingMs)).toBe(words);
});
