/** Carries intents out at the provider, one after another per account: read, plan again, mark as sent, call, commit the ack. */
import { Context } from '@temporalio/activity';
import type { ContactWrite } from '../../db/queries/contact-planning.ts';
import { changeWrite, nextWrite } from '../../db/queries/contact-writes.ts';
import { loadCredential } from '../../db/queries/credentials.ts';
import { fenced } from '../../db/queries/fence.ts';
import { releaseLease, takeLease } from '../../db/queries/grant-leases.ts';
import { type ContactCalls, type ContactRecord, ProviderError } from '../../providers/contract/index.ts';
import type { RemoteCreate, RemoteUpdate } from '../../sync/operations.ts';
import { withMarker } from '../../sync/plan-contact.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { signInRequired } from '../failure.ts';
import { ackCreate, ackDelete, ackUpdate } from './ack-write.ts';
import { carryLists } from './carry-lists.ts';
import { type ContactSync, loadContactSync } from './contact-sync.ts';
import { mainStream } from './main-stream.ts';
import { prepareCreate, prepareDouble, prepareWrite } from './prepare-write.ts';
import { noteRefused, noteStale } from './settle-write.ts';
import type { PreparedWrite, Writing } from './writing.ts';

export interface WriteContactsInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly runId: string;
  /** This run asked the provider what changed before it writes. */
  readonly isRead: boolean;
}

export interface WriteContactsResult {
  /**
   * `more`: call again. `later`: call again in `waitMs`, something is backing off. `blocked`: the provider lets Harmony
   * read but not write; everything stays planned.
   */
  readonly next: 'more' | 'later' | 'done' | 'blocked';
  readonly waitMs?: number;
  readonly pushed: number;
  /** The scope that is missing, with `blocked`. */
  readonly missing?: string;
}

/** One activity works this long at most and leaves the rest to the next one. */
const workForMs = 45_000;
/** A worker that died holds up other integrations of the account no longer than this. */
const leaseMs = 45_000;

export function createWriteContacts(deps: ActivityDeps) {
  return async function writeContacts(input: WriteContactsInput): Promise<WriteContactsResult> {
    const written = await writeDue(deps, input);
    if (written.next === 'more' || written.next === 'blocked') return written;
    // Lists come last: by now the contacts that go on them are there.
    return { ...written, pushed: written.pushed + (await carryLists(deps, input)) };
  };
}

async function writeDue(deps: ActivityDeps, input: WriteContactsInput): Promise<WriteContactsResult> {
  const { integrationId, runId } = input;
  const sync = await loadContactSync(deps.db, integrationId);
  const due = await nextWrite(deps.db, { integrationId, now: isoAt(nowMs(deps) + longestWaitMs) });
  if (sync === undefined || due === undefined) return { next: 'done', pushed: 0 };
  const access = await openProviderAccess(deps, integrationId);
  const credential = await loadCredential(deps.db, deps.sealer, integrationId);
  if (credential === undefined) throw signInRequired(integrationId);
  const lease = { key: credential.grantKey, holder: integrationId };
  const fence = { integrationId, generation: input.generation };
  const writing: Writing = { deps, sync, fence, runId, stream: mainStream(access.adapter) };
  try {
    return await writeAll(writing, access, lease);
  } finally {
    await releaseLease(deps.db, lease);
  }
}

async function writeAll(
  writing: Writing,
  access: ProviderAccess,
  lease: { key: string; holder: string },
): Promise<WriteContactsResult> {
  const { deps, sync } = writing;
  const context = Context.current();
  const endAtMs = nowMs(deps) + workForMs;
  let pushed = 0;
  for (;;) {
    context.cancellationSignal.throwIfAborted();
    const nowAtMs = nowMs(deps);
    const now = isoAt(nowAtMs);
    const write = await nextWrite(deps.db, { integrationId: sync.integrationId, now });
    if (write === undefined) {
      const waitMs = await soonestBackOff(deps, sync, nowAtMs);
      return waitMs === undefined ? { next: 'done', pushed } : { next: 'later', pushed, waitMs };
    }
    if (!(await takeLease(deps.db, { ...lease, now, until: isoAt(nowAtMs + leaseMs) })))
      throw accountIsBusy();
    try {
      if (await carryOut(writing, access, write)) pushed += 1;
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'forbidden') {
        return {
          next: 'blocked',
          pushed,
          ...(error.missing === undefined ? {} : { missing: error.missing }),
        };
      }
      throw error;
    }
    context.heartbeat({ pushed });
    if (nowMs(deps) > endAtMs) return { next: 'more', pushed };
  }
}

