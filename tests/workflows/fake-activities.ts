/** Activities that keep a small world in memory, so that a test decides how long each takes and what it answers. */
import { Context } from '@temporalio/activity';
import type { CoreActivities, ProviderActivities } from '../../activities/index.ts';
import type { DesiredState, SyncInput } from '../../workflows/messages.ts';

export interface FakeWorld {
  desired: DesiredState | null;
  /** With phase `deleting`: whether the person asked to keep the records. */
  keepRecords: boolean;
  /** With phase `connecting`: an API key waits to be taken. */
  keyStored: boolean;
  readonly calls: string[];
  /** Runs by id, as they ended. */
  readonly runs: Map<string, string>;
  /** How often the idle check found something. */
  changed: boolean;
  /** Settles when the stream is to end; until then a sync goes on. */
  holdSync: Promise<void> | undefined;
  /** Settles when a run that is to begin may. */
  holdBegin: Promise<void> | undefined;
  /** Settles when the desired state is to be known. */
  holdLoad: Promise<void> | undefined;
  /** What every page fails with, where set; `attempts` counts. */
  failPages: Error | undefined;
  attempts: number;
  /** As they were asked for, in the order of their ends. */
  readonly ends: Parameters<CoreActivities['finishRun']>[0][];
  /** Types of the failures with which runs ended. */
  readonly failures: string[];
  authorization: Awaited<ReturnType<ProviderActivities['authorize']>>;
  nextCheckInMs: number;
  /** What ending the grant answers, one by one; `revoked` once they are used up. */
  readonly revocations: Awaited<ReturnType<ProviderActivities['revokeGrant']>>['outcome'][];
}

export function createFakeWorld(): FakeWorld {
  return {
    desired: { phase: 'active', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null },
    keepRecords: false,
    keyStored: false,
    calls: [],
    runs: new Map(),
    changed: false,
    holdSync: undefined,
    holdBegin: undefined,
    holdLoad: undefined,
    failPages: undefined,
    attempts: 0,
    ends: [],
    failures: [],
    authorization: { ok: true, accountName: 'ada@example.com' },
    nextCheckInMs: 3_600_000,
    revocations: [],
  };
}

export function createFakeActivities(world: FakeWorld): {
  core: Partial<CoreActivities>;
  provider: Partial<ProviderActivities>;
} {
  const plan = (): number => Date.now() + world.nextCheckInMs;
  const active = (): DesiredState => ({
    ...(world.desired ?? { phase: 'active', autoSync: true, intervalSeconds: 300 }),
    nextCheckAtMs: plan(),
  });
  return {
    core: {
      async loadDesiredState() {
        world.calls.push('loadDesiredState');
        await world.holdLoad;
        return world.desired === null
          ? null
          : {
              ...{ desired: active(), abandoned: false },
              ...{ keepRecords: world.keepRecords, keyStored: world.keyStored },
            };
      },
      async acceptKey() {
        world.calls.push('acceptKey');
        world.keyStored = false;
        world.desired = { ...active(), phase: 'active' };
        return { ok: true, accountName: 'ada@example.com' };
      },
      async beginRun(input: SyncInput) {
        world.calls.push(`beginRun ${input.mode} ${input.trigger}`);
        await world.holdBegin;
        world.runs.set(input.runId, 'running');
        return {
          generation: world.runs.size,
          refreshCollections: false,
          unsubscribed: [],
          hasWatches: false,
          plansContacts: true,
        };
      },
      async listStreams() {
        return [{ stream: 'contacts', label: 'contacts', collectionId: '' }];
      },
      async planContacts() {
        world.calls.push('planContacts');
        return { next: 'done', planned: 0 };
      },
      async finishRun(end) {
        const { runId, status, failure } = end;
        world.ends.push(end);
        if (failure !== undefined) world.failures.push(failure.type);
        world.calls.push(`finishRun ${status}`);
        world.runs.set(runId, status);
        return { status, summary: status, needsSignIn: false, nextCheckAtMs: plan() };
      },
      async noteRefusal() {
        world.calls.push('noteRefusal');
      },
      async tombstone() {
        world.calls.push('tombstone');
      },
      async purge({ records }) {
        world.calls.push(records === 'keep' ? 'purge but records' : 'purge');
        return { removed: 7 };
      },
      async forgetIntegration() {
        world.calls.push('forgetIntegration');
        world.desired = null;
      },
    },
    provider: {
      async syncStream() {
        world.calls.push('syncStream');
        world.attempts += 1;
        if (world.failPages !== undefined) throw world.failPages;
        const { cancellationSignal, cancelled } = Context.current();
        if (world.holdSync !== undefined) {
          const beat = setInterval(() => Context.current().heartbeat(), 50);
          await Promise.race([world.holdSync, cancelled]).finally(() => clearInterval(beat));
        }
        cancellationSignal.throwIfAborted();
        return { next: 'done', read: 1 };
      },
      async writeContacts() {
        world.calls.push('writeContacts');
        return { next: 'done', pushed: 0 };
      },
      async checkForChanges() {
        world.calls.push('checkForChanges');
        const changed = world.changed;
        world.changed = false;
        return { changed, desired: active() };
      },
      async authorize() {
        world.calls.push('authorize');
        return world.authorization;
      },
      async refreshCollections() {
        world.calls.push('refreshCollections');
        return { added: 1, renamed: 0, missing: 0 };
      },
      async stopWatches() {
        world.calls.push('stopWatches');
        return { stopped: 0 };
      },
      async revokeGrant() {
        world.calls.push('revokeGrant');
        return { outcome: world.revocations.shift() ?? 'revoked' };
      },
    },
  };
}
