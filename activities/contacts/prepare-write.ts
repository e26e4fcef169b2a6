/** The step before a call: what the provider shows now is planned again, and only what is still wanted is marked as sent. */
import type { Transaction } from '../../db/client.ts';
import { renameLink } from '../../db/queries/contact-mirror.ts';
import {
  type ContactWrite,
  findLinks,
  type LinkRow,
  lockContacts,
  type PlannedContact,
  parkLinks,
} from '../../db/queries/contact-planning.ts';
import { noteWork } from '../../db/queries/contact-queue.ts';
import { changeWrite, lockWrite, storeShadow } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { isStaleObservation } from '../../sync/observation.ts';
import type { RemoteCreate, RemoteDelete, RemoteWrite } from '../../sync/operations.ts';
import { contactSource, type Person } from '../../sync/person.ts';
import { isUntouched } from '../../sync/recover-create.ts';
import { remedyStaleVersion } from '../../sync/recover-stale-version.ts';
import { isoAt, nowMs } from '../clock.ts';
import { mirror } from '../records/store.ts';
import { finishRemoval } from './ack-write.ts';
import { loadContactSync } from './contact-sync.ts';
import { graceMs } from './grace.ts';
import { planCandidate } from './plan-candidate.ts';
import { PlanOutcome } from './plan-outcome.ts';
import { giveUpStale } from './settle-write.ts';
import type { PreparedWrite, Writing } from './writing.ts';

/** With the settings of this very moment: a person may have narrowed the direction. undefined where contacts are no longer mapped. */
async function asItIsNow(tx: Transaction, writing: Writing): Promise<Writing | undefined> {
  const sync = await loadContactSync(tx, writing.sync.integrationId);
  return sync === undefined ? undefined : { ...writing, sync };
}

/** A create is planned again on the contact as it is now; undefined where it is no longer wanted. */
export function prepareCreate(given: Writing, write: ContactWrite): Promise<PreparedWrite | undefined> {
  const { deps, fence } = given;
  return fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const open = await lockWrite(tx, write.id);
    if (open?.state !== 'planned') return undefined;
    const writing = await asItIsNow(tx, given);
    if (writing === undefined) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      return undefined;
    }
    const { sync } = writing;
    const contact = (await lockContacts(tx, sync.userId, [write.recordId])).get(write.recordId) ?? null;
    const ties = await findLinks(tx, {
      integrationId: sync.integrationId,
      remoteIds: [],
      contactIds: [write.recordId],
    });
    const plan = ties.length > 0 ? undefined : planCandidate(sync, { link: null, contact });
    const operation = plan?.operations.find(({ kind }) => kind === 'create_remote') as
      | RemoteCreate
      | undefined;
    if (contact === null || operation === undefined) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      return undefined;
    }
    await markSent(tx, { write: open, operation, now, runId: writing.runId });
    return { write: open, operation, contact };
  });
}

/** A double of one create goes only while nobody touched it. */
export function prepareDouble(
  given: Writing,
  write: ContactWrite,
  read: ContactRecord | undefined,
): Promise<PreparedWrite | undefined> {
  const { deps, fence } = given;
  return fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const open = await lockWrite(tx, write.id);
    if (open === undefined) return undefined;
    const resourceName = write.remoteId as string;
    const current = await asItIsNow(tx, given);
    const writing = current ?? given;
    if (read === undefined) {
      await finishRemoval(tx, writing, { write: open, now });
      return undefined;
    }
    if (current?.sync.writes !== true || !isUntouched(read.raw as Person, write.operation.body as Person)) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      const { sync, runId } = writing;
      await parkLinks(tx, {
        ...{
          owner: sync,
          integrationId: sync.integrationId,
          runId,
          remoteIds: [resourceName],
          contactId: null,
        },
        ...{ reason: 'duplicate_marker', candidates: [], now },
      });
      return undefined;
    }
    const operation: RemoteDelete = {
      ...{ kind: 'delete_remote', contactId: write.recordId, resourceName, snapshot: read.raw as Person },
    };
    await changeWrite(tx, write.id, { state: 'sent', sentAt: now });
    return { write: open, operation };
  });
}

