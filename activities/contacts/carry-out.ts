/** Intents at the provider, one after another: read, plan again, mark as sent, call, commit the acks. */
import { Context } from '@temporalio/activity';
import { asStored } from '../../db/json-parameter.ts';
import type { ContactWrite } from '../../db/queries/contact-planning.ts';
import { changeOpenWrite, unmarkSent } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import { type ContactRecord, ProviderError } from '../../providers/contract/index.ts';
import type { RemoteCreate, RemoteUpdate } from '../../sync/operations.ts';
import { withMarker } from '../../sync/plan-contact.ts';
import type { ProviderAccess } from '../access/provider-access.ts';
import { isoAt, nowMs } from '../clock.ts';
import { type Answered, ackDelete, ackWritten } from './ack-write.ts';
import type { DoubleRemoval } from './find-origins.ts';
import { type Call, inTime } from './in-time.ts';
import { prepareWrites } from './prepare-writes.ts';
import { noteRefused, noteStale } from './settle-write.ts';
import type { PreparedWrite, Writing } from './writing.ts';

/** A provider that has become slow: what was to be sent may no longer be what a person wants. */
const staleAfterMs = 5000;

interface Batch {
  readonly writes: readonly ContactWrite[];
  /** How many were written at the provider, raised with each. */
  readonly progress: { pushed: number };
}

/** However it ends, what the provider answered is acked, and what was not sent is planned as before. */
export async function carryOut(
  writing: Writing,
  access: ProviderAccess,
  { writes, progress }: Batch,
): Promise<void> {
  const context = Context.current();
  const call: Call = (use) =>
    access.call(async ({ contacts }) => {
      if (contacts !== undefined) return use(contacts, context.cancellationSignal);
      throw new ProviderError({ kind: 'invalid_request', message: 'Contacts can not be written there.' });
    });
  // A delete has no version that would refuse it where a person has just edited: it is read right before.
  const together = writes.filter(({ kind }) => kind !== 'delete');
  const reads = await readAll(call, together);
  const preparedAtMs = nowMs(writing.deps);
  const prepared = await prepareWrites(
    writing,
    together.map((write) => ({ write, read: reads.get(write.id) })),
  );
  const unsent = new Set([...prepared].flatMap(([id, { write }]) => (mayHaveArrived(write) ? [] : id)));
  const answered: Answered[] = [];
  try {
    for (const write of writes) {
      context.cancellationSignal.throwIfAborted();
      const nowAtMs = nowMs(writing.deps);
      if (nowAtMs - preparedAtMs > staleAfterMs) break;
      const isDelete = write.kind === 'delete';
      const next = isDelete ? await prepareDelete(writing, call, write) : prepared.get(write.id);
      unsent.delete(write.id);
      if (next === undefined) continue;
      try {
        const soon = inTime(writing.deps, call, isDelete ? nowAtMs : preparedAtMs);
        const answer = await send(writing, soon, next);
        if (answer !== undefined) answered.push(answer);
        progress.pushed += 1;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        await settleFailure(writing, next, error);
      }
      context.heartbeat(progress);
    }
  } finally {
    await ackWritten(writing, answered);
    if (unsent.size > 0) await fenced(writing.deps.db, writing.fence, (tx) => unmarkSent(tx, [...unsent]));
  }
}

/** What the provider shows of the contacts that these are about, by the id of the write. */
async function readAll(
  call: Call,
  writes: readonly ContactWrite[],
): Promise<ReadonlyMap<string, ContactRecord | undefined>> {
  const wanted = writes.flatMap(({ id, remoteId }) => (remoteId === null ? [] : [{ id, remoteId }]));
  const many = wanted.length > 1 ? wanted.map(({ remoteId }) => remoteId) : [];
  const { found } =
    many.length === 0 ? { found: [] } : await call((contacts, signal) => contacts.getMany(many, signal));
  const byRemote = new Map(found.map((record) => [record.remoteId, asRead(record)]));
  const reads = new Map<string, ContactRecord | undefined>();
  for (const { id, remoteId } of wanted) {
    // One that it lacks, or shows under another id, is asked for by itself.
    reads.set(id, byRemote.get(remoteId) ?? (await readOne(call, remoteId)));
  }
  return reads;
}

