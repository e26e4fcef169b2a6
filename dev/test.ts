// `npm test`: every check, then every test. Arguments go to vitest (`npm test -- --project unit`).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { projectFolder } from './node-process.ts';
import { listChecks, runAll, runChecked } from './steps.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { addUp, type VitestReport } from './test-results.ts';

const resultsFolder = join(projectFolder, 'node_modules', '.cache', 'harmony');
const reportFile = join(resultsFolder, 'vitest.json');
/** Read by .ci/run. */
const totalsFile = join(resultsFolder, 'test-totals.json');

const readReport = (): VitestReport | undefined => {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
};

/** Fetched before the tests, so that none of them waits for a download or times out by it. */
const findCliForTests = async (): Promise<NodeJS.ProcessEnv> => {
  try {
    return { TEMPORAL_CLI_PATH: await findTemporalCli({ report: console.log }) };
  } catch (error) {
    console.log(styleText('yellow', `${(error as Error).message}\nThe tests that need Temporal will fail.`));
    return {};
  }
};

mkdirSync(resultsFolder, { recursive: true });
for (const file of [reportFile, totalsFile]) rmSync(file, { force: true });

const checks = await runAll(listChecks());
const tests = await runChecked({
  name: 'tests',
  script: join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs'),
  args: [
    ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
    ...process.argv.slice(2),
  ],
  env: await findCliForTests(),
  live: true,
});

const totals = addUp(checks, tests, readReport());
writeFileSync(totalsFile, JSON.stringify(totals));
const failedSteps = [...checks, tests].filter(({ ok }) => !ok).map(({ name }) => name);
if (failedSteps.length > 0) console.log(styleText('red', `Failed: ${failedSteps.join(', ')}`));
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed === 0 ? 0 : 1;