/** `read`: what the provider shows now; undefined where it says that there is no such contact. */
export function prepareWrite(
  given: Writing,
  write: ContactWrite,
  read: ContactRecord | undefined,
): Promise<PreparedWrite | undefined> {
  const { deps, fence } = given;
  return fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const open = await lockWrite(tx, write.id);
    if (open === undefined) return undefined;
    const writing = await asItIsNow(tx, given);
    if (writing === undefined) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      return undefined;
    }
    const { sync } = writing;
    const { integrationId } = sync;
    const contact = (await lockContacts(tx, sync.userId, [write.recordId])).get(write.recordId) ?? null;
    const remoteId = write.remoteId as string;
    const link = (await findLinks(tx, { integrationId, remoteIds: [remoteId], contactIds: [] }))[0];
    if (link === undefined || link.contactId !== write.recordId || link.tombstonedAt !== null) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      await noteWork(tx, { integrationId, kind: 'local', keys: [write.recordId], dueAt: now });
      return undefined;
    }
    if (read === undefined) {
      if (write.kind === 'delete') return removeUnseen(tx, writing, { write: open, link, contact, now });
      await lookLater(tx, writing, open);
      return undefined;
    }
    const moved =
      read.remoteId !== remoteId && !(await follow(tx, writing, { link, to: read.remoteId, now }));
    if (moved) {
      await changeWrite(tx, write.id, { state: 'dropped', settledAt: now });
      return undefined;
    }
    const observed = await observe(tx, writing, { link: { ...link, remoteId: read.remoteId }, read, now });
    const usable = await usableVersion(tx, writing, { open, link: observed, read, now });
    if (!usable) return undefined;
    return planAgain(tx, writing, { open, link: observed, contact, now });
  });
}

/**
 * The provider shows none to delete. Soon after a write of ours that may be its reads lagging: then the delete is sent all
 * the same, which does nothing where there is none.
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
  const isSettled = link.ackedAt === null || Date.parse(now) - Date.parse(link.ackedAt) > graceMs;
  if (isSettled || contact === null || !writing.sync.writes) {
    await finishRemoval(tx, writing, { write, now, contact });
    return undefined;
  }
  const snapshot = link.shadow as Person;
  const operation: RemoteDelete = {
    ...{ kind: 'delete_remote', contactId: contact.id, resourceName: link.remoteId, snapshot },
  };
  await markSent(tx, { write, operation, now, runId: writing.runId, snapshot });
  return { write, operation, link, contact };
}

/** Stores what was read, unless it is older than what is known; returns the link as it stands then. */
async function observe(
  tx: Transaction,
  { sync, runId }: Writing,
  { link, read, now }: { link: LinkRow; read: ContactRecord; now: string },
): Promise<LinkRow> {
  const person = read.raw as Person;
  const shadow = link.shadow as Person;
  const latestUpdateTime = contactSource(shadow)?.updateTime;
  const known = {
    supersededEtags: link.supersededEtags ?? [],
    ...(latestUpdateTime === undefined ? {} : { latestUpdateTime }),
  };
  const record = mirror(read);
  if (isStaleObservation(person, known) || record.contentHash === link.contentHash) return link;
  const base = sync.basesOf(link, shadow) as LinkBases;
  const mappingVersion = link.base === null ? sync.mappingVersion : link.mappingVersion;
  await storeShadow(tx, {
    ...{ integrationId: sync.integrationId, remoteId: link.remoteId, runId, record, now, base },
    mappingVersion,
  });
  return { ...link, ...record, shadow: person, base: link.base ?? base, mappingVersion };
}

