import { expect, test } from 'vitest';
import { describeLeaving } from './provider.ts';

const streamOf = (name: string, label: string) => ({ name, label, perCollection: false });

test('what leaves with an integration is counted by what it is', () => {
  const provider = { streams: [streamOf('events', 'calendar events')] };
  expect(describeLeaving({ counts: { events: 1200, collections: 3 } }, provider)).toBe(
    '1,200 calendar events leave Harmony.',
  );
  expect(describeLeaving({ counts: {} }, provider)).toBe('All records leave Harmony.');
  expect(describeLeaving({ counts: {} }, undefined)).toBe('All records leave Harmony.');
});

test('contacts and lists that another account brings, too, are not said to leave', () => {
  const provider = { streams: [streamOf('groups', 'contact groups'), streamOf('contacts', 'contacts')] };
  expect(describeLeaving({ counts: { groups: 2, contacts: 120 } }, provider)).toBe(
    '2 contact groups and 120 contacts leave Harmony, except for what another account brings, too.',
  );
});
