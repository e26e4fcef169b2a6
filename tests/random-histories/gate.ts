/**
 * The one way out of a worker process: every commit and every call to the provider passes it. Here faults strike, and a
 * process that was killed gets nothing through any more, whatever its code still tries.
 */
import { ProviderError } from '../../providers/contract/index.ts';
import type { Race } from './races.ts';
import { Turns } from './turns.ts';

export const faultKinds = [
  'crash_before',
  'crash_after',
  'serialization_failure',
  'lost_request',
  'lost_answer',
  'unavailable',
  'rate_limited',
  'quota',
  'forbidden',
  'token_expired',
  'truncated',
  'empty',
  'local_edit',
  'remote_edit',
  'remote_delete',
  'overtaken',
  'frozen',
  'held_up',
  'stalled_before',
  'stalled_after',
  'settings',
] as const;
/** After these the connection is not what it was. */
export const lifecycleFaultKinds = ['revoked', 'deleted', 'disconnected', 'hidden'] as const;
export type FaultKind =
  | (typeof faultKinds)[number]
  | (typeof lifecycleFaultKinds)[number]
  /** Whom the call is about is taken out of the archive; in no random history. */
  | 'local_restore';

/** Strikes at the first passage from the `at`-th on that it fits. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
  /** Strikes only such a call, whatever its number. */
  readonly call?: 'write';
  /** Of an attempt that stalls: how many passages the next one makes before it goes on, then it, and so on in turn. */
  readonly turns?: readonly number[];
  /** Of `remote_edit`: what somebody does to the contact, else gives it a nickname. */
  readonly deed?: Race;
}

/** What passes: a commit (or a statement by itself), or a call to the provider. */
export type Passage =
  | { readonly to: 'postgres' }
  | { readonly to: 'provider'; readonly call: 'list' | 'get' | 'write'; readonly remoteId?: string };

/** What a fault does to the world, rather than to the passage. */
export interface Meddling {
  /** Which contact the call is about, where it is about one. */
  meddle(fault: Fault, remoteId: string | undefined): Promise<void>;
}

export class ProcessKilled extends Error {
  constructor() {
    super('the worker process was killed');
    this.name = 'ProcessKilled';
  }
}

/** As Postgres puts it: SQLSTATE 40001. */
class SerializationFailure extends Error {
  readonly code = '40001';
}

const fits: Record<FaultKind, (passage: Passage) => boolean> = {
  crash_before: () => true,
  crash_after: () => true,
  serialization_failure: ({ to }) => to === 'postgres',
  lost_request: ({ to }) => to === 'provider',
  lost_answer: ({ to }) => to === 'provider',
  unavailable: ({ to }) => to === 'provider',
  rate_limited: ({ to }) => to === 'provider',
  quota: ({ to }) => to === 'provider',
  forbidden: ({ to }) => to === 'provider',
  token_expired: isListing,
  truncated: isListing,
  empty: isListing,
  local_edit: ({ to }) => to === 'provider',
  local_restore: (passage) => passage.to === 'provider' && passage.remoteId !== undefined,
  remote_edit: isReadOfOne,
  remote_delete: isReadOfOne,
  overtaken: ({ to }) => to === 'provider',
  frozen: (passage) => passage.to === 'provider' && passage.call === 'write',
  held_up: ({ to }) => to === 'postgres',
  stalled_before: () => true,
  stalled_after: () => true,
  settings: ({ to }) => to === 'provider',
  revoked: ({ to }) => to === 'provider',
  deleted: () => true,
  disconnected: () => true,
  hidden: () => true,
};

const isDelete = (kind: FaultKind | undefined): boolean =>
  kind === 'deleted' || kind === 'disconnected' || kind === 'hidden';

const isMeant = ({ kind, call }: Fault, passage: Passage): boolean =>
  fits[kind](passage) && (call === undefined || (passage.to === 'provider' && passage.call === call));

function isReadOfOne(passage: Passage): boolean {
  return passage.to === 'provider' && passage.call === 'get' && passage.remoteId !== undefined;
}

function isListing(passage: Passage): boolean {
  return passage.to === 'provider' && passage.call === 'list';
}

/** Of what happens in the world during a call: before it gets to the provider. */
const comesBefore = (kind: FaultKind): boolean =>
  ['overtaken', 'frozen', 'local_edit', 'local_restore', 'settings', 'revoked'].includes(kind) ||
  isDelete(kind);

/** The attempt goes on after it was taken for dead. */
export const isStall = (kind: FaultKind): boolean => kind === 'stalled_before' || kind === 'stalled_after';

/** The schedule of one pass; it goes on counting when the process that it killed is started again. */
export class Schedule {
  passages = 0;
  /** Of the attempt that stalled, and the one that came after it. */
  turns: Turns | undefined;
  private readonly waiting: Fault[];

  constructor(faults: readonly Fault[] = []) {
    this.waiting = [...faults];
  }

  /** Nothing strikes any more. */
  get isCalm(): boolean {
    return this.waiting.length === 0;
  }

