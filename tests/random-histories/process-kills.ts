/** Kills a process while writes are out, and counts what each kill hit. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncWorld } from '../sync/sync-world.ts';
import type { Kill } from './process-history.ts';

/** How many kills there were, and what was going on when the process died. */
export interface KillTally {
  kills: number;
  /** A run was under way. */
  inRun: number;
  /** A write was planned or out, and not settled. */
  writesOpen: number;
  /** A write was out at Google, its outcome not committed. */
  writesOut: number;
}

export const noKills = (): KillTally => ({ kills: 0, inRun: 0, writesOpen: 0, writesOut: 0 });

export const addTallies = (one: KillTally, other: KillTally): KillTally => ({
  kills: one.kills + other.kills,
  inRun: one.inRun + other.inRun,
  writesOpen: one.writesOpen + other.writesOpen,
  writesOut: one.writesOut + other.writesOut,
});

export const sayTally = ({ kills, inRun, writesOpen, writesOut }: KillTally): string =>
  `${kills} kills, ${inRun} while a run was under way, ${writesOpen} with a write open, ${writesOut} with a write out.`;

/** Less than most slow writes take. */
const lookEveryMs = 20;

/**
 * Kills the process at its time and resolves when the one that replaces it is ready. `asked` resolves when the round's
 * sync was asked for.
 */
export async function killAtItsTime(
  world: SyncWorld,
  kill: Kill,
  { integrationId, asked, tally }: { integrationId: string; asked: Promise<string>; tally: KillTally },
): Promise<void> {
  if (kill.since === 'asked') await asked;
  else await writeIsOut(world, integrationId, asked);
  await sleep(kill.afterMs);
  // A dead worker writes nothing any more, so that what it leaves is exact; what others leave goes on at once.
  const before = kill.process === 'worker' ? undefined : await underWay(world, integrationId);
  await world.stack.kill(kill.process);
  const { runs, open, out } = before ?? (await underWay(world, integrationId));
  tally.kills += 1;
  if (runs > 0) tally.inRun += 1;
  if (open > 0) tally.writesOpen += 1;
  if (out > 0) tally.writesOut += 1;
  await world.stack.ready(kill.process);
}

/** Resolves when a write is out, or when the round's sync is over without one. */
async function writeIsOut(world: SyncWorld, integrationId: string, asked: Promise<string>): Promise<void> {
  let runId = '';
  let refusal: unknown;
  asked.then(
    (id) => {
      runId = id;
    },
    (error: unknown) => {
      refusal = error;
    },
  );
  for (;;) {
    if (refusal !== undefined) throw refusal;
    const [row] = await world.sql<{ isTime: boolean }[]>`
      select exists (select 1 from contact_writes where integration_id = ${integrationId} and state = 'sent')
        or exists (select 1 from runs where id = ${runId} and status <> 'running') as "isTime"`;
    if (row?.isTime) return;
    await sleep(lookEveryMs);
  }
}

interface UnderWay {
  readonly runs: number;
  readonly open: number;
  readonly out: number;
}

async function underWay({ sql }: SyncWorld, integrationId: string): Promise<UnderWay> {
  const [row] = await sql<UnderWay[]>`
    select (select count(*)::int from runs where integration_id = ${integrationId} and status = 'running') as runs,
      count(*)::int as open, (count(*) filter (where state = 'sent'))::int as out
    from contact_writes
    where integration_id = ${integrationId} and state in ('planned', 'sent', 'unknown')`;
  return row as UnderWay;
}
