/** Rule 13: creates that were sent and never acked are looked for by their marker, and never simply sent again. */
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { forgetFormers } from '../../db/queries/contact-formers.ts';
import { joinMemberships } from '../../db/queries/contact-list-members.ts';
import { linksWithMarkers } from '../../db/queries/contact-matching.ts';
import { insertWrites, type NewContactWrite, parkLinks, tieLink } from '../../db/queries/contact-outcome.ts';
import { findContacts } from '../../db/queries/contact-plan-source.ts';
import { type ContactWrite, findLinks, type LinkRow } from '../../db/queries/contact-planning.ts';
import { askOfCreate, dropCreateQuestion } from '../../db/queries/contact-questions.ts';
import { noteRemoteWork, noteWork } from '../../db/queries/contact-queue.ts';
import { changeWrite, openCreates } from '../../db/queries/contact-writes.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { forgetCursor, lastFullListing } from '../../db/queries/stream-cursors.ts';
import type { LinkBases } from '../../db/schema/index.ts';
import { basesOfLostCreate } from '../../sync/acknowledge.ts';
import { flowOf } from '../../sync/list-flow.ts';
import type { RemoteCreate } from '../../sync/operations.ts';
import { markersOf, type Person, type PersonWithName } from '../../sync/person.ts';
import { isUntouched, recoverCreate } from '../../sync/recover-create.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { mainStream } from './account-streams.ts';
import { conflictOfCreate } from './conflict-rows.ts';
import type { ContactSync } from './contact-sync.ts';
import { spareDouble } from './find-origins.ts';
import { graceMsOf } from './grace.ts';
import { createEntry, journalWrites } from './journal-writes.ts';
import type { SentBy } from './writing.ts';

interface Recovery {
  readonly sync: ContactSync;
  readonly fence: Fence;
  readonly runId: string;
  readonly provider: string;
}

export async function recoverCreates(deps: ActivityDeps, recovery: Recovery): Promise<void> {
  const { sync, fence } = recovery;
  const { integrationId } = sync;
  const graceMs = graceMsOf(deps);
  const open = await openCreates(deps.db, integrationId);
  if (open.length === 0) return;
  const stream = mainStream(deps.provider(recovery.provider).adapter);
  const key = { integrationId, stream, collectionId: '' };
  const carriers = await linksWithMarkers(deps.db, { integrationId, markers: open.map(({ id }) => id) });
  const listedAt = await lastFullListing(deps.db, key);
  const ids = new Set(open.map(({ id }) => id));
  // A person may have merged what two of them made: it has both markers, the one of the contact that stayed in front.
  const makerOf = ({ shadow }: (typeof carriers)[number]) =>
    markersOf(shadow as Person).find((marker) => ids.has(marker));
  for (const write of open) {
    const sentAtMs = Date.parse(write.sentAt ?? write.createdAt ?? '');
    const { body } = write.operation as unknown as RemoteCreate;
    const found = carriers
      .filter(({ shadow }) => markersOf(shadow as Person).includes(write.id))
      .map((carrier) => {
        const { remoteId, contactId, shadow } = carrier;
        const isTheirs = contactId === null ? makerOf(carrier) === write.id : contactId === write.recordId;
        return {
          person: { ...(shadow as Person), resourceName: remoteId } as PersonWithName,
          ...{ linked: contactId !== null, merged: !isTheirs },
          untouched: isUntouched(shadow as Person, body),
        };
      });
    const outcome = recoverCreate({
      ...{ sentAtMs, carriers: found, graceMs },
      // A listing that is stored as complete went through to its end.
      listing: {
        kind: 'full',
        complete: listedAt !== null,
        startedAtMs: listedAt === null ? 0 : Date.parse(listedAt),
      },
    });
    const now = isoAt(nowMs(deps));
    await fenced(deps.db, fence, async (tx) => {
      const contactIds = [write.recordId];
      const ties = await findLinks(tx, { integrationId, remoteIds: [], contactIds });
      const isMadeByIt = ({ remoteId }: LinkRow) =>
        found.some(({ person }) => person.resourceName === remoteId);
      if (ties.some((tie) => tie.tombstonedAt === null && !isMadeByIt(tie))) {
        // A person has said who it is meanwhile: what the create made is a double of that.
        await changeWrite(tx, write.id, { state: 'dropped', settledAt: now, error: 'It is tied by hand.' });
        await dropCreateQuestion(tx, { integrationId, contactId: write.recordId });
        const remoteIds = found.map(({ person }) => person.resourceName);
        await noteRemoteWork(tx, { integrationId, remoteIds, now });
        return;
      }
      switch (outcome.action) {
        case 'adopt': {
          const kept = carriers.find(({ remoteId }) => remoteId === outcome.keep);
          await adopt(tx, { ...recovery, now, write, shadow: kept?.shadow as Person, ...outcome });
          return;
        }
        case 'review': {
          // It stays open: the contact is adopted or made anew once what it was merged into is free or gone.
          const park = { reason: 'maybe_merged', candidates: outcome.candidates } as const;
          const contact = (await findContacts(tx, sync.userId, [write.recordId])).get(write.recordId);
          if (contact?.archivedAt !== null) {
            // Nothing is left to be decided, unless it comes back.
            await dropCreateQuestion(tx, { integrationId, contactId: write.recordId });
            return;
          }
          const of = { opId: write.id, contactId: write.recordId, remoteId: undefined };
          await askOfCreate(tx, conflictOfCreate({ sync, runId: recovery.runId, now }, park, of));
          return;
        }
        case 'resend':
          await dropCreateQuestion(tx, { integrationId, contactId: write.recordId });
          await changeWrite(tx, write.id, { state: 'dropped', settledAt: now, error: 'It never arrived.' });
          // It stays this account's to make, whichever one makes new contacts by now.
          await insertWrites(tx, [intendAgain(write, now)]);
          await noteWork(tx, { integrationId, kind: 'local', keys: [write.recordId], dueAt: now });
          return;
        case 'wait': {
          const decidedAtMs = sentAtMs + graceMs;
          if (nowMs(deps) >= decidedAtMs) await forgetCursor(tx, key);
          else
            await noteWork(tx, {
              integrationId,
              kind: 'local',
              keys: [write.recordId],
              dueAt: isoAt(decidedAtMs),
            });
        }
      }
    });
  }
}

