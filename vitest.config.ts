import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

/** A worker takes one file after another, and loads what they share once; elsewhere each file has a process of its own. */
const isolate = false;

/**
 * `unit` (pure, beside the source, seconds) and `sandbox` (the stand-ins by themselves) come first, then side by side `system`
 * (real Postgres, Temporal, browser) and `api` (the same, in this process), which wait more than they work, then `histories`
 * (the engine on a real Postgres, with workflow code and time of their own), which only work, and would keep the others from
 * their deadlines. A project has one Postgres, with a database for each file, which is all that files share. A few run at a
 * time, in the order of LongestFirst.
 */
const beside = {
  globalSetup: ['tests/support/postgres-cluster.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // One second, as it is by default, is less than a busy machine may take for an answer.
  expect: { poll: { timeout: 20_000 } },
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
};
/** They take minutes, and Python: `npm test` leaves them out. They kill and flood what they started, so nothing runs beside. */
const onlyInCi = 'tests/ci/**/*.test.ts';
const api = ['tests/api/**/*.test.ts'];
const inProcess = ['tests/random-histories/!(processes).test.ts'];

export default defineConfig({
  test: {
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{sync,providers,activities,api,db,workflows,platform,dev,web,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          isolate,
        },
      },
      {
        test: {
          name: 'sandbox',
          include: ['sandbox/**/*.test.ts'],
          testTimeout: 30_000,
          isolate,
        },
      },
      {
        test: {
          ...{ ...beside, name: 'system', include: ['tests/**/*.test.ts'] },
          exclude: [...inProcess, onlyInCi, ...api],
        },
      },
      { test: { ...beside, name: 'api', include: api, isolate } },
      {
        test: {
          ...{ ...beside, name: 'histories', include: inProcess, sequence: { groupOrder: 2 } },
          setupFiles: ['tests/random-histories/engine-in-process.ts'],
          // Almost all they make is garbage soon.
          execArgv: ['--max-semi-space-size=64'],
        },
      },
      ...(process.env.HARMONY_CI === undefined
        ? []
        : [
            {
              test: {
                ...{ ...beside, name: 'ci', include: [onlyInCi], maxWorkers: 1 },
                sequence: { groupOrder: 3 },
              },
            },
          ]),
    ],
  },
});
