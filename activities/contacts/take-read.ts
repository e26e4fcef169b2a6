/** What the read before a write brings, kept before anything is planned by it. */
import type { Transaction } from '../../db/client.ts';
import { findSharedContacts } from '../../db/queries/contact-feeds.ts';
import { readMemberships } from '../../db/queries/contact-list-members.ts';
import { parkLinks, writeLinkStates } from '../../db/queries/contact-outcome.ts';
import { type ContactWrite, findLinks, type LinkRow } from '../../db/queries/contact-planning.ts';
import { noteElsewhere } from '../../db/queries/contact-queue.ts';
import { renameLink } from '../../db/queries/contact-renames.ts';
import { changeWrite, dropWrites, storeShadow } from '../../db/queries/contact-writes.ts';
import { noteGone } from '../../db/queries/contacts-gone.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { basesOfLostUpdate } from '../../sync/acknowledge.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { isStaleObservation } from '../../sync/observation.ts';
import type { RemoteUpdate } from '../../sync/operations.ts';
import { contactSource, groupsMoved, type Person } from '../../sync/person.ts';
import { remedyStaleVersion } from '../../sync/recover-stale-version.ts';
import { isoAt } from '../clock.ts';
import { mirror } from '../records/store.ts';
import { journalWrites, updateEntry } from './journal-writes.ts';
import { lookLater } from './look-later.ts';
import { giveUpStale } from './settle-write.ts';
import type { SentBy, Step, Writing } from './writing.ts';

/**
 * Returns the link as it stands with it; none where there is nothing to send to it, or not yet: whether one that counts as gone
 * is there again, a listing has to say.
 */
export async function takeRead(
  tx: Transaction,
  step: Step,
  { open, link, read }: { open: ContactWrite; link: LinkRow; read: ContactRecord },
): Promise<LinkRow | undefined> {
  const { now } = step;
  if (read.remoteId !== link.remoteId) {
    const to = read.remoteId;
    const [other] = await findLinks(tx, {
      ...{ integrationId: step.sync.integrationId, remoteIds: [to], contactIds: [] },
    });
    if (other !== undefined && other.contactId !== null && other.tombstonedAt !== null) {
      await lookLater(tx, step, { open, why: 'It was merged into one that counts as gone.' });
      return undefined;
    }
    if (!(await follow(tx, step, { link, to, other, now }))) {
      await dropWrites(tx, { ids: [open.id], now });
      return undefined;
    }
  }
  const seen = await observe(tx, step, { link: { ...link, remoteId: read.remoteId }, read, now });
  const observed = await noteArrived(tx, step, { open, link: seen, now });
  const isUsable = await usableVersion(tx, step, { open, link: observed, read, now });
  return isUsable ? observed : undefined;
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
  writing: Writing,
  { open, link, now }: { open: ContactWrite; link: LinkRow; now: string },
): Promise<LinkRow> {
  if (open.kind !== 'update' || open.state === 'planned') return link;
  const { sync } = writing;
  const { integrationId, mappingVersion } = sync;
  const {
    sent,
    body,
    rules,
    mappingVersion: sentBy = mappingVersion,
  } = open.operation as unknown as RemoteUpdate & SentBy;
  const answer = link.shadow as Person;
  const bases = sync.basesOf(link, answer);
  const lost = { mapping: sync.settings.mapping, bases, sent, body, answer };
  const brought = basesOfLostUpdate(lost);
  const arrived = sync.basesOf({ base: brought as LinkBases, mappingVersion: sentBy }, answer);
  if (Object.keys(arrived).length === 0) return link;
  const seen = Object.fromEntries(Object.entries(sent).filter(([field]) => Object.hasOwn(brought, field)));
  if (Object.keys(seen).length > 0) {
    const before = (open.snapshot ?? {}) as Person;
    const entry = updateEntry(sync, { before, bases, sent: seen, rules });
    await journalWrites(tx, writing, { now, written: [{ write: open, remoteId: link.remoteId, entry }] });
  }
  const agreed = { ...link, base: { ...bases, ...arrived } as LinkBases, mappingVersion };
  await writeLinkStates(tx, { integrationId, now, links: [agreed] });
  return agreed;
}

/** The contact has another id by now; `false` where another link has that id, which a person has to sort out. */
async function follow(
  tx: Transaction,
  { sync, runId, stream }: Writing,
  { link, to, other, now }: { link: LinkRow; to: string; other: LinkRow | undefined; now: string },
): Promise<boolean> {
  const { integrationId } = sync;
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
