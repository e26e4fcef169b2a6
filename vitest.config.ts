import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

/** One worker after another takes a file, and each loads what the files share once. */
const isolate = false;

/**
 * Four projects: `unit` (pure, beside the source, seconds), `sandbox` (the stand-ins by themselves), and after those
 * `system` (real Postgres, Temporal, browser) with `histories` (the engine on a real Postgres, with workflow code and time
 * of their own). Files of these share nothing but one Postgres with a database for each. `system` waits more than it works
 * (three at a time kept 1.3 of 2 cores busy) and `histories` only works: a few run side by side, in the order of LongestFirst.
 */
const beside = {
  globalSetup: ['tests/support/postgres-cluster.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // One second, as it is by default, is less than a busy machine may take for an answer.
  expect: { poll: { timeout: 20_000 } },
  maxWorkers: 4,
  sequence: { groupOrder: 1 },
};
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
      { test: { ...beside, name: 'system', include: ['tests/**/*.test.ts'], exclude: inProcess } },
      {
        test: {
          ...{ ...beside, name: 'histories', include: inProcess },
          setupFiles: ['tests/random-histories/engine-in-process.ts'],
        },
      },
    ],
  },
});
