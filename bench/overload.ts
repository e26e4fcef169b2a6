/** 1,000 integrations due at once, 900 of one tenant, Linear down and Notion slow: what the others notice of it. */
import postgres from 'postgres';
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

export async function benchOverload({ driver, stack, say }: Bench): Promise<Row[]> {
  await driver.control('POST', '/reset', {
    ...{ seed: 17, contacts: 20, calendars: 1, eventsPerCalendar: 10, linearIssues: 10, notionPages: 10 },
  });
  const notion = { connectionLimitRequests: 0, workspaceLimitRequests: 0, searchDelayMs: 0 };
  await driver.control('PATCH', '/settings', { notion });
  const originals = new Map<string, string>();
  for (const provider of providers) {
    const id = await driver.connect(provider);
    await driver.settled(id);
    await driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: false });
    originals.set(provider, id);
  }
  const sql = postgres(stack.running.databaseUrl, { max: 10, onnotice: () => undefined });
  const population = openPopulation(stack, sql);
  const tenants = await Promise.all(
    Array.from({ length: otherTenants }, (_, index) => population.addTenant(`other-${index}`)),
  );
  const big = await population.addTenant('big');

  /** As many of each provider, spread over these tenants. */
  const populate = async (count: number, among: typeof tenants): Promise<Member[]> => {
    const members: Member[] = [];
    for (const provider of providers) {
      for (const tenant of among) {
        const share = Math.floor(count / providers.length / among.length) || 1;
        members.push(...(await population.add(tenant, originals.get(provider) as string, share)));
      }
    }
    return members;
  };

  say(`overload: ${others} integrations of ${otherTenants} tenants alone …`);
  const idle = await populate(others, tenants);
  const idleMs = await checkTimes(sql, idle, await population.startTogether(idle));

  say(`overload: ${crowd + others} at once, Linear down, Notion slow, ${load.perSecond} requests/s …`);
  const own = await populate(others, tenants);
  const crowded = await populate(crowd, [big]);
  const url = `${stack.running.apiUrl}/v1/integrations?limit=20`;
  await driver.control('POST', '/faults', { provider: 'linear', fault: { kind: 'status', status: 503 } });
  await driver.control('POST', '/faults', { provider: 'notion', fault: { kind: 'delay', ms: 2_000 } });
  const startMs = await population.startTogether([...crowded, ...own]);
  const healthy = (members: readonly Member[]) =>
    members.filter(({ provider }) => provider.startsWith('google'));
  const [busyMs, answers] = await Promise.all([
    checkTimes(sql, healthy(own), startMs),
    sendSteadily({ url, keys: tenants.map(({ key }) => key), ...load }),
  ]);
  await driver.control('DELETE', '/faults');
  const allMs = await checkTimes(sql, [...own, ...crowded], startMs);
  say('overload: one caller past its limit …');
  const past = await sendSteadily({ url, keys: [big.key], ...burst });
  await population.close();
  await sql.end();

  const idleGoogle = idleMs.filter(({ provider }) => provider.startsWith('google')).map(({ ms }) => ms);
  const busyGoogle = busyMs.map(({ ms }) => ms);
  const { pids } = stack.running;
  const size = `${crowd + others} due at once`;
  return [
    {
      what: 'check of a healthy provider, other tenants: due → done',
      size,
      ours: times(busyGoogle),
      floor: times(idleGoogle),
      ratio: quantile(busyGoogle, 0.95) / quantile(idleGoogle, 0.95),
      notes: 'floor: the same integrations without the crowd; the ratio is of p95',
    },
    {
      what: 'all of them',
      size,
      ours: times(allMs.map(({ ms }) => ms)),
      notes: `${allMs.length} done, none lost`,
    },
    {
      what: `API at ${load.perSecond} requests/s meanwhile`,
      size: `${answers.sent} requests`,
      ours: `p50 ${Math.round(answers.p50Ms)} ms, p99 ${Math.round(answers.p99Ms)} ms`,
      notes: statuses(answers),
    },
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
): Promise<{ provider: string; ms: number }[]> {
  const waiting = new Map(members.map(({ id, provider }) => [id, provider]));
  const done: { provider: string; ms: number }[] = [];
  const planned = new Date(dueMs + 60_000).toISOString();
  const deadline = dueMs + patienceMs;
  while (waiting.size > 0) {
    const rows = await sql<{ id: string }[]>`
      select id from integrations where id = any(${[...waiting.keys()]}) and next_sync_at > ${planned}`;
    for (const { id } of rows) {
      done.push({ provider: waiting.get(id) as string, ms: Date.now() - dueMs });
      waiting.delete(id);
    }
    if (Date.now() > deadline) throw new Error(`${waiting.size} integrations were not checked in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return done;
}
