/** The step before a call: what the provider shows now is planned again, and only what is still wanted is marked as sent. */
import type { Transaction } from '../../db/client.ts';
import { findSharedContacts } from '../../db/queries/contact-feeds.ts';
import { findFormers, findReturned } from '../../db/queries/contact-formers.ts';
import { readMemberships } from '../../db/queries/contact-list-members.ts';
import { parkLinks, writeLinkStates } from '../../db/queries/contact-outcome.ts';
import {
  type ContactWrite,
  findLinks,
  type LinkRow,
  lockContacts,
  type PlannedContact,
  tiedElsewhere,
} from '../../db/queries/contact-planning.ts';
import { noteElsewhere, noteForOthers, noteRemoteWork, noteWork } from '../../db/queries/contact-queue.ts';
import { renameLink } from '../../db/queries/contact-renames.ts';
import {
  changeWrite,
  dropWrites,
  hasOpenDouble,
  lockWrites,
  markCreatesSent,
  storeShadow,
} from '../../db/queries/contact-writes.ts';
import { noteGone } from '../../db/queries/contacts-gone.ts';
import { fenced } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { basesOfLostUpdate } from '../../sync/acknowledge.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { isStaleObservation } from '../../sync/observation.ts';
import type { RemoteCreate, RemoteDelete, RemoteUpdate, RemoteWrite } from '../../sync/operations.ts';
import { contactSource, groupsMoved, type Person } from '../../sync/person.ts';
import { isUntouched } from '../../sync/recover-create.ts';
import { remedyStaleVersion } from '../../sync/recover-stale-version.ts';
import { isoAt, nowMs } from '../clock.ts';
import { mirror } from '../records/store.ts';
import { finishRemoval } from './ack-write.ts';
import { loadContactSync } from './contact-sync.ts';
import { comesBack, findLiving } from './find-living.ts';
import type { DoubleRemoval } from './find-origins.ts';
import { graceMsOf } from './grace.ts';
import { isThere } from './local-contact.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { personDecidesOn, planCandidate, planCreate } from './plan-candidate.ts';
import { PlanOutcome } from './plan-outcome.ts';
import { giveUpStale } from './settle-write.ts';
import type { PreparedWrite, SentBy, Writing } from './writing.ts';

/** An intent, and what the provider shows now of the remote contact that it is about: undefined where there is none. */
export interface Intent {
  readonly write: ContactWrite;
  readonly read?: ContactRecord | undefined;
  /** Of a double: the contact that it is a double of is still there. */
  readonly isKeeperThere?: boolean;
}

/** What is to be sent, by the id of the write: intents that are no longer wanted, or not yet possible, are left out. */
export type PreparedWrites = ReadonlyMap<string, PreparedWrite>;

/** Plans intents again on what both sides hold now, and marks what is still wanted as sent: all in one transaction. */
export function prepareWrites(given: Writing, intents: readonly Intent[]): Promise<PreparedWrites> {
  const { deps, fence } = given;
  if (intents.length === 0) return Promise.resolve(new Map());
  return fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const open = await lockWrites(
      tx,
      intents.map(({ write }) => write.id),
    );
    // With the settings of this very moment: a person may have narrowed the direction, or unmapped contacts.
    const sync = await loadContactSync(tx, given.sync.integrationId);
    // All at once, in the order of their ids: writers of a person's other accounts lock the same contacts.
    const contacts = await lockContacts(
      tx,
      given.sync.userId,
      open.map(({ recordId }) => recordId),
    );
    const step: Step = { ...given, sync: sync ?? given.sync, tx, now, contacts };
    const prepared = new Map<string, PreparedWrite>();
    const creates = open.filter(({ kind, state }) => kind === 'create' && state === 'planned');
    for (const one of sync === undefined ? [] : await prepareCreates(step, creates))
      prepared.set(one.write.id, one);
    const unmade = creates.filter(({ id }) => !prepared.has(id));
    await dropWrites(tx, { ids: unmade.map(({ id }) => id), now });
    const contactIds = unmade.flatMap((write) => (replaces(write) === undefined ? write.recordId : []));
    await noteForOthers(tx, { integrationId: given.sync.integrationId, contactIds, now });
    const byId = new Map(intents.map((intent) => [intent.write.id, intent]));
    for (const write of open) {
      if (write.kind === 'create') continue;
      const { read, isKeeperThere = false } = byId.get(write.id) ?? {};
      let one: PreparedWrite | undefined;
      if (write.operation.kind === 'delete_double')
        one = await prepareDouble(step, { write, read, mayGo: isKeeperThere && sync?.writes === true });
      else if (sync === undefined) await dropWrites(tx, { ids: [write.id], now });
      else one = await prepareWrite(step, write, read);
      if (one !== undefined) prepared.set(write.id, one);
    }
    return prepared;
  });
}

