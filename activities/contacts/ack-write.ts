/** The commit after a call: the link as both sides agree now, from the provider's own answer (rule 10). */
import type { Transaction } from '../../db/client.ts';
import {
  type ContactWrite,
  insertJournal,
  lockContacts,
  type NewJournalEntry,
  type PlannedContact,
} from '../../db/queries/contact-planning.ts';
import { holdLocalWork, noteWork } from '../../db/queries/contact-queue.ts';
import { ackLink, ackRemoval, changeWrite } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { basesFromAck } from '../../sync/acknowledge.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';
import { supersededBy } from '../../sync/observation.ts';
import type { RemoteCreate, RemoteUpdate } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { isoAt, nowMs } from '../clock.ts';
import { mirror } from '../records/store.ts';
import type { PreparedWrite, Writing } from './writing.ts';

type Values = Readonly<Record<string, string | null>>;

export function ackCreate(
  writing: Writing,
  { write, operation }: PreparedWrite & { operation: RemoteCreate },
  answer: ContactRecord,
): Promise<void> {
  const { sent, body, localVersion } = operation;
  const { mapping } = writing.sync.settings;
  const bases = basesFromAck({ mapping, bases: {}, sent, body, answer: answer.raw as Person });
  return ack(writing, {
    ...{ write, answer, localVersion, bases, remoteId: answer.remoteId, superseded: [] },
    journal: { action: 'create', after: sent as Values },
  });
}

export function ackUpdate(
  writing: Writing,
  { write, operation, link }: PreparedWrite & { operation: RemoteUpdate },
  answer: ContactRecord,
): Promise<void> {
  const { sent, body, localVersion, resourceName } = operation;
  const { sync } = writing;
  const before = (link?.shadow ?? {}) as Person;
  const agreed = link === undefined ? {} : sync.basesOf(link, before);
  const { mapping } = sync.settings;
  const bases = basesFromAck({ mapping, bases: agreed, sent, body, answer: answer.raw as Person });
  const read = mapping.readPerson(before, agreed);
  const former = Object.fromEntries(
    Object.keys(sent).map((field) => [field, (read as Values)[field] ?? null]),
  );
  return ack(writing, {
    ...{ write, answer, localVersion, bases, remoteId: resourceName, superseded: supersededBy(before) },
    journal: { action: 'update', before: former, after: sent as Values, snapshot: before },
  });
}

async function ack(
  { deps, sync, fence, runId, stream }: Writing,
  acked: {
    write: ContactWrite;
    answer: ContactRecord;
    localVersion: number;
    bases: ReturnType<typeof basesFromAck>;
    remoteId: string;
    superseded: readonly string[];
    journal: Pick<NewJournalEntry, 'action' | 'before' | 'after' | 'snapshot'>;
  },
): Promise<void> {
  const { write, answer, localVersion } = acked;
  const { integrationId } = sync;
  const now = isoAt(nowMs(deps));
  await fenced(deps.db, fence, async (tx) => {
    const letGo = await holdLocalWork(tx, { integrationId, contactId: write.recordId, dueAt: now });
    const contact = (await lockContacts(tx, sync.userId, [write.recordId])).get(write.recordId);
    const isNew = await ackLink(tx, {
      ...{
        integrationId,
        stream,
        runId,
        remoteId: acked.remoteId,
        contactId: write.recordId,
        localVersion,
        now,
      },
      ...{
        mappingVersion: sync.mappingVersion,
        base: acked.bases as LinkBases,
        superseded: acked.superseded,
      },
      record: mirror(answer),
    });
    await changeWrite(tx, write.id, {
      state: 'acked',
      settledAt: now,
      remoteId: answer.remoteId,
      error: null,
    });
    await note(tx, { writing: { sync, runId }, write, now, remoteId: answer.remoteId, ...acked.journal });
    await addRunCounts(tx, runId, { ...noCounts, pushed: 1 });
    if (isNew) await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, 1);
    // Edited while the call was on its way: the link stays behind, and is planned again.
    if (contact?.version !== localVersion || contact.archivedAt !== null) {
      await noteWork(tx, { integrationId, kind: 'local', keys: [write.recordId], dueAt: now });
    } else await letGo();
  });
}

export async function ackDelete(writing: Writing, { write, operation }: PreparedWrite): Promise<void> {
  const { deps, sync, fence, runId } = writing;
  await fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const held = { integrationId: sync.integrationId, contactId: write.recordId, dueAt: now };
    const letGo = await holdLocalWork(tx, held);
    const contact = (await lockContacts(tx, sync.userId, [write.recordId])).get(write.recordId) ?? null;
    if (!isThere(contact)) await letGo();
    await finishRemoval(tx, writing, { write, now, contact });
    const snapshot = (operation.kind === 'delete_remote' ? operation.snapshot : {}) as Person;
    const before = sync.settings.mapping.readPerson(snapshot) as ContactFields as Values;
    const remoteId = write.remoteId as string;
    await note(tx, { writing: { sync, runId }, write, now, remoteId, action: 'delete', before, snapshot });
    await addRunCounts(tx, runId, { ...noCounts, pushed: 1 });
  });
}

/** The remote contact is gone, by us or by itself: both sides agree on that. */
export async function finishRemoval(
  tx: Transaction,
  { sync, stream }: Writing,
  { write, now, contact }: { write: ContactWrite; now: string; contact?: PlannedContact | null },
): Promise<void> {
  const { integrationId } = sync;
  const gone = await ackRemoval(tx, {
    ...{ integrationId, remoteId: write.remoteId as string, now },
    contactVersion: contact?.version,
  });
  await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, -gone);
  await changeWrite(tx, write.id, { state: 'acked', settledAt: now, error: null });
  // Restored in Harmony while the call was on its way.
  if (isThere(contact)) {
    await noteWork(tx, { integrationId, kind: 'local', keys: [write.recordId], dueAt: now });
  }
}

const isThere = (contact: PlannedContact | null | undefined): boolean =>
  contact != null && contact.archivedAt === null;

async function note(
  tx: Transaction,
  entry: {
    writing: Pick<Writing, 'sync' | 'runId'>;
    write: ContactWrite;
    now: string;
    remoteId: string;
  } & Pick<NewJournalEntry, 'action' | 'before' | 'after' | 'snapshot'>,
): Promise<void> {
  const { writing, write, now, remoteId, action, before = null, after = null, snapshot = null } = entry;
  await insertJournal(tx, [
    {
      ...{ integrationId: writing.sync.integrationId, runId: writing.runId, side: 'provider', at: now },
      ...{ contactId: write.recordId, remoteId, action, before, after, snapshot },
    },
  ]);
}
