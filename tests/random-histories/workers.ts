/** Workers with the engine's activities for one account, one after another, as they die, and the faults that strike them. */
import { createActivities } from '../../activities/index.ts';
import { storeCredential } from '../../db/queries/credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import { createLogger } from '../../platform/logger.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { Gate, type Meddling, type Schedule } from './gate.ts';
import type { Lent } from './gated-database.ts';
import { createModelAdapter, type GoogleListings } from './google-adapter.ts';
import type { Harmony } from './local-side.ts';
import type { Stage } from './stage.ts';
import { withCrew } from './workflow-runtime.ts';

export const sealer = createSealer(`test:${Buffer.alloc(32, 1).toString('base64')}`);
const logger = createLogger('histories', 'silent');

/** As workflows have it of every activity. */
const heartbeatTimeoutMs = 15_000;

/** A process with the activities of one. */
interface Worker {
  readonly gate: Gate;
  readonly lent: Lent;
  readonly activities: Record<string, unknown>;
  /** How many activities are at work. */
  running: number;
}

interface Workplace {
  readonly stage: Stage;
  readonly listings: GoogleListings;
  /** What faults do to the world. */
  readonly world: Meddling;
  /** Time goes by between attempts. */
  wait(ms: number): Promise<void>;
}

/** The sign-in that workers use. */
export async function signIn(
  { db, integrationId }: Harmony,
  { grants, account }: Pick<GoogleListings, 'grants' | 'account'>,
): Promise<void> {
  const grantKey = `${googleContacts.grantFamily}:${account}`;
  await storeCredential(db, sealer, { integrationId, grantKey, tokens: grants.consent() });
}

/** Runs a workflow with one worker after another, as they die; ends once none of them has anything under way. */
export async function withWorkers<T>(
  place: Workplace,
  { workflowId, schedule }: { workflowId: string; schedule: Schedule },
  run: () => Promise<T>,
): Promise<T> {
  const hired: Worker[] = [];
  /** Attempts that nobody waits for, since they were taken for dead. */
  const stalled: Promise<unknown>[] = [];
  const activity = (name: string) => {
    let worker = hired.at(-1);
    if (worker === undefined || worker.gate.isDead || worker.gate.isStalled) {
      worker = hire(place, schedule);
      hired.push(worker);
      void endLeftBehind(worker, schedule);
    }
    const at = worker;
    const found = worker.activities[name];
    if (typeof found !== 'function') throw new Error(`no activity ${name}`);
    const { gate } = worker;
    return async (...args: unknown[]): Promise<unknown> => {
      at.running += 1;
      const attempt = (found as (...args: unknown[]) => Promise<unknown>)(...args).finally(() => {
        at.running -= 1;
      });
      await Promise.race([attempt, gate.stalled]);
      if (!gate.isStalled) return attempt;
      const end = () => schedule.turns?.endFirst();
      stalled.push(attempt.then(end, end));
      await place.wait(heartbeatTimeoutMs);
      throw new Error('activity Heartbeat timeout');
    };
  };
  try {
    return await withCrew({ workflowId, activity, wait: (ms) => place.wait(ms) }, run);
  } finally {
    schedule.turns?.leaveToFirst();
    await Promise.all(stalled);
    for (const { gate } of hired) await gate.allPassed();
    for (const { lent } of hired) place.stage.databases.takeBack(lent);
  }
}

/** What stalls after its activity has ended, as a page that was asked for ahead of one that failed, is nobody's attempt. */
async function endLeftBehind(worker: Worker, schedule: Schedule): Promise<void> {
  await worker.gate.stalled;
  if (worker.running > 0) return;
  await worker.gate.allPassed();
  schedule.turns?.endFirst();
}

function hire({ stage, listings, world }: Workplace, schedule: Schedule): Worker {
  const gate = new Gate(schedule, world);
  const lent = stage.databases.lend(gate);
  const adapter = createModelAdapter(listings, gate);
  const environment = { live: false, origins: {}, clientId: 'client', clientSecret: 'secret' };
  const { core, provider } = createActivities({
    ...{ db: lent.db, sealer, logger, provider: () => ({ adapter, environment }) },
    ...{ publicUrl: 'http://localhost', temporal: undefined as never },
  });
  return { gate, lent, activities: { ...core, ...provider }, running: 0 };
}
