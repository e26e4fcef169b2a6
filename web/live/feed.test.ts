import { expect, test } from 'vitest';
import { type FeedItem, foldFeed } from './feed.ts';
import type { LiveEvent } from './live-event.ts';

const fold = (...events: LiveEvent[]): string[] =>
  events
    .reduce<readonly FeedItem[]>((feed, event, i) => foldFeed(feed, event, { nowMs: i * 1_000 }), [])
    .map(({ text }) => text);

test('the end of a run is told by what its start was, newest first', () => {
  expect(
    fold(
      { name: 'run', data: { runId: 'run_1', status: 'running', mode: 'full', trigger: 'manual' } },
      { name: 'run', data: { runId: 'run_1', status: 'succeeded' } },
    ),
  ).toEqual(['Full sync done', 'Full sync started: you asked for it']);
});

test('attention counts as settled only where it was needed', () => {
  const settled: LiveEvent = { name: 'attention', data: { attention: null } };
  const needed: LiveEvent = {
    name: 'attention',
    data: { attention: { code: 'internal', title: 'It failed', remedy: 'Wait' } },
  };
  expect(fold(settled)).toEqual([]);
  expect(fold(needed, settled, settled)).toEqual(['What needed attention is settled', 'It failed']);
});

test('what waits for the person is told once, whatever runs go by', () => {
  const waits: LiveEvent = {
    name: 'attention',
    data: { attention: { code: 'plan_needed', title: 'A plan waits', remedy: 'Look at it' } },
  };
  const ended: LiveEvent = { name: 'run', data: { runId: 'run_1', status: 'succeeded' } };
  expect(fold(waits, ended, waits)).toEqual(['Sync done', 'A plan waits']);
});

test('progress and a repeated line add nothing', () => {
  const progress: LiveEvent = { name: 'progress', data: { runId: 'run_1', stream: 'events', done: 1 } };
  const changed: LiveEvent = { name: 'collections', data: {} };
  expect(fold(progress, changed, changed)).toHaveLength(1);
});

test('a phase is told by itself, whatever runs there were, and by how the integration signs in', () => {
  const back: LiveEvent = { name: 'phase', data: { phase: 'active' } };
  const lost: LiveEvent = { name: 'phase', data: { phase: 'needs_reauth' } };
  expect(fold(lost, back)).toEqual(['State: Connected', 'State: Needs you to sign in again']);
  const [line] = foldFeed([], lost, { nowMs: 0, authKind: 'api_key' });
  expect(line?.text).toBe('State: Needs a new API key');
});
