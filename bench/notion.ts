/** Notion: calls beside the least that would do, speed beside the floor with limits off, and time beside what limits allow. */
import type { Running } from '../dev/running-file.ts';
import { timeFloor, type WritePage } from './floor-table.ts';
import { peakMemoryMiB } from './machine.ts';
import { median, perSecond, type Row, runMs } from './report.ts';
import { pathsSince, removeAndWait, requireSuccess, timed } from './steps.ts';
import type { Bench } from './stream.ts';

const workspace = '/notion/lovelace-labs';
const rounds = 3;
/** The documented 180 calls, but in 10 seconds instead of 60, so that the bench ends today. */
const limit = { requests: 180, windowSeconds: 10 };
const limitedPages = 1000;

export async function benchNotion(bench: Bench, pages: number): Promise<Row[]> {
  const { driver, stack, say } = bench;
  await prepare(bench, pages, 0);
  const floors: number[] = [];
  const firsts: number[] = [];
  const fulls: number[] = [];
  let firstCalls = 0;
  let fullCalls = 0;
  for (let round = 1; round <= rounds; round += 1) {
    floors.push(await runFloor(stack.running));
    const first = await timed(() => firstSync(bench));
    firsts.push(first.value.ms);
    firstCalls = await callsSince(bench, first.startedAt);
    const full = await timed(() => driver.sync(first.value.id, 'full'));
    fulls.push(full.ms);
    fullCalls = await callsSince(bench, full.startedAt);
    requireSuccess(full.value);
    say(
      `notion ${pages}, round ${round}: floor ${floors.at(-1)}, first ${first.value.ms} (with signing in ${first.ms}), unchanged ${full.ms} ms`,
    );
    await removeAndWait(bench, first.value.id);
  }
  const least = await leastCalls(bench, pages);
  const size = pages.toLocaleString('en');
  const share = (calls: number, of: number) =>
    `${calls} calls, least ${of} (+${(((calls - of) / of) * 100).toFixed(1)} %)`;
  return [
    {
      what: 'notion: first full sync, limits off',
      size,
      ours: perSecond(pages, median(firsts)),
      floor: perSecond(pages, median(floors)),
      ratio: median(floors) / median(firsts),
      notes: `${share(firstCalls, least.first)}; worker ${peakMemoryMiB(stack.running.pids.worker)} MiB at peak`,
    },
    {
      what: 'notion: unchanged full sync, limits off',
      size,
      ours: perSecond(pages, median(fulls)),
      notes: share(fullCalls, least.unchanged),
    },
    await benchLimited(bench),
  ];
}

/** The first sync under limits: what the windows alone would take, and what it took. */
async function benchLimited(bench: Bench): Promise<Row> {
  await prepare(bench, limitedPages, limit.requests);
  const first = await timed(() => firstSync(bench));
  const calls = await callsSince(bench, first.startedAt);
  const least = await leastCalls(bench, limitedPages);
  const boundMs = Math.floor(least.first / limit.requests) * limit.windowSeconds * 1000;
  await removeAndWait(bench, first.value.id);
  await prepare(bench, 60, 0);
  return {
    what: `notion: first full sync, ${limit.requests} calls per ${limit.windowSeconds} s`,
    size: limitedPages.toLocaleString('en'),
    ours: `${(first.ms / 1000).toFixed(1)} s`,
    floor: `${(boundMs / 1000).toFixed(1)} s by the limit`,
    ratio: boundMs / first.ms,
    notes: `${calls} calls with the refused, least ${least.first}`,
  };
}

async function prepare({ driver }: Bench, notionPages: number, requests: number): Promise<void> {
  const notion = {
    connectionLimitRequests: requests,
    connectionLimitWindowSeconds: limit.windowSeconds,
    workspaceLimitRequests: 0,
    searchDelayMs: 0,
  };
  await driver.control('PATCH', '/settings', { notion });
  await driver.control('POST', '/reset', { seed: 7, notionPages });
  await driver.control('POST', '/consent', { mode: 'allow' });
}

