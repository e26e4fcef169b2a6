/** Sync Users: the people of the other side, read whole, and the Harmony user that each of them is. */
import { Context } from '@temporalio/activity';
import { holdOpen } from '../../db/queries/fence.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import { countPeople, matchPeople } from '../../db/queries/people.ts';
import { ensureStream } from '../../db/queries/stream-cursors.ts';
import type { AnyRecord, RecordPage } from '../../providers/contract/index.ts';
import type { SyncUsersOutcome } from '../../workflows/messages.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { storeOf } from '../records/index.ts';

/** Keeps every mapping that is there. Who is no longer listed is left to the stream's own complete listing. */
export function createSyncUsers(deps: ActivityDeps) {
  return async function syncUsers(input: { integrationId: string }): Promise<SyncUsersOutcome> {
    const { integrationId } = input;
    const access = await openProviderAccess(deps, integrationId);
    const stream = access.adapter.streams.find(({ kind }) => kind === 'person');
    if (stream === undefined) throw integrationGone(integrationId);
    const upserts = await listEverybody(access, stream.name);
    const page = { upserts, deletions: [], next: { kind: 'done', cursor: null } } as const;
    const write = storeOf('person').prepare(page);
    const key = { integrationId, stream: stream.name, collectionId: '' };
    const { workspaceId, userId } = access.integration;
    return deps.db.transaction(async (tx) => {
      await holdOpen(tx, integrationId);
      const before = await countPeople(tx, integrationId);
      await ensureStream(tx, key);
      const { created } = await write(tx, { ...key, workspaceId, userId, runId: '' });
      await changeRecordCount(tx, key, created);
      // Also for those who are as they were: their user may be new here.
      await matchPeople(tx, integrationId);
      const after = await countPeople(tx, integrationId);
      return { ...after, newlyMapped: after.mapped - before.mapped };
    });
  };
}

async function listEverybody(access: ProviderAccess, stream: string): Promise<AnyRecord[]> {
  const { cancellationSignal: signal } = Context.current();
  const found: AnyRecord[] = [];
  let cursor: string | null = null;
  for (;;) {
    const from: string | null = cursor;
    const page: RecordPage = await access.call((session) =>
      session.fetchPage({ stream, cursor: from, signal }),
    );
    found.push(...page.upserts);
    if (page.next.kind === 'done') return found;
    cursor = page.next.cursor;
  }
}