  next(passage: Passage): Fault | undefined {
    const at = this.passages++;
    const found = this.waiting.findIndex(
      (fault) => fault.at <= at && isMeant(fault, passage) && !(this.turns && isStall(fault.kind)),
    );
    return found < 0 ? undefined : this.waiting.splice(found, 1)[0];
  }
}

export class Gate {
  isDead = false;
  /** Taken for dead, since it stalled for longer than a heartbeat may take; it goes on all the same. */
  isStalled = false;
  readonly stalled: Promise<void>;
  private readonly schedule: Schedule;
  private readonly world: Meddling;
  private readonly underWay = new Set<Promise<unknown>>();
  private noteStalled: () => void = () => {};

  constructor(schedule: Schedule, world: Meddling) {
    this.schedule = schedule;
    this.world = world;
    this.stalled = new Promise((resolve) => {
      this.noteStalled = resolve;
    });
  }

  toPostgres<T>(run: () => PromiseLike<T>): Promise<T> {
    return this.follow(this.passToPostgres(run));
  }

  /** `run` gets the faults that a listing has to play itself. */
  toProvider<T>(
    passage: { call: 'list' | 'get' | 'write'; remoteId?: string },
    run: (fault: FaultKind | undefined) => T,
  ): Promise<T> {
    return this.follow(this.passToProvider(passage, run));
  }

  /** Ends once nothing passes any more: also what nobody waits for, as a page that was asked for ahead of one that failed. */
  async allPassed(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.allSettled(this.underWay);
      // What comes of it may ask for more.
      await new Promise(setImmediate);
    }
  }

  private follow<T>(passing: Promise<T>): Promise<T> {
    this.underWay.add(passing);
    const end = () => void this.underWay.delete(passing);
    passing.then(end, end);
    return passing;
  }

  private async passToPostgres<T>(run: () => PromiseLike<T>): Promise<T> {
    await this.schedule.turns?.take(this.isStalled);
    this.requireLife();
    const struck = this.schedule.next({ to: 'postgres' });
    const fault = struck?.kind;
    if (fault === 'crash_before') this.die();
    if (struck?.kind === 'stalled_before') await this.stall(struck);
    if (fault === 'serialization_failure') throw new SerializationFailure('could not serialize access');
    const result = await run();
    if (struck && (struck.kind === 'held_up' || isDelete(struck.kind)))
      await this.world.meddle(struck, undefined);
    if (struck?.kind === 'stalled_after') await this.stall(struck);
    this.requireLife();
    if (fault === 'crash_after') this.die();
    return result;
  }

  private async passToProvider<T>(
    passage: { call: 'list' | 'get' | 'write'; remoteId?: string },
    run: (fault: FaultKind | undefined) => T,
  ): Promise<T> {
    await this.schedule.turns?.take(this.isStalled);
    this.requireLife();
    // A turn of the event loop, as a call takes one.
    await Promise.resolve();
    const struck = this.schedule.next({ to: 'provider', ...passage });
    const fault = struck?.kind;
    const isWrite = passage.call === 'write';
    if (fault === 'crash_before') this.die();
    if (struck?.kind === 'stalled_before') await this.stall(struck);
    const refused = fault && refusals[fault];
    if (refused !== undefined) throw new ProviderError(refused);
    const isLost = fault === 'lost_request' || fault === 'unavailable';
    if (isLost) throw lost(isWrite);
    if (struck && comesBefore(struck.kind)) await this.world.meddle(struck, passage.remoteId);
    const result = run(fault);
    if (fault === 'remote_edit' || fault === 'remote_delete')
      await this.world.meddle(struck as Fault, passage.remoteId);
    if (struck?.kind === 'stalled_after') await this.stall(struck);
    this.requireLife();
    if (fault === 'crash_after') this.die();
    if (fault === 'lost_answer') throw lost(isWrite);
    return result;
  }

  /** What a dead process still tries to do comes to nothing. */
  requireLife(): void {
    if (this.isDead) throw new ProcessKilled();
  }

  /** Until it is up to this one again. One attempt of a pass does: a call that fails meanwhile never gets here. */
  private async stall({ turns = [] }: Fault): Promise<void> {
    if (this.schedule.turns !== undefined) return;
    this.schedule.turns = new Turns(turns);
    this.isStalled = true;
    this.noteStalled();
    await this.schedule.turns.take(true);
  }

  private die(): never {
    this.isDead = true;
    throw new ProcessKilled();
  }
}

const refusals: { [kind in FaultKind]?: ConstructorParameters<typeof ProviderError>[0] } = {
  rate_limited: { kind: 'rate_limited', message: 'Too many calls.', httpStatus: 429, retryAfterMs: 7000 },
  quota: { kind: 'rate_limited', message: 'Too many calls.', httpStatus: 403 },
  forbidden: { kind: 'forbidden', message: 'Not allowed.', httpStatus: 403 },
  token_expired: { kind: 'cursor_expired', message: 'The sync token is too old.', httpStatus: 400 },
};

function lost(isWrite: boolean): ProviderError {
  return new ProviderError({
    kind: 'transient',
    message: 'The connection to the provider failed.',
    outcomeUnknown: isWrite,
  });
}