/** What is due sooner than this is waited for by the run itself; the rest by the next check. */
const longestWaitMs = 20_000;

async function soonestBackOff(
  deps: ActivityDeps,
  { integrationId }: ContactSync,
  nowAtMs: number,
): Promise<number | undefined> {
  const now = isoAt(nowAtMs + longestWaitMs);
  const write = await nextWrite(deps.db, { integrationId, now });
  return write?.dueAt == null ? undefined : Math.max(1, Date.parse(write.dueAt) - nowAtMs);
}

const accountIsBusy = (): ProviderError =>
  new ProviderError({
    kind: 'rate_limited',
    message: 'Another integration is writing to this account.',
    retryAfterMs: 2000,
  });

type Call = <T>(use: (contacts: ContactCalls, signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Returns whether something was written at the provider. */
async function carryOut(writing: Writing, access: ProviderAccess, write: ContactWrite): Promise<boolean> {
  const call: Call = (use) =>
    access.call(async ({ contacts }) => {
      if (contacts !== undefined) return use(contacts, Context.current().cancellationSignal);
      throw new ProviderError({ kind: 'invalid_request', message: 'Contacts can not be written there.' });
    });
  const prepared = await prepare(writing, call, write);
  if (prepared === undefined) return false;
  try {
    return await send(writing, call, prepared);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return settleFailure(writing, prepared, error);
  }
}

async function prepare(
  writing: Writing,
  call: Call,
  write: ContactWrite,
): Promise<PreparedWrite | undefined> {
  if (write.kind === 'create') return prepareCreate(writing, write);
  const remoteId = write.remoteId as string;
  const read = await call((contacts, signal) => contacts.get(remoteId, signal));
  return write.operation.kind === 'delete_double'
    ? prepareDouble(writing, write, read)
    : prepareWrite(writing, write, read);
}

async function send(writing: Writing, call: Call, prepared: PreparedWrite): Promise<boolean> {
  const { write, operation } = prepared;
  let answer: ContactRecord;
  switch (operation.kind) {
    case 'create_remote': {
      const person = withMarker(operation.body, write.id);
      answer = await call((contacts, signal) => contacts.create(person, signal));
      await ackCreate(writing, { ...prepared, operation: operation as RemoteCreate }, answer);
      return true;
    }
    case 'update_remote': {
      const { resourceName, mask, body: person } = operation as RemoteUpdate;
      answer = await call((contacts, signal) => contacts.update(resourceName, { mask, person }, signal));
      await ackUpdate(writing, { ...prepared, operation: operation as RemoteUpdate }, answer);
      return true;
    }
    case 'delete_remote': {
      await call((contacts, signal) => contacts.remove(operation.resourceName, signal));
      await ackDelete(writing, prepared);
      return true;
    }
  }
}

/** What is left of a write that failed; whatever may pass is thrown, after the intent is as it should be for the next try. */
async function settleFailure(
  writing: Writing,
  prepared: PreparedWrite,
  error: ProviderError,
): Promise<boolean> {
  const { deps, fence } = writing;
  const { write } = prepared;
  const now = isoAt(nowMs(deps));
  if (error.outcomeUnknown) {
    const change = { state: 'unknown' as const, error: error.message };
    await fenced(deps.db, fence, (tx) => changeWrite(tx, write.id, { ...change, dueAt: now }));
    // A create waits for its marker in a listing; updates and deletes are read again at the next try.
    if (write.kind === 'create') return false;
    throw error;
  }
  switch (error.kind) {
    case 'stale_version':
      await noteStale(writing, prepared);
      return false;
    case 'not_found':
    case 'invalid_request':
    case 'already_exists':
      await noteRefused(writing, prepared, error);
      return false;
    default:
      // It did not get through: the intent is as it was.
      await fenced(deps.db, fence, (tx) =>
        changeWrite(tx, write.id, { state: 'planned', error: error.message }),
      );
      throw error;
  }
}
