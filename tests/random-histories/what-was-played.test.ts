/** A run of histories in which none was played is not told to have passed. */
import { expect, it } from 'vitest';
import { type PlayReport, sayNothingPlayed } from './what-was-played.ts';

const history = (title: string, ...ancestorTitles: string[]) => ({ title, ancestorTitles });
const report = (more: Partial<PlayReport> = {}): PlayReport => ({
  ...{ numPassedTests: 0, numFailedTests: 0 },
  testResults: [
    { assertionResults: [history('one way to Google')] },
    { assertionResults: [history('history 0', 'both ways'), history('history 1', 'both ways')] },
  ],
  ...more,
});

it('a text that no title has is told, with the kinds that there are, each once', () => {
  expect(sayNothingPlayed(report(), 'both wys')).toBe(
    'Nothing was played: no history has "both wys" in its title. There are:\n  one way to Google\n  both ways',
  );
});

it.each([
  ['nothing was asked for', report({ testResults: [] }), undefined, 'Nothing was played.'],
  ['one passed', report({ numPassedTests: 1 }), 'both ways', undefined],
  ['one failed', report({ numFailedTests: 1 }), 'both ways', undefined],
])('where %s', (_where, played, only, said) => {
  expect(sayNothingPlayed(played, only)).toBe(said);
});
