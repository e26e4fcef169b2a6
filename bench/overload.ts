/** 1,000 integrations due at once, 900 of one tenant, Linear down and Notion slow: what the others notice of it. */
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { describeStages } from './check-stages.ts';
import { describeCpuSeconds, readCpu } from './cpu.ts';
import { peakMemoryMiB } from './machine.ts';
import { type Member, openPopulation } from './population.ts';
import { quantile, type Row } from './report.ts';
import { type LoadReport, sendSteadily } from './request-load.ts';
import type { Bench } from './stream.ts';

const crowd = 900;
const others = 100;
const otherTenants = 10;
const providers = ['google-calendar', 'google-contacts', 'linear', 'notion'];
const load = { perSecond: 200, seconds: 30 };
/** Requests of one caller in a burst: past its limit of a minute (HARMONY_RATE_LIMIT_PER_MINUTE, 3,000). */
const burst = { perSecond: 400, seconds: 10 };
const patienceMs = 10 * 60_000;

export async function benchOverload(bench: Bench): Promise<Row[]> {
  const { driver, stack, say } = bench;
  const originals = await connectOriginals(bench);
  const sql = postgres(stack.running.databaseUrl, { max: 10, onnotice: () => undefined });
  const population = openPopulation(stack, sql);
  const connection = await Connection.connect({ address: stack.running.temporalAddress });
  const temporal = new Client({ connection });
  const tenants = await Promise.all(
    Array.from({ length: otherTenants }, (_, index) => population.addTenant(`other-${index}`)),
  );
  const big = await population.addTenant('big');

  /** As many of each provider and tenant, give or take one. */
  const populate = async (count: number, among: typeof tenants): Promise<Member[]> => {
    const pairs = among.flatMap((tenant) => originals.map((original) => ({ tenant, original })));
    const added = pairs.map(({ tenant, original }, at) => {
      const share = Math.floor(count / pairs.length) + (at < count % pairs.length ? 1 : 0);
      return population.add(tenant, original, share);
    });
    return (await Promise.all(added)).flat();
  };
  const describe = async (what: string, ms: readonly number[], members: readonly Member[], dueMs: number) => {
    say(`  ${what}: ${times(ms)}`);
    const ids = healthy(members).map(({ id }) => id);
    say(`  where it went: ${await describeStages(temporal, ids, dueMs)}`);
  };

  const oneMs: number[] = [];
  for (const [index, tenant] of tenants.slice(0, 6).entries()) {
    const one = await population.add(tenant, originals[index % 2] as string, 1);
    oneMs.push(...(await checkTimes(sql, one, await population.startTogether(one))));
  }
  const list = (limit: number) => `${stack.running.apiUrl}/v1/integrations?limit=${limit}`;
  const keys = tenants.map(({ key }) => key);
  const sendRequests = () => sendSteadily({ urls: [list(20)], keys, ...load });
  /** A second passes before anybody asks the same again, so that hardly any of them can share an answer. */
  const sendDifferent = () =>
    sendSteadily({ urls: Array.from({ length: 20 }, (_, more) => list(20 + more)), keys, ...load });
  const measure = async (
    where: 'alone' | 'beside the crowd',
    meanwhile: () => Promise<LoadReport | undefined>,
  ) => {
    const own = await populate(others, tenants);
    const crowded = where === 'alone' ? [] : await populate(crowd, [big]);
    if (crowded.length > 0) {
      await driver.control('POST', '/faults', { provider: 'linear', fault: { kind: 'status', status: 503 } });
      await driver.control('POST', '/faults', { provider: 'notion', fault: { kind: 'delay', ms: 2_000 } });
    }
    const dueMs = await population.startTogether([...crowded, ...own]);
    const cpu = readCpu(stack.running);
    const [ms, answers] = await Promise.all([
      checkTimes(sql, healthy(own), dueMs).finally(() => say(`  ${describeCpuSeconds(stack.running, cpu)}`)),
      meanwhile(),
    ]);
    await describe(where, ms, own, dueMs);
    await driver.control('DELETE', '/faults');
    const allMs = await checkTimes(sql, [...own, ...crowded], dueMs);
    say(`  all: ${times(allMs)}; ${describeCpuSeconds(stack.running, cpu)}`);
    return { ms, answers, allMs };
  };
  say(`overload: ${others} integrations of ${otherTenants} tenants alone …`);
  const { ms: idleMs } = await measure('alone', async () => undefined);
  say(`overload: the same with ${load.perSecond} requests/s …`);
  const { ms: askedMs } = await measure('alone', sendRequests);
  say(`overload: ${crowd + others} at once, Linear down, Notion slow …`);
  const quiet = await measure('beside the crowd', async () => undefined);
  say(`overload: the same with ${load.perSecond} requests/s …`);
  const asked = await measure('beside the crowd', sendRequests);
  say(`overload: the same with ${load.perSecond} requests/s, no two alike …`);
  const unlike = await measure('beside the crowd', sendDifferent);
  say('overload: one caller past its limit …');
  const past = await sendSteadily({ urls: [list(20)], keys: [big.key], ...burst });
  await Promise.all([population.close(), connection.close(), sql.end()]);

  const { pids } = stack.running;
  const size = `${crowd + others} due at once`;
  const besides = (what: string, ms: readonly number[], floorMs: readonly number[], floor: string): Row => ({
    what: `healthy providers, other tenants: due → done, ${what}`,
    size,
    ours: times(ms),
    floor: times(floorMs),
    ratio: quantile(ms, 0.5) / quantile(floorMs, 0.5),
    notes: `floor: the same ${others} ${floor}; the ratio is of p50, of p95 it is ${(quantile(ms, 0.95) / quantile(floorMs, 0.95)).toFixed(2)}`,
  });
  const answered = (which: string, answers: LoadReport): Row => ({
    what: `API at ${load.perSecond} requests/s meanwhile${which}`,
    size: `${answers.sent} requests`,
    ours: `p50 ${Math.round(answers.p50Ms)} ms, p99 ${Math.round(answers.p99Ms)} ms`,
    notes: statuses(answers),
  });
  const withRequests = `and ${load.perSecond} requests/s`;
  return [
    {
      what: 'a check, nothing else under way: due → done',
      size: '1',
      ours: times(oneMs),
      notes: `${oneMs.length} one after the other`,
    },
    besides('beside the crowd', quiet.ms, idleMs, 'alone'),
    besides(withRequests, asked.ms, idleMs, 'alone'),
    besides(`${withRequests}, no two alike`, unlike.ms, idleMs, 'alone'),
    // What the requests take of the machine is not the crowd's doing.
    besides(withRequests, asked.ms, askedMs, 'with the requests, without the crowd'),
    {
      what: 'all of them',
      size,
      ours: times(quiet.allMs),
      notes: `with the requests ${times(asked.allMs)}; ${quiet.allMs.length + asked.allMs.length} done, none lost`,
    },
    answered('', asked.answers as LoadReport),
    answered(', no two alike', unlike.answers as LoadReport),
    {
      what: 'one caller past its limit',
      size: `${past.sent} requests`,
      ours: statuses(past),
      notes: `${past.withRetryAfter} with Retry-After`,
    },
    {
      what: 'memory at peak',
      size,
      ours: `worker ${peakMemoryMiB(pids.worker)} MiB, API ${peakMemoryMiB(pids.api)} MiB`,
      notes: `Temporal ${peakMemoryMiB(pids.temporal)} MiB`,
    },
  ];
}

