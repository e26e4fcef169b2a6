/** Passes of the real engine in one history: its workflows with workers that may die, and the faults that strike them. */
import { eq } from 'drizzle-orm';
import { runs } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { ANCHOR, MINUTE_MS } from '../../sync/model-world.test-support.ts';
import { computePlan } from '../../workflows/compute-plan.ts';
import { sync } from '../../workflows/sync.ts';
import { type FaultKind, type Meddling, Schedule } from './gate.ts';
import type { GoogleListings } from './google-adapter.ts';
import type { Pass, Step } from './history.ts';
import type { Judge } from './judge.ts';
import type { Harmony } from './local-side.ts';
import type { People } from './people.ts';
import type { Settings } from './settings.ts';
import type { Stage } from './stage.ts';
import type { Onlooker } from './view.ts';
import { withWorkers } from './workers.ts';

type Mode = 'full' | 'incremental';

/** Nothing happens in the middle of it, and nothing lags: it does what there was to do before. */
export const isCalm = ({ lagsMin, getLagMin, faults }: Pass): boolean =>
  getLagMin === 0 && lagsMin.every((lag) => lag === 0) && faults.length === 0;

/** A run that somebody asked for; else it is one like any other. */
export interface Asked {
  readonly runId: string;
  readonly trigger: string;
}

export class Passes implements Meddling {
  /** The settings that a fault brings about in the middle of a pass. */
  readonly later: Extract<Step, { kind: 'settings' }>[] = [];
  private readonly stage: Stage;
  private readonly harmony: Harmony;
  private readonly listings: GoogleListings;
  private readonly onlooker: Onlooker;
  private readonly settings: Settings;
  private readonly judge: Judge;
  private readonly people: People;
  private readonly skewMs: number;
  private isOvertaking = false;
  private counted = 0;

  constructor(of: {
    stage: Stage;
    harmony: Harmony;
    listings: GoogleListings;
    onlooker: Onlooker;
    settings: Settings;
    judge: Judge;
    people: People;
    skewMs: number;
  }) {
    this.stage = of.stage;
    this.harmony = of.harmony;
    this.listings = of.listings;
    this.onlooker = of.onlooker;
    this.settings = of.settings;
    this.judge = of.judge;
    this.people = of.people;
    this.skewMs = of.skewMs;
  }

  async advance(ms: number): Promise<void> {
    await this.stage.time.advance(ms);
    this.listings.google.nowMs = this.stage.time.nowMs + this.skewMs;
  }

  /** Answers whether the run says that it succeeded. */
  async take({ full, pageSize, lagsMin, getLagMin, faults }: Pass, asked?: Asked): Promise<boolean> {
    const lagMs = (index: number) => (lagsMin[index % lagsMin.length] ?? 0) * MINUTE_MS;
    this.listings.visibility = { lagMs, getLagMs: getLagMin * MINUTE_MS, pageSize };
    return this.run(full && asked === undefined ? 'full' : 'incremental', new Schedule(faults), asked);
  }

  /** Without a fault, and with all that Google has. */
  async takeCalmly(mode: Mode): Promise<void> {
    this.listings.visibility = { lagMs: () => 0, getLagMs: 0, pageSize: 100 };
    await this.run(mode, new Schedule());
  }

  /** Works out a plan that lies in the tables. */
  async computePlan(planId: string): Promise<void> {
    const { integrationId, workspaceId } = this.harmony;
    const input = { integrationId, workspaceId, planId, provider: googleContacts.id };
    await this.withWorkers(planId, new Schedule(), () => computePlan(input));
  }

  private async run(mode: Mode, schedule: Schedule, asked?: Asked): Promise<boolean> {
    this.onlooker.isPassing = true;
    this.onlooker.forget();
    const succeeded = await this.sync(mode, schedule, asked);
    this.onlooker.isPassing = false;
    await this.judge.afterPass(succeeded);
    this.settings.earlier = undefined;
    return succeeded;
  }

  private async sync(mode: Mode, schedule: Schedule, asked?: Asked): Promise<boolean> {
    const { integrationId } = this.harmony;
    const { runId, trigger } = asked ?? {
      ...{ runId: `run_${integrationId}_${++this.counted}`, trigger: 'manual' },
    };
    const input = {
      ...{ integrationId, runId, mode, provider: googleContacts.id, operationId: runId },
      ...{ trigger, failuresInARow: 0 },
    };
    await this.withWorkers(runId, schedule, () => sync(input as Parameters<typeof sync>[0])).catch(
      (error: Error) => {
        // Nobody is left to end a run that was overtaken; its row stays as it is.
        if (error.name !== 'ActivityFailure') throw error;
      },
    );
    const [row] = await this.harmony.db.select({ status: runs.status }).from(runs).where(eq(runs.id, runId));
    return row?.status === 'succeeded';
  }

  private withWorkers<T>(workflowId: string, schedule: Schedule, run: () => Promise<T>): Promise<T> {
    const { stage, listings } = this;
    const place = { stage, listings, world: this, wait: (ms: number) => this.advance(ms) };
    return withWorkers(place, { workflowId, schedule }, run);
  }

  /** Faults that are something happening in the world, in the middle of a call. */
  async meddle(kind: FaultKind, remoteId: string | undefined): Promise<void> {
    const { google } = this.listings;
    switch (kind) {
      case 'overtaken':
        return this.overtake(() => this.sync('incremental', new Schedule()));
      // Longer than any create waits for its marker: after a commit, or between the last look at the clock and the call.
      case 'held_up':
      case 'frozen':
        return this.overtake(async () => {
          for (let round = 0; round < 2; round++) {
            await this.advance(GRACE_MS + MINUTE_MS);
            await this.sync('full', new Schedule());
          }
        });
      case 'local_edit': {
        const contacts = await this.onlooker.contacts();
        const link = (await this.onlooker.read()).links.find((row) => row.remoteId === remoteId);
        const contact = contacts.find(({ id }) => id === link?.contactId) ?? contacts[0];
        if (contact && !contact.archived)
          await this.people.editLocally(contact, 'notes', `race ${contact.version}`);
        return;
      }
      case 'remote_edit':
        google.edit(remoteId ?? '', { nicknames: [{ value: 'raced' }] });
        return;
      case 'remote_delete':
        if (remoteId !== `people/${ANCHOR}`) google.delete(remoteId ?? '');
        return;
      case 'settings': {
        const [step] = this.later;
        if (step === undefined) return;
        this.judge.oracle.forgetDeletes();
        await this.settings.change(step, { isMidway: true });
      }
    }
  }

  /** One run inside another; nobody overtakes the one that overtook. */
  private async overtake(run: () => Promise<unknown>): Promise<void> {
    if (this.isOvertaking) return;
    this.isOvertaking = true;
    await run();
    this.isOvertaking = false;
  }
}
