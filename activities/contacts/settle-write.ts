/** What becomes of a write that the provider refused: read and planned again, or parked and shown to the person. */
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { insertConflicts, setParked } from '../../db/queries/contact-outcome.ts';
import { openPassingConflicts } from '../../db/queries/contact-passing-conflicts.ts';
import type { ContactWrite, LinkRow } from '../../db/queries/contact-planning.ts';
import { noteForOthers, noteWork } from '../../db/queries/contact-queue.ts';
import { changeOpenWrite, changeWrite, lockWrites } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import type { ProviderError } from '../../providers/contract/index.ts';
import { remedyStaleVersion } from '../../sync/recover-stale-version.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { PreparedWrite, Writing } from './writing.ts';

/** Rule 12: the version that was refused is remembered; the next try reads first and decides what is left to do. */
export async function noteStale(
  writing: Writing,
  prepared: PreparedWrite,
  error: ProviderError,
): Promise<void> {
  const { deps, fence } = writing;
  const { write, link } = prepared;
  if (write.kind === 'create') return noteRefusedCreate(writing, prepared, error);
  const refused = link?.etag;
  await fenced(deps.db, fence, (tx) =>
    changeOpenWrite(tx, write.id, {
      ...{ state: 'planned', attempts: write.attempts + 1 },
      refusedEtags: [...(write.refusedEtags ?? []), ...(refused == null ? [] : [refused])],
    }),
  );
}

/** It has no version that could be read anew: it is sent as it is a few times, later each time, and then left. */
async function noteRefusedCreate(
  writing: Writing,
  prepared: PreparedWrite,
  error: ProviderError,
): Promise<void> {
  const { deps, fence } = writing;
  const { write } = prepared;
  const attempts = write.attempts + 1;
  const remedy = remedyStaleVersion({ refusedEtags: [], attempts });
  if (remedy.action !== 'back_off') return noteRefused(writing, prepared, error);
  const dueAt = isoAt(nowMs(deps) + remedy.delayMs);
  // It made nothing there, so that none has to be looked for either.
  const change = { state: 'planned' as const, sentAt: write.sentAt, attempts, dueAt, error: error.message };
  await fenced(deps.db, fence, (tx) => changeOpenWrite(tx, write.id, change));
}

/** Whatever its reads lag behind, a provider shows the present version by then. */
const tryAgainMs = 60 * 60 * 1000;

/** A person is told, and may decide; else it is tried again, since no listing has to bring it up. */
export async function giveUpStale(
  tx: Transaction,
  writing: Writing,
  { open, link, now }: { open: ContactWrite; link: LinkRow; now: string },
): Promise<void> {
  const { sync, runId } = writing;
  const { workspaceId, userId, integrationId } = sync;
  const { remoteId } = link;
  const contactId = open.recordId;
  await changeWrite(tx, open.id, {
    state: 'failed',
    settledAt: now,
    error: 'Its version was refused time and again.',
  });
  const parked = { reason: 'stale_version', since: now };
  await setParked(tx, { integrationId, remoteIds: [remoteId], parked });
  await openPassingConflicts(tx, [
    { workspaceId, userId, integrationId, runId, contactId, remoteId, kind: 'stale_version', at: now },
  ]);
  const dueAt = isoAt(Date.parse(now) + tryAgainMs);
  await noteWork(tx, { integrationId, kind: 'local', keys: [contactId], dueAt });
  await addRunCounts(tx, runId, { ...noCounts, failed: 1 });
}

/**
 * The provider takes the write in no form: it waits until either side changes. A create that began from what was there before
 * is sent without that first, since nobody could change in Harmony what is refused of it; what was there is kept until one is made.
 */
export async function noteRefused(
  writing: Writing,
  { write, operation, link, contact }: PreparedWrite,
  error: ProviderError,
): Promise<void> {
  const { deps, fence, sync, runId } = writing;
  const now = isoAt(nowMs(deps));
  await fenced(deps.db, fence, async (tx) => {
    if ((await lockWrites(tx, [write.id])).length === 0) return;
    if (error.kind === 'not_found' && write.kind !== 'create') {
      // Whether it is gone only a listing can tell.
      const dueAt = isoAt(nowMs(deps) + 10_000);
      await changeWrite(tx, write.id, {
        state: 'planned',
        attempts: write.attempts + 1,
        dueAt,
        error: error.message,
      });
      return;
    }
    const { workspaceId, userId, integrationId } = sync;
    if (operation.kind === 'create_remote' && operation.bases !== undefined) {
      await changeWrite(tx, write.id, {
        ...{ state: 'planned', sentAt: write.sentAt, dueAt: now, error: error.message },
        operation: { ...write.operation, isPlain: true },
      });
      return;
    }
    await changeWrite(tx, write.id, { state: 'failed', settledAt: now, error: error.message });
    await addRunCounts(tx, runId, { ...noCounts, failed: 1 });
    const told = { workspaceId, userId, integrationId, runId, kind: 'refused' as const, at: now };
    const contactId = link?.contactId ?? contact?.id;
    if (link !== undefined) {
      const parked = { reason: 'refused', since: now };
      await setParked(tx, { integrationId, remoteIds: [link.remoteId], parked });
    }
    if (contactId != null)
      await openPassingConflicts(tx, [{ ...told, contactId, remoteId: link?.remoteId ?? null }]);
    else await insertConflicts(tx, [{ ...told, id: newId('cfl'), remoteId: write.remoteId }]);
    // Whoever is to make it by now has left it to this account, as long as that had sent it.
    if (write.kind === 'create')
      await noteForOthers(tx, { integrationId, contactIds: [write.recordId], now });
  });
}
