/** First full sync, unchanged full sync and no-change cycle of one provider, beside the floor. */
import postgres from 'postgres';
import type { Driver } from '../dev/drive.ts';
import type { Stack } from '../dev/stack.ts';
import { describeCpu, readCpu } from './cpu.ts';
import { runFloor } from './floor.ts';
import { peakMemoryMiB } from './machine.ts';
import { median, perSecond, type Row, runMs } from './report.ts';
import { removeAndWait, requireSuccess } from './steps.ts';

export interface Bench {
  readonly stack: Stack;
  readonly driver: Driver;
  readonly say: (line: string) => void;
}

/** Alternating rounds, so that a drifting machine hits both sides alike. */
const roundsFor = (records: number): number => (records > 200_000 ? 1 : 3);

export async function benchStream(bench: Bench, provider: string, records: number): Promise<Row[]> {
  const { driver, stack, say } = bench;
  const shape =
    provider === 'google-contacts' ? { contacts: records } : { calendars: 2, eventsPerCalendar: records / 2 };
  await driver.control('POST', '/reset', { seed: 7, ...shape });
  await driver.control('POST', '/consent', { mode: 'allow' });

  const floors: number[] = [];
  const firsts: number[] = [];
  const connected: number[] = [];
  const fulls: number[] = [];
  let count = 0;
  let cpu = '';
  let written = 0;
  for (let round = 1; round <= roundsFor(records); round += 1) {
    const beforeFloor = readCpu(stack.running);
    const floor = await runFloor(stack.running, provider);
    floors.push(floor.ms);
    count = floor.records;
    say(`  floor: ${describeCpu(stack.running, beforeFloor, count)}`);

    const beforeFirst = readCpu(stack.running);
    const startedAtMs = performance.now();
    const id = await driver.connect(provider);
    const first = await driver.settled(id);
    firsts.push(runMs(first));
    connected.push(performance.now() - startedAtMs);
    cpu = describeCpu(stack.running, beforeFirst, count);
    say(`  first: ${cpu}`);
    requireSuccess(first);

    const xid = await currentTransaction(stack.running.databaseUrl);
    const full = await driver.sync(id, 'full');
    fulls.push(runMs(full));
    written += await rowsWrittenSince(stack.running.databaseUrl, xid);
    say(
      `${provider} ${records}, round ${round}: floor ${Math.round(floor.ms)} ms, first ${firsts.at(-1)} ms (with signing in ${Math.round(connected.at(-1) as number)}), ` +
        `unchanged full ${Math.round(fulls.at(-1) as number)} ms (${full.counts.unchanged} unchanged)`,
    );
    await removeAndWait(bench, id);
  }
  const size = count.toLocaleString('en');
  const memory = `worker ${peakMemoryMiB(stack.running.pids.worker)} MiB, API ${peakMemoryMiB(stack.running.pids.api)} MiB at peak`;
  return [
    {
      what: `${provider}: first full sync`,
      size,
      ours: perSecond(count, median(firsts)),
      floor: perSecond(count, median(floors)),
      ratio: median(floors) / median(firsts),
      notes: `with signing in ${perSecond(count, median(connected))}; ${memory}; ${cpu}`,
    },
    {
      what: `${provider}: unchanged full sync`,
      size,
      ours: perSecond(count, median(fulls)),
      floor: perSecond(count, median(floors)),
      ratio: median(floors) / median(fulls),
      notes: `${written} record rows written`,
    },
  ];
}

const recordTables = ['contacts', 'contact_links', 'list_links', 'contact_lists', 'calendar_events'];

/** The next transaction's number: rows written later carry this one or a greater. */
async function currentTransaction(databaseUrl: string): Promise<string> {
  const sql = postgres(databaseUrl, { max: 1 });
  const [row] = await sql<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
  await sql.end();
  return row?.xid as string;
}

/** Record rows that were inserted or updated since a transaction number. */
async function rowsWrittenSince(databaseUrl: string, xid: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 });
  let rows = 0;
  for (const table of recordTables) {
    const [found] = await sql<{ rows: number }[]>`
      select count(*)::int as rows from ${sql(table)} where xmin::text::bigint >= ${xid}::bigint`;
    rows += found?.rows ?? 0;
  }
  await sql.end();
  return rows;
}
