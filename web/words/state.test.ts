import { describe, expect, test } from 'vitest';
import type { Run } from '../../api/contract/index.ts';
import { describeAttention, describeState, isBusy } from './state.ts';

const counts = {
  read: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  pushed: 0,
  conflicts: 0,
  failed: 0,
};
const run = (status: Run['status'], more: Partial<Run> = {}): Run => ({
  id: 'run_1',
  mode: 'incremental',
  trigger: 'manual',
  status,
  startedAt: '2026-11-23T12:00:00Z',
  counts,
  workflow: { id: 'sync:1', runId: null, url: 'http://localhost/' },
  ...more,
});

describe('describeState', () => {
  test('a succeeded integration with Auto Sync is up to date, without it only connected', () => {
    const lastRun = run('succeeded');
    expect(describeState({ phase: 'active', autoSync: true, lastRun }).tone).toBe('good');
    expect(describeState({ phase: 'active', autoSync: false, lastRun }).text).toMatch(/Auto Sync is off/);
  });

  test('a run in progress shows even while an earlier problem stands', () => {
    const attention = { code: 'internal', title: 'x', remedy: 'y' };
    const shown = describeState({
      phase: 'active',
      autoSync: true,
      lastRun: run('running', { mode: 'full' }),
      attention,
    });
    expect(shown).toEqual({ tone: 'busy', text: 'Full sync running' });
    const first = run('running', { mode: 'full', trigger: 'connect' });
    expect(describeState({ phase: 'active', autoSync: true, lastRun: first }).text).toBe(
      'First sync running',
    );
  });

  test('whoever came with a key is asked for a key, not for a sign-in', () => {
    const lost = { phase: 'needs_reauth', autoSync: true } as const;
    expect(describeState({ ...lost, authKind: 'api_key' }).text).toBe('Needs a new API key');
    expect(describeState({ ...lost, authKind: 'oauth' }).text).toBe('Needs you to sign in again');
  });

  test('the phase stands above the last run', () => {
    expect(describeState({ phase: 'needs_reauth', autoSync: true, lastRun: run('succeeded') }).tone).toBe(
      'bad',
    );
  });
});

test('a sync that failed is over once a check since then found all well', () => {
  const error = { code: 'provider_unavailable', title: 'Away', remedy: 'Nothing to do now' };
  const lastRun = run('failed', { error, finishedAt: '2026-11-23T12:00:10Z' });
  const failed = {
    phase: 'active',
    autoSync: true,
    lastRun,
    lastSucceededAt: '2026-11-23T11:00:00Z',
  } as const;
  expect(describeState(failed).tone).toBe('bad');
  expect(describeAttention(failed)?.action).toBe('sync');
  const well = { ...failed, lastSucceededAt: '2026-11-23T12:05:00Z' };
  expect(describeState(well)).toEqual({ tone: 'good', text: 'Up to date' });
  expect(describeAttention(well)).toBeUndefined();
});

describe('describeAttention', () => {
  test('nothing is asked of the person where all is well, or while it is being deleted', () => {
    expect(describeAttention({ phase: 'active', autoSync: true, lastRun: run('succeeded') })).toBeUndefined();
    expect(describeAttention({ phase: 'deleting', autoSync: true })).toBeUndefined();
  });

  test.each([
    ['missing_scope', 'sign-in'],
    ['wrong_account', 'sign-in'],
    ['authorization_failed', 'sign-in'],
    ['provider_unavailable', 'sync'],
    ['cursor_expired', 'full-sync'],
    ['remote_not_found', 'choose'],
    ['run_parked', 'plan'],
    ['plan_needed', 'plan'],
    ['provider_blocked', 'activity'],
    ['unexpected_answer', 'activity'],
  ])('%s offers %s, in the words of the API', (code, action) => {
    const attention = { code, title: 'What happened', remedy: 'What to do' };
    expect(describeAttention({ phase: 'active', autoSync: true, attention })).toEqual({
      ...attention,
      action,
    });
  });

  test('a run that waited asks for nothing once somebody has decided', () => {
    const error = { code: 'run_parked', title: 'It stopped', remedy: 'Look' };
    const lastRun = { ...run('parked'), error };
    expect(describeAttention({ phase: 'active', autoSync: true, lastRun })).toBeUndefined();
    expect(describeAttention({ phase: 'parked', autoSync: true, lastRun, attention: error })?.action).toBe(
      'plan',
    );
  });

  test('while a run waits, the way to its plan stays, whatever else came to nothing since', () => {
    const parked = { code: 'run_parked', title: 'It stopped', remedy: 'Look' };
    const declined = { code: 'access_denied', title: 'Access was declined', remedy: 'Connect again' };
    const waiting = { phase: 'parked', autoSync: true, attention: declined } as const;
    const lastRun = { ...run('parked'), error: parked };
    expect(describeAttention({ ...waiting, lastRun })).toEqual({ ...parked, action: 'plan' });
    const away = { code: 'provider_unavailable', title: 'Away', remedy: 'Nothing to do now' };
    const failed = { ...waiting, attention: away, lastRun: { ...run('failed'), error: away } };
    expect(describeAttention(failed)).toMatchObject({ code: 'run_parked', action: 'plan' });
  });

  test('an unfinished sign-in and a lost one have words even where the API sends none', () => {
    expect(describeAttention({ phase: 'connecting', autoSync: true })?.action).toBe('finish-sign-in');
    expect(describeAttention({ phase: 'needs_reauth', autoSync: true })?.action).toBe('sign-in');
  });
});

test('what will change soon is asked for often, what rests is not', () => {
  expect(isBusy({ phase: 'active', lastRun: run('running') })).toBe(true);
  expect(isBusy({ phase: 'connecting' })).toBe(true);
  expect(isBusy({ phase: 'active' })).toBe(true);
  expect(isBusy({ phase: 'active', lastRun: run('succeeded') })).toBe(false);
});
