/** Two-way contacts: a first sync of two address books of which half match, beside the one-way sync; and single edits. */
import postgres from 'postgres';
import { createDriver, type Driver, type RunView } from '../dev/drive.ts';
import { describeCpu, readCpu } from './cpu.ts';
import { peakMemoryMiB } from './machine.ts';
import { perSecond, quantile, type Row } from './report.ts';
import { removeAndWait, requireSuccess, timed } from './steps.ts';
import type { Bench } from './stream.ts';

const provider = 'google-contacts';
const account = '/google/ada@example.com';
const edits = 40;
const patienceMs = 3 * 60 * 60_000;
/** So many matching contacts have a note that Google lacks: one in ten. */
const notedEvery = 10;
const rowsAtOnce = 5000;

/** From `PATCH /v1/contacts/{id}` until Google shows the value, one edit at a time. */
export async function benchEdits({ driver, stack, say }: Bench): Promise<Row[]> {
  await driver.control('POST', '/reset', { seed: 13, contacts: 200 });
  const id = await driver.connect(provider);
  await driver.settled(id);
  await goTwoWay(driver, id);
  const sql = postgres(stack.running.databaseUrl, { max: 1, onnotice: () => undefined });
  const pairs = await sql<{ contactId: string; remoteId: string }[]>`
    select contact_id as "contactId", remote_id as "remoteId" from contact_links
    where integration_id = ${id} order by remote_id limit ${edits}`;
  await sql.end();
  const latencies: number[] = [];
  for (const [edit, { contactId, remoteId }] of pairs.entries()) {
    const notes = `edit ${edit}`;
    const startedAtMs = performance.now();
    await driver.api('PATCH', `/v1/contacts/${contactId}`, { notes });
    while (!(await readNotes(driver, remoteId)).includes(notes)) {
      if (performance.now() - startedAtMs > 30_000) throw new Error(`${notes} did not arrive`);
      await pause(10);
    }
    latencies.push(performance.now() - startedAtMs);
    await pause(500 + Math.random() * 1000);
  }
  await removeAndWait({ driver, stack }, id);
  say(`edits: ${latencies.map(Math.round).join(' ')} ms`);
  return [
    {
      what: 'edit in Harmony → at Google',
      size: `${edits} edits`,
      ours: `p50 ${Math.round(quantile(latencies, 0.5))} ms, p95 ${Math.round(quantile(latencies, 0.95))} ms`,
    },
  ];
}

async function readNotes(driver: Driver, remoteId: string): Promise<string[]> {
  const person = await driver.control<{ biographies?: { value: string }[] }>(
    'GET',
    `${account}/contacts/${remoteId}`,
  );
  return (person.biographies ?? []).map(({ value }) => value);
}

/** `records` contacts on each side, half of them the same people: connect, plan, apply, until Google has all of them. */
export async function benchFirstTwoWay({ stack, say }: Bench, records: number): Promise<Row[]> {
  const { running } = stack;
  const driver = createDriver(running, patienceMs);
  await driver.control('POST', '/reset', { seed: 7, contacts: records });
  const oneWay = await timed(() => connectAndSettle(driver));
  await removeAndWait({ driver, stack }, oneWay.value);
  say(`two-way ${records}: one way ${oneWay.ms} ms; ${memory(stack)}`);

  const sql = postgres(running.databaseUrl, { max: 1, onnotice: () => undefined });
  await seedHarmony(sql, driver, { userId: running.userId, records });
  const cpu = readCpu(running);
  const step = async <T>(name: string, work: () => Promise<T>) => {
    const before = readCpu(running);
    const done = await timed(work);
    say(`two-way ${records}: ${name} in ${done.ms} ms; ${memory(stack)}`);
    say(`  ${describeCpu(running, before, 2 * records)}`);
    return done;
  };
  const listed = await step('listed and matched', () => connectAndSettle(driver));
  const id = listed.value;
  const planned = await step('planned', () => makePlan(driver, id));
  say(`  ${JSON.stringify(planned.value.counts)}`);
  const applied = await step('applied', () => applyPlan(driver, id, planned.value.id));
  const spent = describeCpu(running, cpu, 2 * records);
  const writes = await checkOutcome(sql, id, records);
  await removeAndWait({ driver, stack }, id);
  await sql`truncate contacts, contact_list_members`;
  await sql.end();

  const ms = listed.ms + planned.ms + applied.ms;
  const seconds = [listed, planned, applied].map((step) => Math.round(step.ms / 1000)).join(' + ');
  return [
    {
      what: 'first two-way sync, half matching',
      size: `${records.toLocaleString('en')} × ${records.toLocaleString('en')}`,
      ours: perSecond(2 * records, ms),
      floor: perSecond(records, oneWay.ms),
      ratio: (2 * oneWay.ms) / ms,
      notes: `floor: the one-way first sync; list + plan + apply ${seconds} s, ${writes.toLocaleString('en')} writes at Google, ${perSecond(writes, applied.ms)}; ${memory(stack)}; ${spent}`,
    },
  ];
}

