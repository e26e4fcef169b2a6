// `npm run check`: lint, types, import rules and unused code, without the tests.
import { listChecks, runAll } from './steps.ts';

const outcomes = await runAll(listChecks());
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
