/** One list that is due: what both sides hold is planned, and carried out on the side that is behind. */
import type { Transaction } from '../../db/client.ts';
import { adoptGroup, findNamesakes } from '../../db/queries/contact-list-namesakes.ts';
import {
  ackListLink,
  changeListLink,
  type DueList,
  delayListWork,
  dueLists,
  finishListWork,
  holdListWork,
  noteMembersOfList,
  writeList,
} from '../../db/queries/contact-list-work.ts';
import { noteListsElsewhere } from '../../db/queries/contact-lists-elsewhere.ts';
import { dropOpenConflict, insertConflicts, type NewConflict } from '../../db/queries/contact-outcome.ts';
import { openPassingConflicts } from '../../db/queries/contact-passing-conflicts.ts';
import { fenced } from '../../db/queries/fence.ts';
import { type NewListEntry, noteListChange } from '../../db/queries/list-journal.ts';
import { changeRecordCount } from '../../db/queries/mirror-table.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { type ContactListRecord, ProviderError } from '../../providers/contract/index.ts';
import { mayPull } from '../../sync/direction.ts';
import { isListDelete, planDue } from '../../sync/plan-due-list.ts';
import { chooseNamesake, type ListOperation, type ListPlan } from '../../sync/plan-list.ts';
import { isoAt, nowMs } from '../clock.ts';
import { mirror } from '../records/store.ts';
import { type Carrying, orRefusal, retryMs, whileInForce } from './carrying.ts';
import { conflictOfListName } from './conflict-rows.ts';
import { inTime } from './in-time.ts';

/** What the provider takes in no form is another thing only once a person changes it, which is noted. */
const refusedRetryMs = 60 * 60 * 1000;

