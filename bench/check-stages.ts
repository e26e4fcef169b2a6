/** Where the time of a check went, as its workflow's history tells: from due to fired, waiting for a worker, at work. */
import type { Client } from '@temporalio/client';
import { quantile } from './report.ts';

/** EventType numbers of Temporal's API. */
const types = {
  taskScheduled: 5,
  taskStarted: 6,
  taskCompleted: 7,
  activityScheduled: 10,
  activityStarted: 11,
  activityCompleted: 12,
  timerFired: 18,
} as const;

type Stages = readonly (readonly [name: string, ms: number])[];

/** Undefined where the run that fired its timer did not ask just once whether there was anything new. */
async function stagesOf(client: Client, integrationId: string, dueMs: number): Promise<Stages | undefined> {
  const workflowId = `integration:${integrationId}`;
  let { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  // It continues as new after a check, sooner or later.
  const previous = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  if (previous) ({ events } = await client.workflow.getHandle(workflowId, previous).fetchHistory());
  return events?.length ? readStages(events, dueMs) : undefined;
}

function readStages(events: readonly Event[], dueMs: number): Stages | undefined {
  const firedAt = events.findIndex(({ eventType }) => (eventType as number) === types.timerFired);
  const after = (type: number, from: number) =>
    events.findIndex(({ eventType }, at) => at >= from && (eventType as number) === type);
  const at = [firedAt];
  for (const name of [
    ...(['taskScheduled', 'taskStarted', 'taskCompleted'] as const),
    ...(['activityScheduled', 'activityStarted', 'activityCompleted'] as const),
  ]) {
    at.push(after(types[name], at.at(-1) as number));
  }
  if (at.includes(-1)) return undefined;
  const [fired = 0, scheduled = 0, started = 0, completed = 0, asked = 0, taken = 0, done = 0] = at.map((n) =>
    timeOf(events[n]),
  );
  return [
    ['due → fired', fired - dueMs],
    ['waits for a workflow worker', started - scheduled],
    ['decides', completed - started],
    ["waits for the provider's worker", taken - asked],
    ['asks the provider', done - taken],
  ];
}

export async function describeStages(client: Client, ids: readonly string[], dueMs: number): Promise<string> {
  const found: Stages[] = [];
  for (const id of ids) {
    const stages = await stagesOf(client, id, dueMs);
    if (stages !== undefined) found.push(stages);
  }
  const names = found[0]?.map(([name]) => name) ?? [];
  return names
    .map((name, n) => {
      const all = found.map((stages) => stages[n]?.[1] as number);
      return `${name} ${Math.round(quantile(all, 0.5))} (p95 ${Math.round(quantile(all, 0.95))})`;
    })
    .join(', ');
}

interface Event {
  readonly eventType?: unknown;
  readonly eventTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
}

const timeOf = (event: Event | undefined): number =>
  Number(event?.eventTime?.seconds ?? 0) * 1000 + (event?.eventTime?.nanos ?? 0) / 1e6;
