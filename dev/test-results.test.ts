import { expect, test } from 'vitest';
import { addUp, type VitestReport } from './test-results.ts';

const good: VitestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  testResults: [{ name: 'a', status: 'passed', assertionResults: [{ status: 'passed' }] }],
};
const testsOk = { name: 'tests', ok: true };
const testsFailed = { name: 'tests', ok: false };

test('each check counts as one beside the tests', () => {
  const checks = [
    { name: 'lint', ok: true },
    { name: 'types', ok: false },
  ];
  expect(addUp(checks, testsOk, good)).toEqual({ passed: 4, failed: 1, skipped: 0 });
});

test('a test file that could not be read is a failure', () => {
  const report = {
    ...good,
    success: false,
    testResults: [...good.testResults, { name: 'b', status: 'failed', assertionResults: [] }],
  };
  expect(addUp([], testsFailed, report)).toMatchObject({ passed: 3, failed: 1 });
});

test('failed tests are counted once, also where their file is failed by them', () => {
  const report = {
    ...good,
    success: false,
    numFailedTests: 2,
    testResults: [
      { name: 'b', status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
    ],
  };
  expect(addUp([], testsFailed, report)).toMatchObject({ failed: 2 });
});

test.each([
  ['no report', testsOk, undefined],
  ['no test that ran', testsOk, { ...good, numPassedTests: 0, testResults: [] }],
  ['a failed run without a failed test', testsFailed, { ...good, success: false }],
])('%s is a failure', (_, outcome, report) => {
  expect(addUp([], outcome, report).failed).toBe(1);
});