const readOne = async (call: Call, remoteId: string): Promise<ContactRecord | undefined> => {
  const record = await call((contacts, signal) => contacts.get(remoteId, signal));
  return record && asRead(record);
};

/** As the mirror would have it, which is what may be logged and kept: U+0000 in one contact must not stop the others. */
const asRead = (record: ContactRecord): ContactRecord => ({ ...record, raw: asStored(record.raw) });

async function prepareDelete(
  writing: Writing,
  call: Call,
  write: ContactWrite,
): Promise<PreparedWrite | undefined> {
  const get = (remoteId: string) => readOne(call, remoteId);
  const read = await get(write.remoteId as string);
  const intent = { write, read, isKeeperThere: await isKeeperThere(get, write) };
  return (await prepareWrites(writing, [intent])).get(write.id);
}

/** Of a double: whether the contact that it is a double of is there, under the same id. */
async function isKeeperThere(
  get: (remoteId: string) => Promise<ContactRecord | undefined>,
  { operation }: ContactWrite,
): Promise<boolean> {
  if (operation.kind !== 'delete_double') return false;
  const { keeper } = operation as unknown as DoubleRemoval;
  return (await get(keeper))?.remoteId === keeper;
}

/** What is to be acked; nothing for a delete, which is acked at once. */
async function send(writing: Writing, call: Call, prepared: PreparedWrite): Promise<Answered | undefined> {
  const { write, operation } = prepared;
  switch (operation.kind) {
    case 'create_remote': {
      const person = withMarker(operation.body, write.id);
      const answer = await call((contacts, signal) => contacts.create(person, signal));
      return { prepared: { ...prepared, operation: operation as RemoteCreate }, answer };
    }
    case 'update_remote': {
      const { resourceName, mask, body: person } = operation as RemoteUpdate;
      const answer = await call((contacts, signal) =>
        contacts.update(resourceName, { mask, person }, signal),
      );
      return { prepared: { ...prepared, operation: operation as RemoteUpdate }, answer };
    }
    case 'delete_remote': {
      await call((contacts, signal) => contacts.remove(operation.resourceName, signal));
      await ackDelete(writing, prepared);
      return undefined;
    }
  }
}

/** What is left of a write that failed; whatever may pass is thrown, after the intent is as it should be for the next try. */
async function settleFailure(writing: Writing, prepared: PreparedWrite, error: ProviderError): Promise<void> {
  const { deps, fence } = writing;
  const { write } = prepared;
  const now = isoAt(nowMs(deps));
  if (error.outcomeUnknown) {
    const change = { state: 'unknown' as const, error: error.message };
    await fenced(deps.db, fence, (tx) => changeOpenWrite(tx, write.id, { ...change, dueAt: now }));
    // A create waits for its marker in a listing; updates and deletes are read again at the next try.
    if (write.kind === 'create') return;
    throw error;
  }
  switch (error.kind) {
    case 'stale_version':
      await noteStale(writing, prepared, error);
      return;
    case 'not_found':
    case 'invalid_request':
    case 'already_exists':
      await noteRefused(writing, prepared, error);
      return;
    default:
      // It did not get through: the intent is as it was.
      await fenced(deps.db, fence, (tx) =>
        changeOpenWrite(tx, write.id, {
          ...{ sentAt: write.sentAt, error: error.message },
          state: mayHaveArrived(write) ? write.state : 'planned',
        }),
      );
      throw error;
  }
}

/** A former try of an update was not answered, and no read has shown what became of it: only the next one may (rule 11). */
const mayHaveArrived = ({ kind, state }: ContactWrite): boolean => kind === 'update' && state !== 'planned';
