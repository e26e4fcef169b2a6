/** An update or a delete, before it is sent: planned again with what the provider shows now. */
import type { Transaction } from '../../db/client.ts';
import {
  type ContactWrite,
  findLinks,
  type LinkRow,
  type PlannedContact,
} from '../../db/queries/contact-planning.ts';
import { noteRemoteWork, noteWork } from '../../db/queries/contact-queue.ts';
import { changeWrite, dropWrites, hasOpenDouble } from '../../db/queries/contact-writes.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import type { ContactPlan, RemoteDelete, RemoteWrite } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { finishRemoval } from './ack-write.ts';
import { comesBack, findLiving } from './find-living.ts';
import { deleteEntry, journalWrites } from './journal-writes.ts';
import { isThere } from './local-contact.ts';
import { lookLater, mayLag, notFound } from './look-later.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { personDecidesOn, planCandidate } from './plan-candidate.ts';
import { PlanOutcome } from './plan-outcome.ts';
import { takeRead } from './take-read.ts';
import type { PreparedWrite, Step, Writing } from './writing.ts';

export async function prepareWrite(
  step: Step,
  open: ContactWrite,
  read: ContactRecord | undefined,
): Promise<PreparedWrite | undefined> {
  const { tx, sync, now } = step;
  const { integrationId } = sync;
  const contact = step.contacts.get(open.recordId) ?? null;
  const remoteId = open.remoteId as string;
  const link = (await findLinks(tx, { integrationId, remoteIds: [remoteId], contactIds: [] }))[0];
  const isTheirs = link?.contactId === open.recordId && link.tombstonedAt === null;
  if (link === undefined || !isTheirs || personDecidesOn(link)) {
    if (link?.contactId === open.recordId && link.tombstonedAt !== null)
      await journalLostDelete(tx, step, { write: open, now });
    await dropWrites(tx, { ids: [open.id], now });
    await noteWork(tx, { integrationId, kind: 'local', keys: [open.recordId], dueAt: now });
    return undefined;
  }
  if (open.kind === 'delete' && (await hasOpenDouble(tx, { integrationId, keeper: remoteId }))) {
    await lookLater(tx, step, { open, why: 'Its double goes first.' });
    return undefined;
  }
  if (read === undefined) {
    if (open.kind === 'delete') return removeUnseen(tx, step, { write: open, link, contact, now });
    await lookLater(tx, step, { open, why: notFound });
    return undefined;
  }
  const observed = await takeRead(tx, step, { open, link, read });
  return observed === undefined ? undefined : planAgain(tx, step, { open, link: observed, contact, now });
}

/**
 * The provider shows none to delete. Where that may be its reads lagging, the delete is sent all the same, which does
 * nothing where there is none; but not once the contact was restored in Harmony.
 */
async function removeUnseen(
  tx: Transaction,
  writing: Writing,
  {
    write,
    link,
    contact,
    now,
  }: {
    write: ContactWrite;
    link: LinkRow;
    contact: PlannedContact | null;
    now: string;
  },
): Promise<PreparedWrite | undefined> {
  if (!mayLag(writing, link, now) || contact === null || !writing.sync.writes) {
    await finishRemoval(tx, writing, { write, now, contact });
    await journalLostDelete(tx, writing, { write, now });
    return undefined;
  }
  if (isThere(contact)) {
    await dropWrites(tx, { ids: [write.id], now });
    const { integrationId } = writing.sync;
    await noteWork(tx, { integrationId, kind: 'local', keys: [contact.id], dueAt: now });
    return undefined;
  }
  const snapshot = link.shadow as Person;
  const operation: RemoteDelete = {
    ...{ kind: 'delete_remote', contactId: contact.id, resourceName: link.remoteId, snapshot },
  };
  await markSent(tx, writing, { write, operation, now, snapshot });
  return { write, operation, link, contact };
}

/** One that was sent and not answered, and the remote contact is gone since. */
async function journalLostDelete(
  tx: Transaction,
  writing: Writing,
  { write, now }: { write: ContactWrite; now: string },
): Promise<void> {
  if (write.kind !== 'delete' || write.state === 'planned') return;
  const entry = deleteEntry(writing.sync, (write.snapshot ?? {}) as Person);
  await journalWrites(tx, writing, { now, written: [{ write, remoteId: write.remoteId as string, entry }] });
}

async function planAgain(
  tx: Transaction,
  { sync, runId }: Writing,
  {
    open,
    link,
    contact,
    now,
  }: { open: ContactWrite; link: LinkRow; contact: PlannedContact | null; now: string },
): Promise<PreparedWrite | undefined> {
  const feeds = await loadOtherFeeds(tx, sync.integrationId, contact === null ? [] : [contact.id]);
  if (contact !== null && comesBack(sync, { link, contact }, feeds)) {
    const found = { links: [link], contacts: new Map([[contact.id, contact]]) };
    if ((await findLiving(tx, sync, found)).size > 0) {
      // Whom it is to go on with is locked, and tied, by the planner.
      await dropWrites(tx, { ids: [open.id], now });
      await noteRemoteWork(tx, { integrationId: sync.integrationId, remoteIds: [link.remoteId], now });
      return undefined;
    }
  }
  const plan = planCandidate(sync, { link, contact }, feeds);
  const wanted = `${open.kind}_remote`;
  const operation = plan.operations.find(({ kind }) => kind === wanted) as RemoteWrite | undefined;
  const rest =
    operation === undefined ? plan.operations : plan.operations.filter((other) => other !== operation);
  if (operation === undefined) await dropWrites(tx, { ids: [open.id], now });
  const outcome = new PlanOutcome(sync, { runId, now });
  outcome.take(
    { link, contact },
    { ...plan, operations: rest },
    {
      pushes: operation?.kind === 'update_remote',
      tiedElsewhere: contact !== null && feeds.has(contact.id),
    },
  );
  await outcome.write(tx);
  if (operation === undefined || contact === null) return undefined;
  // What was pulled in the same breath raised the contact's version.
  const pulled = rest.some(({ kind }) => kind === 'update_local' || kind === 'restore_local');
  const localVersion = contact.version + (pulled ? 1 : 0);
  const sent = operation.kind === 'update_remote' ? { ...operation, localVersion } : operation;
  const { rules } = plan;
  const snapshot = link.shadow as Person;
  await markSent(tx, { sync, runId }, { write: open, operation: sent, rules, now, snapshot });
  const after = (
    await findLinks(tx, { integrationId: sync.integrationId, remoteIds: [link.remoteId], contactIds: [] })
  )[0];
  return {
    write: open,
    operation: sent,
    rules,
    link: after ?? link,
    contact: { ...contact, version: localVersion },
  };
}

async function markSent(
  tx: Transaction,
  { sync: { mappingVersion }, runId }: Pick<Writing, 'sync' | 'runId'>,
  sent: {
    write: ContactWrite;
    operation: RemoteWrite;
    rules?: ContactPlan['rules'];
    now: string;
    snapshot?: Person;
  },
): Promise<void> {
  const { write, operation, rules, now, snapshot } = sent;
  await changeWrite(tx, write.id, {
    ...{ state: 'sent', sentAt: now, runId, error: null },
    operation: { ...operation, snapshot: undefined, mappingVersion, rules },
    ...('localVersion' in operation ? { localVersion: operation.localVersion } : {}),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}
