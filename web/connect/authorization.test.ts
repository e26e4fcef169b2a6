import { describe, expect, test } from 'vitest';
import type { Run } from '../../api/contract/index.ts';
import {
  type Authorization,
  type AuthorizationEvent,
  nextAuthorization,
  type SignInView,
} from './authorization.ts';

const connecting: SignInView = { phase: 'connecting' };
const attention = (code: string) => ({ code, title: `title of ${code}`, remedy: `remedy of ${code}` });
const run = (id: string, trigger: Run['trigger']) => ({ id, trigger }) as Run;

function walk(before: SignInView, ...events: AuthorizationEvent[]): Authorization {
  const opened = { type: 'opened', integrationId: 'int_1', url: '/hop', blocked: false, before } as const;
  return [{ type: 'begun' } as const, opened, ...events].reduce<Authorization>(nextAuthorization, {
    step: 'idle',
  });
}

describe('without the message of the window', () => {
  test('an integration that has become active is connected', () => {
    expect(walk(connecting, { type: 'observed', now: { phase: 'active' } }).step).toBe('done');
  });

  test('an active one is signed in again only once a run after the sign-in shows', () => {
    const before: SignInView = { phase: 'active', lastRun: run('run_1', 'reauthenticated') };
    expect(walk(before, { type: 'observed', now: before }).step).toBe('waiting');
    const after: SignInView = { phase: 'active', lastRun: run('run_2', 'reauthenticated') };
    expect(walk(before, { type: 'observed', now: after }).step).toBe('done');
  });

  test('one that waits for a decision is signed in already, too: that it still waits says nothing', () => {
    const before: SignInView = { phase: 'parked', lastRun: run('run_1', 'manual') };
    expect(walk(before, { type: 'observed', now: before }).step).toBe('waiting');
    const after: SignInView = { phase: 'parked', lastRun: run('run_2', 'reauthenticated') };
    expect(walk(before, { type: 'observed', now: after }).step).toBe('done');
  });

  test('a new problem ends the sign-in with its words; one that stood before does not', () => {
    const before: SignInView = { phase: 'needs_reauth', attention: attention('reauth_required') };
    expect(walk(before, { type: 'observed', now: before }).step).toBe('waiting');
    const now: SignInView = { phase: 'needs_reauth', attention: attention('wrong_account') };
    expect(walk(before, { type: 'observed', now })).toMatchObject({
      step: 'failed',
      title: 'title of wrong_account',
    });
  });
});

describe('the message of the window', () => {
  test('a yes is done at once, unless the sign-in is still being taken up', () => {
    expect(walk(connecting, { type: 'message', ok: true }).step).toBe('done');
    const pending = walk(connecting, { type: 'message', ok: true, code: 'pending' });
    expect(pending).toMatchObject({ step: 'waiting', window: 'finishing' });
    expect(nextAuthorization(pending, { type: 'window-closed' })).toBe(pending);
  });

  test('a no is told in the words of the API, or else in ours', () => {
    const now: SignInView = { phase: 'connecting', attention: attention('missing_scope') };
    expect(walk(connecting, { type: 'message', ok: false, code: 'missing_scope', now })).toMatchObject({
      title: 'title of missing_scope',
    });
    expect(walk(connecting, { type: 'message', ok: false, code: 'access_denied' })).toMatchObject({
      step: 'failed',
      title: 'Access was not allowed',
    });
  });
});

test('a closed window is only a hint: what the integration shows later still counts', () => {
  const closed = walk(connecting, { type: 'window-closed' });
  expect(closed).toMatchObject({ step: 'waiting', window: 'closed' });
  expect(nextAuthorization(closed, { type: 'observed', now: { phase: 'active' } }).step).toBe('done');
});

test('a blocked window stays blocked until the link is followed', () => {
  const blocked = nextAuthorization(
    { step: 'starting' },
    { type: 'opened', integrationId: 'int_1', url: '/hop', blocked: true, before: connecting },
  );
  expect(nextAuthorization(blocked, { type: 'window-closed' })).toBe(blocked);
  expect(nextAuthorization(blocked, { type: 'link-followed' })).toMatchObject({ window: 'open' });
});

test('a late event changes nothing once it is over', () => {
  const done = walk(connecting, { type: 'message', ok: true });
  expect(nextAuthorization(done, { type: 'expired' })).toBe(done);
});

test('a sign-in that can not be begun again is still that of the integration that was made for it', () => {
  const refused = walk(connecting, { type: 'message', ok: false, code: 'access_denied' });
  const unreached = [
    { type: 'begun' } as const,
    { type: 'problem', error: new Error('away') } as const,
  ].reduce(nextAuthorization, refused);
  expect(unreached).toMatchObject({ step: 'failed', integrationId: 'int_1' });
});
