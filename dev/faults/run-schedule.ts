/** One fault run: fresh stand-ins, the schedule, the end of all faults, rest, and the invariants. */
import { setTimeout as sleep } from 'node:timers/promises';
import { endFaults, resetWorld } from './begin-and-end.ts';
import { carryOut } from './carry-out.ts';
import { findDifferentRecords } from './find-different-records.ts';
import { findLeftovers, findRowsOf, findStrayProcesses } from './find-leftovers.ts';
import { findSecrets, readFigures, readHistories, readLogs, readRows } from './find-secrets.ts';
import { findWrongTasks } from './find-wrong-tasks.ts';
import { noteSecrets } from './note-secrets.ts';
import { settle } from './settle.ts';
import { describeAct, type Step } from './step.ts';
import { findUnsentContacts } from './two-way.ts';
import { type FaultWorld, untilNothing } from './world.ts';

export interface NumberedStep extends Step {
  /** Its place in the whole schedule, also where only some of it is played. */
  readonly number: number;
}

/** For what comes a moment after the fact: visibility, the end of a Delete, watches that are opened again. */
const restPatienceMs = 90_000;
const deletePatienceMs = 120_000;

/** Answers what was violated, in words; `tell` hears of each step when it has ended. */
export async function runSchedule(
  world: FaultWorld,
  { seed, steps, tell }: { seed: number; steps: readonly NumberedStep[]; tell: (line: string) => void },
): Promise<readonly string[]> {
  const { violations } = world.ledger;
  await resetWorld(world, seed);
  const stopNoting = noteSecrets(world);
  try {
    await play(world, steps, tell);
    tell('faults end; coming to rest');
    await endFaults(world);
    violations.push(...(await settle(world, losesChanges(steps) ? 'full' : 'incremental')));
    violations.push(...(await untilNothing(() => findLeftovers(world), restPatienceMs)));
    // A push may still be under way when the last sync has ended.
    violations.push(...(await untilNothing(() => findDifferentRecords(world), 10_000)));
    violations.push(...(await untilNothing(() => findUnsentContacts(world), 10_000)));
    violations.push(...(await findWrongTasks(world)), ...findStrayProcesses(world));
  } finally {
    await stopNoting();
  }
  await keepSupportBundles(world);
  tell('everything is deleted');
  violations.push(...(await deleteEverything(world)));
  violations.push(...(await untilNothing(() => findLeaks(world), 0)));
  return [...violations];
}

async function play(
  world: FaultWorld,
  steps: readonly NumberedStep[],
  tell: (line: string) => void,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (const { number, afterMs, act } of steps) {
    await sleep(afterMs);
    const outcome = carryOut(world, act, number)
      .catch((error: Error) => `not done: ${error.message.slice(0, 120)}`)
      .then((said) => tell(`${String(number).padStart(3)} ${describeAct(act)}: ${said}`));
    underWay.push(outcome);
    if (act.do === 'await-connected' || act.do === 'two-way') await outcome;
  }
  await Promise.all(underWay);
}

/** After these a provider has shown less than there is, and said that it was all: only a full listing brings the rest. */
const losesChanges = (steps: readonly Step[]): boolean =>
  steps.some(
    ({ act }) =>
      act.do === 'lag' ||
      (act.do === 'fault' && (act.fault.kind === 'truncate-list' || act.fault.kind === 'stale-read')),
  );

async function deleteEverything(world: FaultWorld): Promise<string[]> {
  const rows = await world.sql<{ id: string }[]>`select id from integrations`;
  const ids = rows.map(({ id }) => id);
  for (const id of ids) await world.api('DELETE', `/v1/integrations/${id}`);
  if (ids.length === 0) return [];
  return [
    ...(await untilNothing(() => findLeftovers(world), deletePatienceMs)),
    ...(await untilNothing(() => findRowsOf(world, ids), deletePatienceMs)),
  ];
}

/** What operators hand on is searched for secrets with the rest. */
async function keepSupportBundles(world: FaultWorld): Promise<void> {
  for (const { id } of await world.list()) {
    const { status, body } = await world.api('GET', `/v1/integrations/${id}/support-bundle`);
    if (status === 200) world.ledger.bundles.push(JSON.stringify(body));
    else world.ledger.violations.push(`the support bundle of ${id} answered ${status}`);
  }
}

async function findLeaks(world: FaultWorld): Promise<string[]> {
  const { secrets, problems, bundles } = world.ledger;
  const histories = await readHistories(await world.temporal(), world.since);
  const answers = new Map([
    ['the answers of the API', problems.join('\n')],
    ['a support bundle', bundles.join('\n')],
  ]);
  const figures = await readFigures(world.stack);
  const rows = await readRows(world.sql);
  return findSecrets(secrets, histories, readLogs(world.home), rows, figures, answers);
}
