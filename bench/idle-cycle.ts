/** What an integration costs while nothing changes: actions and events of one cycle, and the time it works. */
import { Client, Connection } from '@temporalio/client';
import type { Row } from './report.ts';
import type { Bench } from './stream.ts';

/** EventType numbers that Temporal Cloud bills as actions. */
const timerStarted = 17;
const activityScheduled = 10;
const continuedAsNew = 28;
const childStarted = 29;
const timerFired = 18;

export async function benchIdleCycle({ driver, stack, say }: Bench): Promise<Row[]> {
  await driver.control('POST', '/reset', { seed: 13, contacts: 1000, calendars: 3, eventsPerCalendar: 200 });
  const connection = await Connection.connect({ address: stack.running.temporalAddress });
  const client = new Client({ connection });
  const rows: Row[] = [];
  const ids: [string, string][] = [];
  for (const provider of ['google-contacts', 'google-calendar']) {
    const id = await driver.connect(provider);
    await driver.settled(id);
    await driver.api('PATCH', `/v1/integrations/${id}`, { intervalSeconds: 60 });
    ids.push([provider, id]);
  }
  say('idle: waiting for two cycles of 60 s …');
  await new Promise((resolve) => setTimeout(resolve, 135_000));
  for (const [provider, id] of ids) {
    const workflowId = `integration:${id}`;
    const now = await client.workflow.getHandle(workflowId).fetchHistory();
    const previous = now.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!previous) throw new Error(`${workflowId} has not continued as new`);
    const events = (await client.workflow.getHandle(workflowId, previous).fetchHistory()).events ?? [];
    const types = events.map((event) => event.eventType as number);
    const actions = types.filter((type) =>
      [timerStarted, activityScheduled, continuedAsNew, childStarted].includes(type),
    );
    const fired = events.find((event) => (event.eventType as number) === timerFired);
    const workMs = timeOf(events.at(-1)) - timeOf(fired);
    rows.push({
      what: `${provider}: no-change cycle`,
      size: '1 cycle',
      ours: `${Math.round(workMs)} ms of work`,
      notes: `${actions.length} Temporal actions, ${events.length} history events`,
    });
    await driver.remove(id);
  }
  await connection.close();
  return rows;
}

function timeOf(
  event: { eventTime?: { seconds?: unknown; nanos?: number | null } | null } | undefined,
): number {
  return Number(event?.eventTime?.seconds ?? 0) * 1000 + (event?.eventTime?.nanos ?? 0) / 1e6;
}
