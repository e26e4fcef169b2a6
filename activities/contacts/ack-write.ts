/** The commit after a call: the link as both sides agree now, from the provider's own answer (rule 10). */
import type { Transaction } from '../../db/client.ts';
import { forgetFormers } from '../../db/queries/contact-formers.ts';
import { joinMemberships } from '../../db/queries/contact-list-members.ts';
import { closeContactQuestions } from '../../db/queries/contact-passing-conflicts.ts';
import { type ContactWrite, lockContacts, type PlannedContact } from '../../db/queries/contact-planning.ts';
import { holdLocalWork, noteWork } from '../../db/queries/contact-queue.ts';
import { renameLink } from '../../db/queries/contact-renames.ts';
import { holdContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { ackLinks, ackRemoval, ackWrites, changeOpenWrite } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { basesFromAck } from '../../sync/acknowledge.ts';
import { flowOf } from '../../sync/list-flow.ts';
import type { FieldBases } from '../../sync/map-contact.ts';
import { supersededBy } from '../../sync/observation.ts';
import type { RemoteCreate, RemoteUpdate } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { isoAt, nowMs } from '../clock.ts';
import { mirror } from '../records/store.ts';
import type { ContactSync } from './contact-sync.ts';
import { createEntry, deleteEntry, type JournalEntry, journalWrites, updateEntry } from './journal-writes.ts';
import { isThere } from './local-contact.ts';
import type { PreparedWrite, Writing } from './writing.ts';

/** A write that the provider carried out, with its answer. */
export interface Answered {
  readonly prepared: PreparedWrite & { readonly operation: RemoteCreate | RemoteUpdate };
  readonly answer: ContactRecord;
}

interface Ack {
  readonly write: ContactWrite;
  readonly answer: ContactRecord;
  readonly localVersion: number;
  readonly bases: ReturnType<typeof basesFromAck>;
  readonly superseded: readonly string[];
  readonly entry: JournalEntry;
}

/** Creates and updates, all in one transaction. */
export async function ackWritten(writing: Writing, answered: readonly Answered[]): Promise<void> {
  if (answered.length === 0) return;
  const { deps, sync, fence, runId, stream } = writing;
  const { integrationId, mappingVersion } = sync;
  const acks = answered.map((one) => readAnswer(sync, one));
  const contactIds = acks.map(({ write }) => write.recordId);
  await fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const isInForce = await holdContactSettings(tx, sync);
    const letGo = await holdLocalWork(tx, { integrationId, contactIds, dueAt: now });
    const contacts = await lockContacts(tx, sync.userId, contactIds);
    let displaced = 0;
    for (const { prepared, answer } of answered) {
      const { operation } = prepared;
      if (operation.kind === 'create_remote' || operation.resourceName === answer.remoteId) continue;
      displaced += await renameLink(tx, {
        ...{ integrationId, from: operation.resourceName, to: answer.remoteId },
      });
    }
    const added = await ackLinks(tx, {
      ...{ integrationId, stream, runId, mappingVersion, now },
      links: acks.map(({ write, answer, localVersion, bases, superseded }) => ({
        ...{ contactId: write.recordId, localVersion, base: bases as LinkBases, superseded },
        record: mirror(answer),
      })),
    });
    // A contact that is made anew there is in no group yet.
    const created = acks.flatMap(({ write }) => (write.kind === 'create' ? write.recordId : []));
    const flow = flowOf(sync.lists);
    await joinMemberships(tx, { integrationId, runId: null, flow, contactIds: created, anew: created });
    await forgetFormers(tx, { integrationId, contactIds: created });
    await closeContactQuestions(tx, { integrationId, contactIds, kinds: ['refused', 'stale_version'] });
    await ackWrites(tx, {
      now,
      acked: acks.map(({ write, answer }) => ({ id: write.id, remoteId: answer.remoteId })),
    });
    const written = acks.map(({ write, answer, entry }) => ({ write, remoteId: answer.remoteId, entry }));
    await journalWrites(tx, writing, { now, written });
    await addRunCounts(tx, runId, { ...noCounts, pushed: acks.length });
    const change = added - displaced;
    if (change !== 0) await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, change);
    // Edited while the call was on its way, or other settings hold by now: the link stays behind, and is planned again.
    const moved = acks.flatMap(({ write: { recordId }, localVersion }) => {
      const contact = contacts.get(recordId);
      const isUntouched = contact?.version === localVersion && contact.archivedAt === null;
      return isUntouched && isInForce ? [] : [recordId];
    });
    await noteWork(tx, { integrationId, kind: 'local', keys: moved, dueAt: now });
    await letGo(moved);
  });
}

function readAnswer(sync: ContactSync, { prepared, answer }: Answered): Ack {
  const { write, operation, link } = prepared;
  const { sent, body, localVersion } = operation;
  const { rules } = prepared;
  const { mapping } = sync.settings;
  const ackOf = (agreed: FieldBases) =>
    basesFromAck({ mapping, bases: agreed, sent, body, answer: answer.raw as Person });
  if (operation.kind === 'create_remote') {
    const { bases: agreed } = operation;
    const entry = createEntry(sync, { operation, rules });
    return { write, answer, localVersion, bases: ackOf(agreed ?? {}), superseded: [], entry };
  }
  const before = (link?.shadow ?? {}) as Person;
  const agreed = link === undefined ? {} : sync.basesOf(link, before);
  return {
    ...{ write, answer, localVersion, bases: ackOf(agreed), superseded: supersededBy(before) },
    entry: updateEntry(sync, { before, bases: agreed, sent, rules }),
  };
}

export async function ackDelete(writing: Writing, { write, operation }: PreparedWrite): Promise<void> {
  const { deps, sync, fence, runId } = writing;
  await fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const held = { integrationId: sync.integrationId, contactIds: [write.recordId], dueAt: now };
    const letGo = await holdLocalWork(tx, held);
    const contact = (await lockContacts(tx, sync.userId, [write.recordId])).get(write.recordId) ?? null;
    if (!isThere(contact)) await letGo([]);
    const remoteId = operation.kind === 'delete_remote' ? operation.resourceName : (write.remoteId as string);
    await finishRemoval(tx, writing, { write, remoteId, now, contact });
    const snapshot = (operation.kind === 'delete_remote' ? operation.snapshot : {}) as Person;
    await journalWrites(tx, writing, {
      now,
      written: [{ write, remoteId, entry: deleteEntry(sync, snapshot) }],
    });
    await addRunCounts(tx, runId, { ...noCounts, pushed: 1 });
  });
}

/**
 * The remote contact is gone, by us or by itself: both sides agree on that, unless the contact was restored in Harmony
 * meanwhile. `remoteId`: as it is called by now.
 */
export async function finishRemoval(
  tx: Transaction,
  { sync, stream }: Writing,
  of: { write: ContactWrite; remoteId?: string | null; now: string; contact?: PlannedContact | null },
): Promise<void> {
  const { integrationId } = sync;
  const { write, remoteId = write.remoteId, now, contact } = of;
  const gone = await ackRemoval(tx, {
    ...{ integrationId, remoteId: remoteId as string, now },
    contactVersion: isThere(contact) ? undefined : contact?.version,
  });
  await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, -gone);
  // One that was given up meanwhile came through all the same, which nobody wanted any more.
  await changeOpenWrite(tx, write.id, { state: 'acked', settledAt: now, error: null });
  if (isThere(contact)) {
    await noteWork(tx, { integrationId, kind: 'local', keys: [write.recordId], dueAt: now });
  }
}
