/** What nothing accounts for: runs, workflows, watches, tokens, rows and processes without an owner. */
import { readdirSync, readFileSync } from 'node:fs';
import { ada, listRemote } from './provider-edits.ts';
import type { FaultWorld } from './world.ts';

/** Rows that are kept on purpose and name what is gone. */
const keptOnPurpose = new Set(['audit_log', 'idempotency_keys']);

/** While integrations exist: nothing is under way, and everything that is held belongs to one of them. */
export async function findLeftovers(world: FaultWorld): Promise<string[]> {
  const { sql } = world;
  const integrations = await sql<{ id: string; phase: string }[]>`select id, phase from integrations`;
  const running = await sql<{ id: string }[]>`
    select r.id from runs r where r.status = 'running'`;
  const writes = await sql<{ id: string }[]>`select id from task_writes where state in ('planned', 'sent')`;
  const listings = await sql<{ id: string }[]>`
    select integration_id as id from stream_cursors where sweep_listing_id is not null`;
  const credentials = await sql<{ id: string }[]>`
    select c.integration_id as id from credentials c join integrations i on i.id = c.integration_id
    where i.phase in ('connecting', 'deleting')`;
  return [
    ...running.map(({ id }) => `run ${id} shows as running`),
    ...writes.map(({ id }) => `the task write ${id} is not settled`),
    ...listings.map(({ id }) => `a sweep of ${id} is still to be done`),
    ...credentials.map(({ id }) => `tokens of ${id} are kept though it is not connected`),
    ...integrations
      .filter(({ phase }) => phase === 'deleting')
      .map(({ id }) => `${id} is still being deleted`),
    ...(await findStrayWorkflows(world, new Set(integrations.map(({ id }) => `integration:${id}`)))),
    ...(await findStrayWatches(world)),
  ];
}

/** Each integration has its workflow, no other one runs, and none of them waits for an activity or child. */
async function findStrayWorkflows(world: FaultWorld, expected: ReadonlySet<string>): Promise<string[]> {
  const client = await world.temporal();
  const found: string[] = [];
  const seen = new Set<string>();
  for await (const { workflowId, type } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    if (type === 'temporal-sys-scheduler-workflow' || type === 'reconcile') continue;
    if (!expected.has(workflowId)) {
      found.push(`the workflow ${workflowId} runs for nobody`);
      continue;
    }
    seen.add(workflowId);
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const children = raw.pendingChildren?.length ?? 0;
    const activities = raw.pendingActivities?.length ?? 0;
    if (children + activities > 0)
      found.push(`${workflowId} has ${children} children and ${activities} activities under way`);
  }
  for (const id of expected) if (!seen.has(id)) found.push(`${id} does not run`);
  return found;
}

/** Channels that are open at the provider and that we do not know, and the other way round. */
async function findStrayWatches(world: FaultWorld): Promise<string[]> {
  const channels = await listRemote<{ id: string }>(world, `${ada}/channels`);
  const rows = await world.sql<{ id: string; isAnswered: boolean }[]>`
    select id, resource_id is not null as "isAnswered" from watches`;
  const known = new Set(rows.map(({ id }) => id));
  // One whose answer never came may be open or not; it is stopped as soon as it can be.
  const answered = rows.filter(({ isAnswered }) => isAnswered).map(({ id }) => id);
  const open = new Set(channels.map(({ id }) => id));
  return [
    ...[...open].filter((id) => !known.has(id)).map((id) => `the channel ${id} is open and not ours to stop`),
    ...answered.filter((id) => !open.has(id)).map((id) => `the watch ${id} has no channel at the provider`),
  ];
}

/** After Delete: no row of any table names one of these integrations. */
export async function findRowsOf(
  world: Pick<FaultWorld, 'sql'>,
  integrationIds: readonly string[],
): Promise<string[]> {
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const found: string[] = [];
  for (const { name } of tables) {
    if (keptOnPurpose.has(name)) continue;
    const patterns = integrationIds.map((id) => `%${id}%`);
    const rows = await world.sql<{ text: string }[]>`
      select t::text as text from ${world.sql(name)} t where t::text like any(${patterns}) limit 3`;
    if (rows.length > 0) found.push(`${name} still has ${rows[0]?.text.slice(0, 160)}`);
  }
  return found;
}

/** Processes that work in the stack's folder, beside those that it supervises and their children. */
export function findStrayProcesses(world: FaultWorld): string[] {
  const supervised = new Set(Object.values(world.stack.running.pids));
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      const isOurs = command.includes(world.home) || environment.includes(`HARMONY_HOME=${world.home}`);
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      if (!isOurs || supervised.has(Number(pid)) || supervised.has(parent)) return [];
      return [`process ${pid} is nobody's: ${command.slice(0, 120)}`];
    } catch {
      return [];
    }
  });
}
