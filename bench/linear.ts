/** Linear: calls beside the least that would do, speed beside the floor with limits off and on, and the idle check's calls. */
import type { Running } from '../dev/running-file.ts';
import { describeCpu, readCpu } from './cpu.ts';
import { type FloorResult, timeFloor } from './floor-table.ts';
import { peakMemoryMiB } from './machine.ts';
import { median, perSecond, type Row, runMs } from './report.ts';
import { pathsSince, removeAndWait, requireSuccess, timed } from './steps.ts';
import type { Bench } from './stream.ts';

const organization = '/linear/northwind';
const pageSize = 250;
const rounds = 3;

export async function benchLinear(bench: Bench, issues: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const limitsEnforced of [false, true])
    rows.push(...(await benchRounds(bench, issues, limitsEnforced)));
  return rows;
}

async function benchRounds(bench: Bench, issues: number, limitsEnforced: boolean): Promise<Row[]> {
  const { driver, stack, say } = bench;
  await driver.control('PATCH', '/settings', { linear: { limitsEnforced } });
  const floors: number[] = [];
  const firsts: number[] = [];
  const fulls: number[] = [];
  let firstCalls = 0;
  let idleCalls = 0;
  let records = 0;
  for (let round = 1; round <= (limitsEnforced ? 1 : rounds); round += 1) {
    // A reset also fills the stand-in's buckets again.
    await driver.control('POST', '/reset', { seed: 7, linearIssues: issues });
    await driver.control('POST', '/consent', { mode: 'allow' });
    const beforeFloor = readCpu(stack.running);
    const floor = await runFloor(stack.running);
    say(`  floor: ${describeCpu(stack.running, beforeFloor, floor.records)}`);
    floors.push(floor.ms);
    records = floor.records;
    const beforeFirst = readCpu(stack.running);
    const first = await timed(async () => {
      const id = await driver.connect('linear');
      const run = await driver.settled(id);
      requireSuccess(run);
      return { id, run };
    });
    firsts.push(runMs(first.value.run));
    say(`  first: ${describeCpu(stack.running, beforeFirst, records)}`);
    firstCalls = await callsSince(bench, first.startedAt);
    const full = await timed(() => driver.sync(first.value.id, 'full'));
    fulls.push(full.ms);
    requireSuccess(full.value);
    const idle = await timed(() => driver.sync(first.value.id, 'incremental'));
    idleCalls = await callsSince(bench, idle.startedAt);
    say(
      `linear ${issues}, limits ${limitsEnforced ? 'on' : 'off'}, round ${round}: floor ${Math.round(floor.ms)}, first ${firsts.at(-1)} (with signing in ${first.ms}), unchanged ${full.ms} ms`,
    );
    await removeAndWait(bench, first.value.id);
  }
  const least = await leastCalls(bench);
  const limits = limitsEnforced ? 'limits on' : 'limits off';
  const size = records.toLocaleString('en');
  const over = (((firstCalls - least) / least) * 100).toFixed(1);
  return [
    {
      what: `linear: first full sync, ${limits}`,
      size,
      ours: perSecond(records, median(firsts)),
      floor: perSecond(records, median(floors)),
      ratio: median(floors) / median(firsts),
      notes: `${firstCalls} calls, least ${least} (+${over} %); worker ${peakMemoryMiB(stack.running.pids.worker)} MiB at peak`,
    },
    {
      what: `linear: unchanged full sync, ${limits}`,
      size,
      ours: perSecond(records, median(fulls)),
      floor: perSecond(records, median(floors)),
      ratio: median(floors) / median(fulls),
      notes: `an increment without news: ${idleCalls} calls`,
    },
  ];
}

async function callsSince({ driver }: Bench, since: string): Promise<number> {
  const paths = await pathsSince(driver, 'linear', since);
  return paths.filter((path) => path.startsWith('/graphql')).length;
}

const listed = { issues: 'issues', comments: 'comments', users: 'members' } as const;

/** Full pages of issues, comments and members over the whole organization, and who and which teams there are. */
async function leastCalls({ driver }: Bench): Promise<number> {
  let calls = 2;
  for (const name of Object.values(listed)) {
    const path = `${organization}/${name}?limit=100000`;
    const { data } = await driver.control<{ data: unknown[] }>('GET', path);
    calls += Math.max(1, Math.ceil(data.length / pageSize));
  }
  return calls;
}

const selections = {
  issues: `id identifier title description priority estimate url createdAt updatedAt archivedAt completedAt canceledAt
    dueDate trashed labelIds state { name type } assignee { id } project { id name }`,
  comments: 'id body url createdAt updatedAt archivedAt editedAt issue { id } user { id }',
  users: 'id name displayName email active admin guest app createdAt updatedAt archivedAt',
} as const;

type Listing = {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

/** The same fields in the fullest pages, each written while the next one is fetched. */
async function runFloor(running: Running): Promise<FloorResult> {
  const origin = running.sandboxUrl as string;
  const keys = await fetch(`${origin}/_control${organization}/api-keys`);
  const { data } = (await keys.json()) as { data: { key: string }[] };
  const headers = { authorization: data[0]?.key as string, 'content-type': 'application/json' };
  const list = async (name: keyof typeof selections, after: string | undefined): Promise<Listing> => {
    const disabled = name === 'users' ? ', includeDisabled: true' : '';
    const query = `query($after: String) { ${name}(first: ${pageSize}, after: $after, includeArchived: true${disabled}) {
      nodes { ${selections[name]} } pageInfo { hasNextPage endCursor } } }`;
    const body = JSON.stringify({ query, variables: after === undefined ? {} : { after } });
    const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body });
    return ((await response.json()) as { data: Record<string, Listing> }).data[name] as Listing;
  };
  return timeFloor(running.databaseUrl, async (write) => {
    for (const name of ['users', 'issues', 'comments'] as const) {
      let pending: Promise<Listing> | undefined = list(name, undefined);
      while (pending !== undefined) {
        const page: Listing = await pending;
        pending = page.pageInfo.hasNextPage ? list(name, page.pageInfo.endCursor) : undefined;
        await write(page.nodes);
      }
    }
  });
}
