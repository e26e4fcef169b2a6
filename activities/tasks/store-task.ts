/** What the provider answered to a write is readable here at once, in the transaction that ends the write. */
import { findCollectionByRemoteId } from '../../db/queries/collections.ts';
import { holdOpen } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import { ensureStream } from '../../db/queries/stream-cursors.ts';
import { finishTaskWrite } from '../../db/queries/task-writes.ts';
import { removeMovedTask } from '../../db/queries/tasks.ts';
import type { RemoteTask } from '../../providers/contract/index.ts';
import type { ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';

/** A task in a collection that is not ticked is written, but not kept here, nor where it was before. */
export async function storeTask(
  deps: ActivityDeps,
  { integration, adapter }: ProviderAccess,
  input: { readonly task: RemoteTask; readonly operationId?: string },
): Promise<void> {
  const { task, operationId } = input;
  const { id: integrationId, workspaceId, userId } = integration;
  const stream = adapter.streams.find(({ kind }) => kind === 'task')?.name ?? '';
  const page = { upserts: [task.record], deletions: [], next: { kind: 'done', cursor: null } } as const;
  const write = storeOf('task').prepare(page);
  await deps.db.transaction(async (tx) => {
    await holdOpen(tx, integrationId);
    const collection = await findCollectionByRemoteId(tx, integrationId, task.collection);
    if (collection?.subscribed === true) {
      const key = { integrationId, stream, collectionId: collection.id };
      // A team that no run has read yet has no count, and what is not counted no listing would sweep.
      await ensureStream(tx, key);
      const { created } = await write(tx, { ...key, workspaceId, userId, runId: '' });
      await changeRecordCount(tx, key, created);
    } else {
      const { remoteId, updatedAt: seenAt } = task.record;
      await removeMovedTask(tx, { integrationId, stream }, { remoteId, seenAt });
    }
    if (operationId !== undefined) await finishTaskWrite(tx, operationId);
  });
}