/** Returns whether something was written at the provider. What a person changed since `due` was read waits for the next run. */
export async function carryList(carrying: Carrying, due: DueList, plan: ListPlan): Promise<boolean> {
  const { deps, fence, runId } = carrying;
  const [operation] = plan.operations;
  const { integrationId } = fence;
  const finish = { integrationId, listId: due.listId, touched: due.touched };
  if (operation === undefined) {
    await fenced(deps.db, fence, (tx) => finishListWork(tx, finish));
    return false;
  }
  const preparedAtMs = nowMs(deps);
  const tookName = operation.kind === 'rename_remote_list';
  if (isForProvider(operation)) {
    const isWanted = await whileInForce(carrying, async (tx) => {
      if (!(await holdListWork(tx, { integrationId, due }))) return false;
      // Were the answer lost, nothing would tell any more that the group had a name of its own.
      if (tookName) await logLostName(tx, carrying, due, plan);
      return true;
    });
    if (isWanted !== true) return false;
  }
  const answer = await callFor(inTime(deps, carrying.call, preparedAtMs), due, operation);
  if (answer instanceof ProviderError) {
    const { kind } = answer;
    const isAdopted = await whileInForce(carrying, async (tx) => {
      // An attempt that was taken for dead has carried it over meanwhile, or a person has changed it.
      if (!(await holdListWork(tx, { integrationId, due }))) return false;
      // The name at the provider stands, whatever became of a call before this one; a stale version does not tell that.
      if (tookName && (kind === 'already_exists' || kind === 'invalid_request'))
        await forgetLostName(tx, carrying, due, plan);
      if (kind === 'invalid_request') {
        await leaveToPerson(tx, carrying, due, 'list_refused', refusedRetryMs);
        return false;
      }
      if (kind !== 'already_exists') {
        const until = isoAt(nowMs(deps) + retryMs);
        await delayListWork(tx, { integrationId, listId: due.listId, until });
        return false;
      }
      // The group was there before, or is our own, made by a create whose answer was lost.
      const isAdopted =
        operation.kind === 'create_remote_list' &&
        due.list !== null &&
        (await takeUpNamesake(tx, carrying, due.list));
      if (!isAdopted) await leaveToPerson(tx, carrying, due, 'list_name_taken', retryMs);
      // The group that it had is gone, and would be made anew beside the adopted one.
      else if (due.link !== null) await changeListLink(tx, due.link, { listId: null });
      return isAdopted;
    });
    return isAdopted === true && carryAdopted(carrying, due.listId);
  }
  const carryOver = async (tx: Transaction): Promise<boolean> => {
    const list = due.list as NonNullable<DueList['list']>;
    const link = due.link as NonNullable<DueList['link']>;
    const counted = { integrationId, stream: carrying.stream, collectionId: '' };
    const write = async (change: { name?: string; archivedAt?: string | null }) => {
      await noteListsElsewhere(tx, { integrationId, listIds: [list.id] });
      const version = await writeList(tx, { listId: list.id, version: list.version, change });
      if (version === undefined) return false;
      const agreed = change.name === undefined ? {} : { baseName: change.name };
      await changeListLink(tx, link, { localVersion: version, ...agreed });
      return true;
    };
    const note = (entry: Pick<NewListEntry, 'side' | 'action' | 'before' | 'after'>) =>
      noteListChange(tx, { ...{ integrationId, runId, listId: list.id }, ...entry });
    switch (operation.kind) {
      case 'rename_local_list':
      case 'restore_local_list': {
        if (!(await write({ name: operation.name, archivedAt: null }))) return false;
        const action = list.archivedAt === null ? 'rename' : 'restore';
        await note({ side: 'harmony', action, before: list.name, after: operation.name });
        await logLostName(tx, carrying, due, plan);
        break;
      }
      case 'archive_local_list':
        if (!(await write({ archivedAt: isoAt(nowMs(deps)) }))) return false;
        await note({ side: 'harmony', action: 'archive', before: list.name });
        break;
      case 'create_remote_list':
      case 'rename_remote_list': {
        const record = { ...mirror(answer as ContactListRecord), name: (answer as ContactListRecord).name };
        const { localVersion } = operation;
        if (link !== null && link.remoteId !== record.remoteId)
          await changeListLink(tx, link, { listId: null });
        const isNew = await ackListLink(tx, {
          integrationId,
          listId: list.id,
          localVersion,
          system: false,
          record,
        });
        if (isNew) await changeRecordCount(tx, counted, 1);
        if (operation.kind === 'create_remote_list') {
          await noteMembersOfList(tx, { integrationId, listId: list.id });
          await note({ side: 'provider', action: 'create', after: operation.name });
        } else {
          await note({ side: 'provider', action: 'rename', before: link.remoteName, after: operation.name });
        }
        break;
      }
      case 'delete_remote_list':
        await changeListLink(tx, link, {
          ...{ tombstonedAt: isoAt(nowMs(deps)), localVersion: list.version },
          supersededEtags: [...(link.supersededEtags ?? []), ...(link.etag === null ? [] : [link.etag])],
        });
        if (link.tombstonedAt === null) await changeRecordCount(tx, counted, -1);
        await note({ side: 'provider', action: 'delete', before: list.name });
        break;
      case 'rebase_list':
        await changeListLink(tx, link, { localVersion: operation.localVersion, baseName: operation.name });
        break;
      case 'unlink_list':
        await changeListLink(tx, link, { listId: null });
        break;
      case 'tombstone_list':
      case 'create_local_list':
        break;
    }
    await finishListWork(tx, { ...finish, follows: operation.kind === 'archive_local_list' });
    return answer !== undefined || operation.kind === 'delete_remote_list';
  };
  // What was carried out at the provider is noted whatever holds by now.
  if (isForProvider(operation)) return fenced(deps.db, fence, carryOver);
  return (await whileInForce(carrying, carryOver)) === true;
}

/** Its name may be written in another way there. */
async function carryAdopted(carrying: Carrying, listId: string): Promise<boolean> {
  const { deps, fence } = carrying;
  const which = { integrationId: fence.integrationId, now: isoAt(nowMs(deps)), limit: 1, listId };
  const [due] = await dueLists(deps.db, which);
  const plan = due === undefined ? undefined : planDue(carrying, due);
  // A person has archived it meanwhile: it stays due, and is counted with the others that go.
  if (due === undefined || plan === undefined || isListDelete(plan)) return false;
  return carryList(carrying, due, plan);
}