async function firstSync({ driver }: Bench): Promise<{ id: string; ms: number }> {
  const id = await driver.connect('notion');
  const run = await driver.settled(id);
  requireSuccess(run);
  return { id, ms: runMs(run) };
}

async function callsSince({ driver }: Bench, since: string): Promise<number> {
  const paths = await pathsSince(driver, 'notion', since);
  return paths.filter((path) => !path.startsWith('/v1/oauth')).length;
}

/**
 * One query for each hundred rows, one call for each content, the list of data sources; and for loose pages the search,
 * which lists them among the rows only, a hundred pages at a time.
 */
async function leastCalls({ driver }: Bench, pages: number): Promise<{ first: number; unchanged: number }> {
  const sources = await driver.control<{ data: { id: string }[] }>('GET', `${workspace}/data-sources`);
  let queries = 1 + Math.ceil(pages / 100);
  for (const { id } of sources.data) {
    const { data } = await driver.control<{ data: unknown[] }>(
      'GET',
      `${workspace}/pages?limit=100000&data_source_id=${id}`,
    );
    queries += Math.max(1, Math.ceil(data.length / 100));
  }
  return { first: queries + pages, unchanged: queries };
}

interface Page {
  readonly id: string;
  readonly parent: { readonly type: string };
}
type Answer = { results: Page[]; has_more: boolean; next_cursor: string | null };

/** The same pages, each with its content, four calls at once, a hundred written while the next hundred are fetched. */
async function runFloor(running: Running): Promise<number> {
  const origin = running.sandboxUrl as string;
  const token = await signIn(origin);
  const headers = {
    authorization: `Bearer ${token}`,
    'notion-version': '2026-03-11',
    'content-type': 'application/json',
  };
  const post = async (path: string, body: object): Promise<Answer> => {
    const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Answer;
  };
  const withContents = async (pages: readonly Page[]) => {
    const waiting = [...pages];
    const rows: object[] = [];
    const work = async () => {
      for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
        const response = await fetch(`${origin}/v1/pages/${page.id}/markdown`, { headers });
        rows.push({ ...page, content: ((await response.json()) as { markdown: string }).markdown });
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return rows;
  };
  const list = async (
    write: WritePage,
    path: string,
    { isWanted = () => true, ...body }: { isWanted?: (page: Page) => boolean } & Record<string, unknown>,
  ) => {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const answer: Answer = await post(path, {
        ...body,
        page_size: 100,
        ...(cursor === undefined ? {} : { start_cursor: cursor }),
      });
      await write(await withContents(answer.results.filter(isWanted)));
      cursor = answer.has_more ? answer.next_cursor : null;
    }
  };
  const { ms } = await timeFloor(running.databaseUrl, async (write) => {
    const sources = await post('/v1/search', { filter: { property: 'object', value: 'data_source' } });
    const sorts = [{ timestamp: 'created_time', direction: 'ascending' }];
    for (const { id } of sources.results) await list(write, `/v1/data_sources/${id}/query`, { sorts });
    const filter = { property: 'object', value: 'page' };
    await list(write, '/v1/search', { filter, isWanted: ({ parent }) => parent.type !== 'data_source_id' });
  });
  return Math.round(ms);
}

async function signIn(origin: string): Promise<string> {
  const redirectUri = 'http://127.0.0.1/floor';
  const query = new URLSearchParams({
    ...{ client_id: 'sandbox-notion-client', redirect_uri: redirectUri, response_type: 'code' },
    ...{ owner: 'user', state: 'floor' },
  });
  const consented = await fetch(`${origin}/v1/oauth/authorize?${query}`, { redirect: 'manual' });
  const code = new URL(consented.headers.get('location') as string).searchParams.get('code');
  const answer = await fetch(`${origin}/v1/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${btoa('sandbox-notion-client:sandbox-notion-secret')}`,
    },
    body: JSON.stringify({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