const memory = ({ running: { pids } }: Bench['stack']): string =>
  `worker ${peakMemoryMiB(pids.worker)} MiB, API ${peakMemoryMiB(pids.api)} MiB at peak`;

async function connectAndSettle(driver: Driver): Promise<string> {
  await driver.control('POST', '/consent', { mode: 'allow' });
  const id = await driver.connect(provider);
  requireSuccess(await driver.settled(id));
  return id;
}

interface PlanView {
  readonly id: string;
  readonly status: string;
  readonly counts?: unknown;
}

async function makePlan(driver: Driver, id: string): Promise<PlanView> {
  const path = `/v1/integrations/${id}`;
  let plan = await driver.api<PlanView>('POST', `${path}/plan`, { syncDirection: 'bidirectional' });
  while (plan.status === 'computing') {
    await pause(200);
    plan = await driver.api<PlanView>('GET', `${path}/plans/${plan.id}`);
  }
  if (plan.status !== 'ready') throw new Error(`the plan ended as ${JSON.stringify(plan)}`);
  return plan;
}

async function applyPlan(driver: Driver, id: string, planId: string): Promise<void> {
  const path = `/v1/integrations/${id}`;
  const { runId } = await driver.api<{ runId: string }>('POST', `${path}/plans/${planId}/apply`, {});
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const run = await driver.api<RunView>('GET', `${path}/runs/${runId}`).catch(() => undefined);
    if (run !== undefined && run.status !== 'running') return requireSuccess(run);
    if (Date.now() > deadline) throw new Error(`run ${runId} did not end`);
    await pause(200);
  }
}

async function goTwoWay(driver: Driver, id: string): Promise<void> {
  const plan = await makePlan(driver, id);
  await applyPlan(driver, id, plan.id);
}

interface RemotePerson {
  readonly names?: readonly { readonly givenName?: string; readonly familyName?: string }[];
  readonly emailAddresses?: readonly { readonly value: string }[];
}

/** Half of them are people that Google has too, by their e-mail addresses; the others it has not. */
async function seedHarmony(
  sql: postgres.Sql,
  driver: Driver,
  { userId, records }: { userId: string; records: number },
): Promise<void> {
  const matching = Math.floor(records / 2);
  const insert = (rows: readonly object[]) => sql`
    insert into contacts (id, workspace_id, user_id, first_name, last_name, email, notes)
    select 'con_' || replace(gen_random_uuid()::text, '-', ''), u.workspace_id, u.id, r.first, r.last, r.email, r.notes
    from users u, json_to_recordset(${JSON.stringify(rows)}::text::json) as r(first text, last text, email text, notes text)
    where u.id = ${userId}`;
  let made = 0;
  for (let cursor: string | null = ''; cursor !== null && made < matching; ) {
    const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: RemotePerson[]; nextCursor: string | null } = await driver.control(
      'GET',
      `${account}/contacts?limit=${rowsAtOnce}${from}`,
    );
    const people = page.data.filter(({ emailAddresses = [] }) => emailAddresses.length > 0);
    const rows = people.slice(0, matching - made).map((person, at) => ({
      first: person.names?.[0]?.givenName ?? null,
      last: person.names?.[0]?.familyName ?? null,
      email: person.emailAddresses?.[0]?.value.toUpperCase(),
      notes: at % notedEvery === 0 ? `Met at meeting ${at}` : null,
    }));
    await insert(rows);
    made += rows.length;
    cursor = page.nextCursor;
  }
  if (made < matching) throw new Error(`only ${made} remote contacts have an e-mail address`);
  for (let at = made; at < records; at += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, records - at) }, (_, index) => ({
      ...{ first: `First${at + index}`, last: 'Own', email: `own${at + index}@harmony.example`, notes: null },
    }));
    await insert(rows);
  }
  await sql`analyze contacts`;
}

/** Each person once on both sides, and nothing left to do. Returns the writes at Google. */
async function checkOutcome(sql: postgres.Sql, id: string, records: number): Promise<number> {
  const [found] = await sql<{ contacts: number; tied: number; work: number; open: number; acked: number }[]>`
    select (select count(*)::int from contacts) as contacts,
      (select count(*)::int from contact_links where integration_id = ${id} and contact_id is not null) as tied,
      (select count(*)::int from contact_work where integration_id = ${id}) as work,
      count(*) filter (where state not in ('acked', 'dropped'))::int as open,
      count(*) filter (where state = 'acked')::int as acked
    from contact_writes where integration_id = ${id}`;
  const people = records * 2 - Math.floor(records / 2);
  if (found?.contacts !== people || found.tied !== people || found.work > 0 || found.open > 0)
    throw new Error(`not settled: ${JSON.stringify({ people, ...found })}`);
  return found.acked;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