/** False where the group of the list's name feeds a list that stays. */
async function takeUpNamesake(
  tx: Transaction,
  { fence: { integrationId }, runId, direction }: Carrying,
  list: NonNullable<DueList['list']>,
): Promise<boolean> {
  const groups = await findNamesakes(tx, { integrationId, name: list.name });
  const group = chooseNamesake(groups, direction);
  const pulls = mayPull(direction);
  if (group !== undefined) await adoptGroup(tx, { integrationId, runId, list, group, pulls });
  return group !== undefined;
}

/** Where a name gives way that the other side never saw: a person finds both under the conflicts. */
async function logLostName(tx: Transaction, carrying: Carrying, due: DueList, plan: ListPlan): Promise<void> {
  const conflict = lostNameOf(carrying, due, plan);
  if (conflict === undefined) return;
  const conflicts = await insertConflicts(tx, [conflict]);
  if (conflicts > 0) await addRunCounts(tx, carrying.runId, { ...noCounts, conflicts });
}

/** The name that was to give way did not. */
async function forgetLostName(
  tx: Transaction,
  carrying: Carrying,
  due: DueList,
  plan: ListPlan,
): Promise<void> {
  const conflict = lostNameOf(carrying, due, plan);
  if (conflict === undefined) return;
  const { runId } = carrying;
  const conflicts = await dropOpenConflict(tx, { id: conflict.id, runId });
  if (conflicts > 0) await addRunCounts(tx, runId, { ...noCounts, conflicts: -conflicts });
}

function lostNameOf(
  { deps, fence: { integrationId }, owner, runId, policy }: Carrying,
  { listId, list, link }: DueList,
  { lost }: ListPlan,
): NewConflict | undefined {
  if (lost === undefined || list === null || link === null) return undefined;
  const planning = { sync: { ...owner, integrationId }, runId, now: isoAt(nowMs(deps)) };
  return conflictOfListName(planning, {
    ...{ listId, remoteId: link.remoteId, winner: lost.side === 'harmony' ? 'provider' : 'harmony', policy },
    ...{ harmonyName: list.name, providerName: link.remoteName, baseName: link.baseName },
  });
}

/** Tells a person, and looks again in `delayMs`. */
export async function leaveToPerson(
  tx: Transaction,
  { deps, fence: { integrationId }, owner, runId }: Carrying,
  { listId, list, link }: DueList,
  kind: 'lists_held_back' | 'list_name_taken' | 'list_refused',
  delayMs: number,
): Promise<void> {
  const now = nowMs(deps);
  await openPassingConflicts(tx, [
    {
      ...{ ...owner, integrationId, runId, listId, kind, localValue: list?.name ?? null },
      ...{ remoteId: link?.remoteId ?? null, remoteValue: link?.remoteName ?? null, at: isoAt(now) },
    },
  ]);
  await delayListWork(tx, { integrationId, listId, until: isoAt(now + delayMs) });
}

const isForProvider = ({ kind }: ListOperation): boolean =>
  kind === 'create_remote_list' || kind === 'rename_remote_list' || kind === 'delete_remote_list';

async function callFor(
  call: Carrying['call'],
  { link }: DueList,
  operation: ListOperation,
): Promise<ContactListRecord | ProviderError | undefined> {
  switch (operation.kind) {
    case 'create_remote_list':
      return call((lists, signal) => orRefusal(lists.create(operation.name, signal)));
    case 'rename_remote_list': {
      const change = { name: operation.name, ...(link?.etag == null ? {} : { etag: link.etag }) };
      return call((lists, signal) => orRefusal(lists.rename(operation.remoteId, change, signal)));
    }
    case 'delete_remote_list':
      return (
        (await call((lists, signal) => orRefusal(lists.remove(operation.remoteId, signal)))) ?? undefined
      );
    default:
      return undefined;
  }
}