/** What the preparation of one intent goes by. */
interface Step extends Writing {
  readonly tx: Transaction;
  readonly now: string;
  /** Those that the intents are about, locked. */
  readonly contacts: ReadonlyMap<string, PlannedContact>;
}

/** Set by set: a first sync has a create for every other contact. */
async function prepareCreates(
  { tx, sync, runId, now, contacts }: Step,
  writes: readonly ContactWrite[],
): Promise<PreparedWrite[]> {
  if (writes.length === 0) return [];
  const { integrationId, mappingVersion } = sync;
  const contactIds = writes.map(({ recordId }) => recordId);
  const ties = await findLinks(tx, { integrationId, remoteIds: [], contactIds });
  const tied = new Set(ties.map(({ contactId }) => contactId));
  // Another account may have matched it since this was planned, or make it since this one was not to write for a while.
  const elsewhere = await tiedElsewhere(tx, integrationId, contactIds);
  // While the outcome of one create was looked for, what the contact was made of may have come back itself.
  const returned = await findReturned(tx, { integrationId, contactIds });
  await noteRemoteWork(tx, { integrationId, remoteIds: [...returned.values()], now });
  const formers = await findFormers(tx, { integrationId, contactIds });
  const feeds = await loadOtherFeeds(tx, integrationId, [...formers.keys()]);
  const outcome = new PlanOutcome(sync, { runId, now });
  const prepared = writes.flatMap((write) => {
    const contact = contacts.get(write.recordId);
    if (contact === undefined || tied.has(contact.id) || returned.has(contact.id)) return [];
    const replaced = replaces(write);
    if (replaced === undefined && elsewhere.has(contact.id)) return [];
    const former = formers.get(contact.id);
    const plan = planCreate(sync, contact, { former, feeds });
    const operation = plan.operations.find(({ kind }) => kind === 'create_remote') as
      | RemoteCreate
      | undefined;
    if (operation === undefined) return [];
    const rest = plan.operations.filter((other) => other !== operation);
    if (former !== undefined) outcome.take({ link: former, contact }, { ...plan, operations: rest });
    const version = contact.version + (rest.some(({ kind }) => kind === 'update_local') ? 1 : 0);
    const again = {
      ...operation,
      localVersion: version,
      ...(replaced === undefined ? {} : { replaces: replaced }),
    };
    return [{ write, operation: again, rules: plan.rules, contact: { ...contact, version } }];
  });
  if (formers.size > 0) await outcome.write(tx);
  const creates = prepared.map(({ write: { id }, operation }) => {
    return { id, operation: { ...operation, mappingVersion }, localVersion: operation.localVersion };
  });
  await markCreatesSent(tx, { runId, now, creates });
  return prepared;
}

/** The remote contact that a create makes anew, which this account had. */
const replaces = ({ operation }: ContactWrite): string | undefined =>
  (operation as unknown as RemoteCreate).replaces;

/** A double of one create goes only while nobody touched it, and the other one is there. */
async function prepareDouble(
  step: Step,
  { write, read, mayGo }: Intent & { mayGo: boolean },
): Promise<PreparedWrite | undefined> {
  const { tx, sync, runId, now } = step;
  const { integrationId } = sync;
  const resourceName = write.remoteId as string;
  const [link] = await findLinks(tx, { integrationId, remoteIds: [resourceName], contactIds: [] });
  if (link !== undefined && link.contactId !== null) {
    await dropWrites(tx, { ids: [write.id], now });
    return undefined;
  }
  if (read === undefined) {
    if (link !== undefined && link.tombstonedAt === null && mayLag(step, link, now))
      await lookLater(tx, step, { open: write, why: notFound });
    else await finishRemoval(tx, step, { write, now });
    return undefined;
  }
  // It has another name, or was merged into another one, be it into its keeper: the next listing tells what there is to do.
  if (read.remoteId !== resourceName) {
    await dropWrites(tx, { ids: [write.id], now });
    return undefined;
  }
  const { body, keeper } = write.operation as unknown as DoubleRemoval;
  if (!mayGo || !isUntouched(read.raw as Person, body)) {
    await dropWrites(tx, { ids: [write.id], now });
    await parkLinks(tx, {
      ...{ owner: sync, integrationId, runId, remoteIds: [resourceName], contactId: null },
      ...{ reason: 'duplicate_marker', candidates: [keeper], now },
    });
    return undefined;
  }
  const operation: RemoteDelete = {
    ...{ kind: 'delete_remote', contactId: write.recordId, resourceName, snapshot: read.raw as Person },
  };
  await changeWrite(tx, write.id, { state: 'sent', sentAt: now });
  return { write, operation };
}

