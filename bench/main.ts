/**
 * `npm run bench [-- <name>…] [--records 10000,100000]`: what the README claims, measured side by side in one run.
 * Names: core, contacts, events, linear, notion, idle, push, two-way, page, overload. Default: all but the last three, at
 * 10,000 and 100,000 records; Notion has 20,000 pages then.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDriver } from '../dev/drive.ts';
import { startStack } from '../dev/stack.ts';
import { benchCore } from './core.ts';
import { benchIdleCycle } from './idle-cycle.ts';
import { benchLinear } from './linear.ts';
import { describeMachine } from './machine.ts';
import { benchNotion } from './notion.ts';
import { benchOverload } from './overload.ts';
import { benchPage } from './page.ts';
import { benchPush } from './push.ts';
import { benchPushAnswers } from './push-answers.ts';
import { printReport, type Row } from './report.ts';
import { benchStream } from './stream.ts';
import { benchEdits, benchFirstTwoWay } from './two-way.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const known = ['core', 'contacts', 'events', 'linear', 'notion', 'idle', 'push'];
/** Only by name: each takes the whole machine for minutes, and the page a Chromium. */
const byName = ['overload', 'two-way', 'page'];
const chosen = new Set(positionals.length === 0 ? known : positionals);
const sizes = (values.records ?? '10000,100000').split(',').map(Number);
/** A page costs a call of its own, so the largest size that Google has would take an hour. */
const notionSizes = values.records === undefined ? [20_000] : sizes;
const linearSizes = values.records === undefined ? [50_000] : sizes;
const unknown = [...chosen].filter((name) => ![...known, ...byName].includes(name));
if (unknown.length > 0 || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
  console.error(`Usage: npm run bench [-- ${[...known, ...byName].join(' | ')}] [-- --records 10000,100000]`);
  process.exit(2);
}

const home = await mkdtemp(join(tmpdir(), 'harmony-bench-'));
console.log(`${describeMachine()}\nStarting a stack of its own …`);
const stack = await startStack({
  home,
  randomPorts: true,
  page: chosen.has('page'),
  env: { ...process.env, LOG_LEVEL: 'warn' },
});
const rows: Row[] = [];
try {
  const driver = createDriver(stack.running);
  const bench = { stack, driver, say: (line: string) => console.log(line) };
  if (chosen.has('core')) rows.push(...benchCore());
  for (const records of sizes) {
    if (chosen.has('contacts')) rows.push(...(await benchStream(bench, 'google-contacts', records)));
    if (chosen.has('events')) rows.push(...(await benchStream(bench, 'google-calendar', records)));
  }
  if (chosen.has('linear'))
    for (const issues of linearSizes) rows.push(...(await benchLinear(bench, issues)));
  if (chosen.has('notion')) for (const pages of notionSizes) rows.push(...(await benchNotion(bench, pages)));
  if (chosen.has('push')) rows.push(...(await benchPush(bench)), ...(await benchPushAnswers(bench)));
  if (chosen.has('two-way')) {
    rows.push(...(await benchEdits(bench)));
    for (const records of sizes) rows.push(...(await benchFirstTwoWay(bench, records)));
  }
  if (chosen.has('page')) rows.push(...(await benchPage(bench)));
  if (chosen.has('overload')) rows.push(...(await benchOverload(bench)));
  if (chosen.has('idle')) rows.push(...(await benchIdleCycle(bench)));
} finally {
  await stack.stop();
  if (!values.keep) await rm(home, { recursive: true, force: true });
}
printReport(rows);