/** The contact has another id by now; `false` where another link has that id, which a person has to sort out. */
async function follow(
  tx: Transaction,
  { sync, runId, stream }: Writing,
  { link, to, now }: { link: LinkRow; to: string; now: string },
): Promise<boolean> {
  const { integrationId } = sync;
  const [other] = await findLinks(tx, { integrationId, remoteIds: [to], contactIds: [] });
  if (other === undefined || other.contactId === null) {
    const displaced = await renameLink(tx, { integrationId, from: link.remoteId, to });
    await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, -displaced);
    return true;
  }
  await parkLinks(tx, {
    ...{ owner: sync, integrationId, runId, remoteIds: [link.remoteId], contactId: link.contactId },
    ...{ reason: 'maybe_merged', candidates: [to], now },
  });
  return false;
}

/** Rule 12: a version that the provider refused before is not sent again. */
async function usableVersion(
  tx: Transaction,
  writing: Writing,
  { open, link, read, now }: { open: ContactWrite; link: LinkRow; read: ContactRecord; now: string },
): Promise<boolean> {
  const refusedEtags = open.refusedEtags ?? [];
  if (refusedEtags.length === 0) return true;
  const remedy = remedyStaleVersion({
    ...{ refusedEtags, attempts: open.attempts },
    ...(link.etag === null ? {} : { answerEtag: link.etag }),
    ...(read.etag === undefined ? {} : { readEtag: read.etag }),
  });
  if (remedy.action === 'replan' && !refusedEtags.includes(link.etag ?? '')) return true;
  if (remedy.action === 'park') {
    await giveUpStale(tx, writing, { open, link, now });
    return false;
  }
  const delayMs = remedy.action === 'back_off' ? remedy.delayMs : 2000;
  const dueAt = isoAt(Date.parse(now) + delayMs);
  await changeWrite(tx, open.id, { state: 'planned', attempts: open.attempts + 1, dueAt });
  return false;
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
  const plan = planCandidate(sync, { link, contact });
  const wanted = `${open.kind}_remote`;
  const operation = plan.operations.find(({ kind }) => kind === wanted) as RemoteWrite | undefined;
  const rest =
    operation === undefined ? plan.operations : plan.operations.filter((other) => other !== operation);
  if (operation === undefined) await changeWrite(tx, open.id, { state: 'dropped', settledAt: now });
  const outcome = new PlanOutcome(sync, { runId, now });
  outcome.take(
    { link, contact },
    { ...plan, operations: rest },
    { pushes: operation?.kind === 'update_remote' },
  );
  await outcome.write(tx);
  if (operation === undefined || contact === null) return undefined;
  // What was pulled in the same breath raised the contact's version.
  const pulled = rest.some(({ kind }) => kind === 'update_local' || kind === 'restore_local');
  const localVersion = contact.version + (pulled ? 1 : 0);
  const sent = operation.kind === 'update_remote' ? { ...operation, localVersion } : operation;
  await markSent(tx, { write: open, operation: sent, now, runId, snapshot: link.shadow as Person });
  const after = (
    await findLinks(tx, { integrationId: sync.integrationId, remoteIds: [link.remoteId], contactIds: [] })
  )[0];
  return {
    write: open,
    operation: sent,
    link: after ?? link,
    contact: { ...contact, version: localVersion },
  };
}

async function markSent(
  tx: Transaction,
  sent: { write: ContactWrite; operation: RemoteWrite; now: string; runId: string; snapshot?: Person },
): Promise<void> {
  const { write, operation, now, runId, snapshot } = sent;
  await changeWrite(tx, write.id, {
    ...{ state: 'sent', sentAt: now, runId, error: null },
    operation: { ...operation, snapshot: undefined },
    ...('localVersion' in operation ? { localVersion: operation.localVersion } : {}),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}

/** A read that finds nothing is no evidence of a delete: the tombstone comes with a listing. Until then the edit waits. */
async function lookLater(tx: Transaction, writing: Writing, open: ContactWrite): Promise<void> {
  const attempts = open.attempts + 1;
  const delayMs = Math.min(firstDelayMs * 2 ** attempts, longestDelayMs);
  const dueAt = isoAt(nowMs(writing.deps) + delayMs);
  await changeWrite(tx, open.id, { state: 'planned', attempts, dueAt, error: 'It could not be found.' });
}

const firstDelayMs = 2000;
const longestDelayMs = 10 * 60 * 1000;
