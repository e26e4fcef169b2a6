// Adds up what the checks and vitest say, for the last line of `npm test` and for CI.
import type { StepOutcome } from './steps.ts';

/** The part of vitest's JSON report that is read. */
export interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests?: number;
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
}

export interface TestTotals {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * A check counts as one. A test file that could not be read counts as one failure, and so does a run that vitest
 * calls failed without a failed test (an unhandled error), that left no report, or that ran no test at all.
 */
export const addUp = (
  checks: StepOutcome[],
  tests: StepOutcome,
  report: VitestReport | undefined,
): TestTotals => {
  const checksFailed = checks.filter(({ ok }) => !ok).length;
  const unreadable = report?.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const testsFailed = (report?.numFailedTests ?? 0) + (unreadable ?? 0);
  const ranNothing = !report || report.numPassedTests + testsFailed === 0;
  const unexplained = testsFailed === 0 && (ranNothing || !tests.ok || !report.success) ? 1 : 0;
  return {
    passed: checks.length - checksFailed + (report?.numPassedTests ?? 0),
    failed: checksFailed + testsFailed + unexplained,
    skipped: report?.numPendingTests ?? 0,
  };
};
