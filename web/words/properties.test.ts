import { expect, test } from 'vitest';
import { describeProperties } from './properties.ts';

const id = '7aef63f1-b3c9-406e-b8bc-eb4589d5a39f';
const told = (value: unknown): string | undefined =>
  describeProperties({ Property: value }, 'Title', 'Europe/Berlin')[0]?.value;

test.each([
  ['2025-05-27', '27 May 2025'],
  ['2025-05-27T11:43:00.000Z', 'Tue, 27 May 2025, 13:43'],
  [{ start: '2025-07-06', end: '2025-10-01' }, '6 Jul 2025 – 1 Oct 2025'],
  [{ start: '2025-05-27T11:43:00+02:00', end: null }, 'Tue, 27 May 2025, 11:43'],
  [['infra', 'Übersetzung'], 'infra, Übersetzung'],
  [[{ id, name: 'Grace' }, { id }], 'Grace'],
  [[id, id], '2 linked pages'],
  [true, 'Yes'],
  [1234.5, '1,234.5'],
])('%j reads %j', (value, words) => {
  expect(told(value)).toBe(words);
});

test.each([
  ['what is empty', ''],
  ['the title', 'Title'],
  ['an id that nobody can read', id],
  ['no value', null],
  ['an empty list', []],
])('%s is left out', (_what, value) => {
  expect(told(value)).toBeUndefined();
});