const healthy = (members: readonly Member[]) =>
  members.filter(({ provider }) => provider.startsWith('google'));

/** One integration of each provider, really connected, then left alone; Google's first. */
async function connectOriginals({ driver }: Bench): Promise<string[]> {
  await driver.control('POST', '/reset', {
    ...{ seed: 17, contacts: 20, calendars: 1, eventsPerCalendar: 10, linearIssues: 10, notionPages: 10 },
  });
  const notion = { connectionLimitRequests: 0, workspaceLimitRequests: 0, searchDelayMs: 0 };
  // All copies share one account, whose limits are not what is measured.
  await driver.control('PATCH', '/settings', { notion, linear: { limitsEnforced: false } });
  const originals: string[] = [];
  for (const provider of providers) {
    const id = await driver.connect(provider);
    await driver.settled(id);
    await driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: false });
    originals.push(id);
  }
  return originals;
}

const times = (ms: readonly number[]): string =>
  `p50 ${Math.round(quantile(ms, 0.5))} ms, p95 ${Math.round(quantile(ms, 0.95))} ms, last ${Math.round(Math.max(...ms))} ms`;

const statuses = ({ byStatus }: LoadReport): string =>
  Object.entries(byStatus)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');

/** How long after `dueMs` each was checked: then its next check is planned, which is later than the due one. */
async function checkTimes(
  sql: postgres.Sql,
  members: readonly Member[],
  dueMs: number,
): Promise<readonly number[]> {
  const waiting = new Set(members.map(({ id }) => id));
  const doneMs: number[] = [];
  const planned = new Date(dueMs + 60_000).toISOString();
  const deadline = dueMs + patienceMs;
  const pauseMs = members.length === 1 ? 10 : 100;
  while (waiting.size > 0) {
    const rows = await sql<{ id: string }[]>`
      select id from integrations where id = any(${[...waiting]}) and next_sync_at > ${planned}`;
    for (const { id } of rows) {
      doneMs.push(Date.now() - dueMs);
      waiting.delete(id);
    }
    if (Date.now() > deadline) throw new Error(`${waiting.size} integrations were not checked in time`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return doneMs;
}
