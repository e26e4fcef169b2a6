import { expect, test } from 'vitest';
import { describeReport, gradeCheck, joinPermissions, mendedBySignIn, nameCheck } from './check.ts';

const check = (name: string, ok: boolean) => ({ name, ok, detail: '' });
const provider = {
  id: 'p',
  name: 'P',
  description: '',
  category: '',
  authKinds: [],
  capabilities: [],
  streams: [{ name: 'events', label: 'calendar events', perCollection: true }],
};

test('a check that fails in a working connection is a hint, in a broken one a fault', () => {
  expect(gradeCheck(check('watch', false), { ok: true })).toBe('warn');
  expect(gradeCheck(check('token', false), { ok: false })).toBe('bad');
  expect(gradeCheck(check('account', true), { ok: false })).toBe('good');
});

test('checks have names for people, also with colons in a scope', () => {
  expect(nameCheck('scope:https://example.com/auth/x', provider)).toBe('Permission');
  expect(nameCheck('read:events', provider)).toBe('Reading calendar events');
  expect(nameCheck('read:unheard-of', provider)).toBe('Reading unheard-of');
  expect(nameCheck('something', provider)).toBe('something');
});

test('what is permitted stands in one line, what is not in its own', () => {
  const checks = [
    check('token', true),
    { ...check('scope:a', true), detail: 'Harmony may read.' },
    { ...check('scope:b', false), detail: 'Harmony was not allowed to write.' },
    { ...check('scope:c', true), detail: 'Harmony may look.' },
  ];
  expect(joinPermissions(checks).map(({ name, detail }) => [name, detail])).toEqual([
    ['token', ''],
    ['scope:a', 'Harmony may read. Harmony may look.'],
    ['scope:b', 'Harmony was not allowed to write.'],
  ]);
  expect(joinPermissions([check('token', true)])).toEqual([check('token', true)]);
});

test('a connection that works but for a permission is not said to be broken', () => {
  const report = (...checks: ReturnType<typeof check>[]) =>
    describeReport({ ok: checks.every(({ ok }) => ok), latencyMs: 1, checks });
  expect(report(check('token', true))).toBe('The connection works');
  expect(report(check('token', true), check('scope:x', false), check('read:events', false))).toBe(
    'Harmony lacks a permission',
  );
  expect(report(check('token', true), check('read:events', false))).toBe('The connection does not work');
  expect(report(check('token', false))).toBe('The connection does not work');
});

test('signing in again is offered only where it mends something', () => {
  expect(mendedBySignIn([check('watch', false), check('token', true)])).toBe(false);
  expect(mendedBySignIn([check('scope:x', false)])).toBe(true);
  expect(mendedBySignIn([{ ...check('account', false), code: 'reauth_required' }])).toBe(true);
  expect(mendedBySignIn([{ ...check('account', false), code: 'provider_unavailable' }])).toBe(false);
});