async function prepareWrite(
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
  if (read.remoteId !== remoteId && !(await follow(tx, step, { link, to: read.remoteId, now }))) {
    await dropWrites(tx, { ids: [open.id], now });
    return undefined;
  }
  const seen = await observe(tx, step, { link: { ...link, remoteId: read.remoteId }, read, now });
  const observed = await noteArrived(tx, step, { open, link: seen, now });
  const usable = await usableVersion(tx, step, { open, link: observed, read, now });
  return usable ? planAgain(tx, step, { open, link: observed, contact, now }) : undefined;
}

/** Written or seen so shortly before that a read which finds nothing proves nothing. */
const mayLag = ({ deps }: Writing, { ackedAt, updatedAt }: LinkRow, now: string): boolean =>
  [ackedAt, updatedAt].some((at) => at !== null && Date.parse(now) - Date.parse(at) <= graceMsOf(deps));

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
  // No listing has news of what is stored here.
  const movedGroups = groupsMoved(shadow, person);
  if (link.contactId !== null && movedGroups.length > 0) {
    const of = { integrationId: sync.integrationId, runId, contactIds: [link.contactId] };
    const shared = [...(await findSharedContacts(tx, of))];
    const moved = movedGroups.map((group) => `${link.contactId}/${group}`);
    await readMemberships(tx, { ...of, flow: flowOf(sync.lists), shared, moved });
  }
  return { ...link, ...record, shadow: person, base: link.base ?? base, mappingVersion };
}

/** Of an update that was sent and not answered: what it is seen to have brought is agreed on. Returns the link as it is then. */
async function noteArrived(
  tx: Transaction,
  { sync }: Writing,
  { open, link, now }: { open: ContactWrite; link: LinkRow; now: string },
): Promise<LinkRow> {
  if (open.kind !== 'update' || open.state === 'planned') return link;
  const { integrationId, mappingVersion } = sync;
  const {
    sent,
    body,
    mappingVersion: sentBy = mappingVersion,
  } = open.operation as unknown as RemoteUpdate & SentBy;
  const answer = link.shadow as Person;
  const bases = sync.basesOf(link, answer);
  const lost = { mapping: sync.settings.mapping, bases, sent, body, answer };
  const arrived = sync.basesOf(
    { base: basesOfLostUpdate(lost) as LinkBases, mappingVersion: sentBy },
    answer,
  );
  if (Object.keys(arrived).length === 0) return link;
  const agreed = { ...link, base: { ...bases, ...arrived } as LinkBases, mappingVersion };
  await writeLinkStates(tx, { integrationId, now, links: [agreed] });
  return agreed;
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
  const gone = await noteGone(
    tx,
    { integrationId },
    { remoteIds: [link.remoteId], rules: { now, path: 'plan' } },
  );
  await changeRecordCount(tx, { integrationId, stream, collectionId: '' }, -gone);
  if (link.contactId !== null) await noteElsewhere(tx, { integrationId, contactIds: [link.contactId], now });
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
  await changeWrite(tx, open.id, { attempts: open.attempts + 1, dueAt });
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
  await markSent(tx, { sync, runId }, { write: open, operation: sent, now, snapshot: link.shadow as Person });
  const after = (
    await findLinks(tx, { integrationId: sync.integrationId, remoteIds: [link.remoteId], contactIds: [] })
  )[0];
  return {
    write: open,
    operation: sent,
    rules: plan.rules,
    link: after ?? link,
    contact: { ...contact, version: localVersion },
  };
}

async function markSent(
  tx: Transaction,
  { sync: { mappingVersion }, runId }: Pick<Writing, 'sync' | 'runId'>,
  sent: { write: ContactWrite; operation: RemoteWrite; now: string; snapshot?: Person },
): Promise<void> {
  const { write, operation, now, snapshot } = sent;
  await changeWrite(tx, write.id, {
    ...{ state: 'sent', sentAt: now, runId, error: null },
    operation: { ...operation, snapshot: undefined, mappingVersion },
    ...('localVersion' in operation ? { localVersion: operation.localVersion } : {}),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}

/** Puts an intent off, longer each time; an update that may have arrived is still one then. `why`: for the operator. */
async function lookLater(
  tx: Transaction,
  writing: Writing,
  { open, why }: { open: ContactWrite; why: string },
): Promise<void> {
  const attempts = open.attempts + 1;
  const delayMs = Math.min(firstDelayMs * 2 ** attempts, longestDelayMs);
  const dueAt = isoAt(nowMs(writing.deps) + delayMs);
  const state = open.kind === 'update' ? open.state : 'planned';
  await changeWrite(tx, open.id, { state, attempts, dueAt, error: why });
}

/** A read that finds nothing is no evidence of a delete: the tombstone comes with a listing. Until then the edit waits. */
const notFound = 'It could not be found.';
const firstDelayMs = 2000;
const longestDelayMs = 10 * 60 * 1000;