const intendAgain = (write: ContactWrite, now: string): NewContactWrite => {
  const { integrationId, runId, recordId, localVersion, operation } = write;
  return {
    ...{ id: newId('op'), integrationId, runId, recordId, kind: 'create', localVersion, operation },
    ...{ createdAt: now, dueAt: now },
  };
};

async function adopt(
  tx: Transaction,
  input: Recovery & {
    now: string;
    write: ContactWrite;
    keep: string;
    /** Of the one to keep. */
    shadow: Person;
    remove: string[];
    review: string[];
  },
): Promise<void> {
  const { sync, runId, now, write, keep } = input;
  const { integrationId, mappingVersion } = sync;
  const operation = write.operation as unknown as Partial<RemoteCreate> & SentBy;
  const { body = {}, sent = {}, bases = {}, mappingVersion: sentBy = mappingVersion } = operation;
  const { mapping } = sync.settings;
  const lost = { mapping, bases, sent, body, answer: input.shadow };
  const agreed = { base: basesOfLostCreate(lost) as LinkBases, mappingVersion: sentBy };
  const base = sync.basesOf(agreed, input.shadow) as LinkBases;
  await tieLink(tx, { integrationId, remoteId: keep, contactId: write.recordId, mappingVersion, base });
  const flow = flowOf(sync.lists);
  const contactIds = [write.recordId];
  await joinMemberships(tx, { integrationId, runId: null, contactIds, flow, anew: contactIds });
  await forgetFormers(tx, { integrationId, contactIds });
  await dropCreateQuestion(tx, { integrationId, contactId: write.recordId });
  await changeWrite(tx, write.id, { state: 'acked', remoteId: keep, settledAt: now, error: null });
  const entry = createEntry(sync, { operation: { ...operation, sent, body } });
  await journalWrites(tx, input, { now, written: [{ write, remoteId: keep, entry }] });
  await noteWork(tx, { integrationId, kind: 'remote', keys: [keep], dueAt: now });
  await parkLinks(tx, {
    ...{ owner: sync, integrationId, runId, remoteIds: input.review, contactId: write.recordId },
    ...{ reason: 'duplicate_marker', candidates: [keep], now },
  });
  const spares = input.remove.map((remoteId) =>
    spareDouble({ integrationId, runId, now, remoteId, keeper: keep, body }),
  );
  await insertWrites(tx, spares);
}
