import { expect, it } from 'vitest';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { linear } from '../../providers/linear/index.ts';
import { fullListingAge } from './full-listing-age.ts';

const dayMs = 24 * 60 * 60 * 1000;
const [stream] = googleContacts.streams;
const ageOf = (id: string, intervalSeconds = 300): number =>
  fullListingAge(stream ?? {}, { id, intervalSeconds }) ?? Number.NaN;
const ids = Array.from({ length: 1000 }, (_, at) => `int_${at}`);

it('spreads integrations evenly between day 5 and day 5.9, each at an age of its own that stays', () => {
  const ages = ids.map((id) => ageOf(id) / dayMs);
  expect(Math.min(...ages)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...ages)).toBeLessThan(5.9);
  const tenths = Array.from({ length: 9 }, (_, at) => ages.filter((age) => Math.floor(age * 10) === 50 + at));
  for (const tenth of tenths) expect(tenth.length).toBeGreaterThan(50);
  expect(ids.map((id) => ageOf(id) / dayMs)).toEqual(ages);
});

it.each([300, 3600, 24 * 3600, 4 * 24 * 3600])('lists by day 6 with a check every %i seconds', (seconds) => {
  const nextCheckMs = seconds * 1000 * 1.05;
  // A check just before the age leaves it to the next one.
  for (const id of ids) expect(ageOf(id, seconds) + nextCheckMs).toBeLessThanOrEqual(6 * dayMs);
});

it('lists no oftener than once a day where checks are too far apart for any cursor to live', () => {
  expect(ageOf('int_1', 7 * 24 * 3600)).toBe(dayMs);
});

it('leaves streams alone whose listings are spread by nothing', () => {
  const [issues] = linear.streams;
  expect(fullListingAge(issues ?? {}, { id: 'int_1', intervalSeconds: 300 })).toBe(
    issues?.fullListingEveryMs,
  );
});
