/** A double of a create of ours, before it is removed. */
import { parkLinks } from '../../db/queries/contact-outcome.ts';
import { type ContactWrite, findLinks } from '../../db/queries/contact-planning.ts';
import { changeWrite, dropWrites } from '../../db/queries/contact-writes.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import type { RemoteDelete } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { isUntouched } from '../../sync/recover-create.ts';
import { finishRemoval } from './ack-write.ts';
import type { DoubleRemoval } from './find-origins.ts';
import { lookLater, mayLag, notFound } from './look-later.ts';
import type { PreparedWrite, Step } from './writing.ts';

/** A double of one create goes only while nobody touched it, and the other one is there. */
export async function prepareDouble(
  step: Step,
  { write, read, mayGo }: { write: ContactWrite; read: ContactRecord | undefined; mayGo: boolean },
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
