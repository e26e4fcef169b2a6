/** Passes of the real engine in one history: its workflows with workers that may die, and the faults that strike them. */
import { eq } from 'drizzle-orm';
import { findIntegration } from '../../db/queries/integrations.ts';
import { runs } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { ANCHOR, MINUTE_MS } from '../../sync/model-world.test-support.ts';
import { computePlan } from '../../workflows/compute-plan.ts';
import { sync } from '../../workflows/sync.ts';
import { type Fault, type Meddling, Schedule } from './gate.ts';
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
  readonly later: Extract<Step, { kind: 'settings' | 'objects' }>[] = [];
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

  /** Deletes the integration in the middle of a pass; `hide` leaves the rest to the end of it. */
  deletion:
    | {
        hide(records: 'keep'): Promise<void>;
        delete(records: 'keep' | 'delete'): Promise<void>;
        finishDelete(): Promise<void>;
      }
    | undefined;

  async advance(ms: number): Promise<void> {
    await this.stage.time.advance(ms);
    this.listings.google.nowMs = this.stage.time.nowMs + this.skewMs;
  }

  /** Answers whether the run says that it succeeded. */
  async take(
    { isOfEdits = false, full, pageSize, emptyPages, lagsMin, getLagMin, faults }: Pass,
    asked: Asked | undefined = isOfEdits ? this.next('edit') : undefined,
  ): Promise<boolean> {
    const first = this.listings.nextListing;
    const lagMs = (index: number, listing = first) =>
      (lagsMin[(index + listing - first) % lagsMin.length] ?? 0) * MINUTE_MS;
    const empty = emptyPages === undefined ? {} : { emptyPages };
    this.listings.visibility = { lagMs, getLagMs: getLagMin * MINUTE_MS, pageSize, ...empty };
    return this.run(full && asked === undefined ? 'full' : 'incremental', new Schedule(faults), asked);
  }

  private next(trigger: string): Asked {
    return { runId: `run_${this.harmony.integrationId}_${++this.counted}`, trigger };
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
    if (!(await this.isServed())) return false;
    const { grants } = this.listings;
    // A run of edits may have nothing to ask of Google.
    const isShutOut = !grants.isLive && schedule.isCalm && asked?.trigger !== 'edit';
    this.onlooker.isPassing = true;
    const sinceMs = this.listings.google.nowMs;
    this.onlooker.forget();
    const status = await this.sync(mode, schedule, asked);
    const succeeded = status === 'succeeded';
    await this.deletion?.finishDelete();
    this.onlooker.isPassing = false;
    if (isShutOut && (await this.phase()) !== 'needs_reauth')
      throw new InvariantBroken('access was ended at Google, and nobody is told');
    // What a fault brought about in the middle of it another run has done.
    if (status === 'parked' && schedule.isCalm) await this.judge.expectNothingGone();
    await this.judge.afterPass(succeeded, sinceMs);
    this.settings.earlier = undefined;
    return succeeded;
  }

  /** A sync of an account that is deleted, or that a person has to sign in to again, does not begin. */
  private async isServed(): Promise<boolean> {
    if (!this.settings.isConnected) return false;
    return this.listings.grants.isLive || (await this.phase()) !== 'needs_reauth';
  }

  private async phase(): Promise<string | undefined> {
    return (await findIntegration(this.harmony.db, this.harmony.integrationId))?.phase;
  }

  /** A workflow that is no sync. */
  work<T>(workflowId: string, run: () => Promise<T>): Promise<T> {
    return this.withWorkers(workflowId, new Schedule(), run);
  }

  /** Answers how it ended. */
  private async sync(mode: Mode, schedule: Schedule, asked?: Asked): Promise<string | undefined> {
    const { integrationId } = this.harmony;
    const { runId, trigger } = asked ?? this.next('manual');
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
    return row?.status;
  }

  private withWorkers<T>(workflowId: string, schedule: Schedule, run: () => Promise<T>): Promise<T> {
    const { stage, listings } = this;
    const place = { stage, listings, world: this, wait: (ms: number) => this.advance(ms) };
    return withWorkers(place, { workflowId, schedule }, run);
  }

  /** Faults that are something happening in the world, in the middle of a call. */
  async meddle({ kind, deed }: Fault, remoteId: string | undefined): Promise<void> {
    const { google } = this.listings;
    switch (kind) {
      case 'overtaken':
        return this.overtake(() => this.syncCalmly('incremental'));
      // Longer than any create waits for its marker: after a commit, or between the last look at the clock and the call.
      case 'held_up':
      case 'frozen':
        return this.overtake(async () => {
          for (let round = 0; round < 2; round++) {
            await this.advance(GRACE_MS + MINUTE_MS);
            await this.syncCalmly('full');
          }
        });
      case 'local_edit':
      case 'local_restore': {
        const contacts = await this.onlooker.contacts();
        const link = (await this.onlooker.read()).links.find((row) => row.remoteId === remoteId);
        const at = contacts.findIndex(({ id }) => id === link?.contactId);
        const contact = contacts[Math.max(0, at)];
        if (kind === 'local_restore') {
          this.judge.restoredMidway.add(remoteId ?? '');
          await this.people.take({ kind, at });
        } else if (contact && !contact.archived)
          await this.people.editLocally(contact, 'notes', `race ${contact.version}`);
        return;
      }
      case 'remote_edit':
        if (deed === undefined) google.edit(remoteId ?? '', { nicknames: [{ value: 'raced' }] });
        else this.people.race(remoteId ?? '', deed);
        return;
      case 'remote_delete':
        if (remoteId !== `people/${ANCHOR}`) google.delete(remoteId ?? '');
        return;
      case 'revoked':
        return this.listings.grants.revoke();
      case 'deleted':
      case 'disconnected':
        if (this.settings.isConnected) await this.deletion?.delete(kind === 'deleted' ? 'delete' : 'keep');
        return;
      case 'hidden':
        if (this.settings.isConnected) await this.deletion?.hide('keep');
        return;
      case 'settings': {
        const [step] = this.later;
        if (step === undefined || !this.settings.isConnected) return;
        this.judge.oracle.forgetDeletes();
        await this.settings.change({ ...this.settings.inForce, ...step }, { isMidway: true });
      }
    }
  }

  private async syncCalmly(mode: Mode): Promise<void> {
    await this.sync(mode, new Schedule());
    await this.judge.noteAgreed();
  }

  /** One run inside another; nobody overtakes the one that overtook. */
  private async overtake(run: () => Promise<unknown>): Promise<void> {
    if (this.isOvertaking) return;
    this.isOvertaking = true;
    await run();
    this.isOvertaking = false;
  }
}
