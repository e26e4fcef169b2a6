import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

/**
 * Three projects: `unit` (pure, beside the source, seconds), `sandbox` (the stand-ins by themselves) and `system` (real
 * Postgres, Temporal, browser), which runs after the others. Its files share nothing but one Postgres with a database for
 * each, and wait more than they work (three at a time kept 1.3 of 2 cores busy): a few run side by side, the longest first.
 */
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
        },
      },
      {
        test: {
          name: 'sandbox',
          include: ['sandbox/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          globalSetup: ['tests/support/postgres-cluster.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One second, as it is by default, is less than a busy machine may take for an answer.
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
