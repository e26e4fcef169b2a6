/** Carries lists and memberships over both ways, after contacts: plans each list that is due, then sends what people changed. */
import { Context } from '@temporalio/activity';
import { setMembership } from '../../db/queries/contact-list-edits.ts';
import {
  ackListLink,
  adoptGroup,
  changeListLink,
  countListLinks,
  type DueList,
  delayListWork,
  delayMembers,
  dropListWork,
  dueLists,
  dueMembers,
  finishListWork,
  noteMembersOfList,
  noteMembersSent,
  settleMembers,
  writeList,
} from '../../db/queries/contact-list-work.ts';
import { insertConflicts } from '../../db/queries/contact-planning.ts';
import { type ContactSyncRow, loadContactSyncRow } from '../../db/queries/contact-sync-settings.ts';
import { loadCredential } from '../../db/queries/credentials.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { releaseLease, takeLease } from '../../db/queries/grant-leases.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import {
  type ContactListCalls,
  type ContactListRecord,
  ProviderError,
} from '../../providers/contract/index.ts';
import { checkBreaker } from '../../sync/breaker.ts';
import { DEFAULT_OBJECT_MAPPINGS } from '../../sync/default-mappings.ts';
import {
  combineDirections,
  directionOf,
  type EffectiveDirection,
  mayPull,
  mayPush,
} from '../../sync/direction.ts';
import { type ListOperation, type ListPlan, planList } from '../../sync/plan-list.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { signInRequired } from '../failure.ts';
import { mirror } from '../records/store.ts';
import { graceMs } from './grace.ts';

interface CarryListsInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly runId: string;
  /** This run asked the provider what changed, so that remote contacts are here as they are there. */
  readonly isRead: boolean;
}

/** A person has dozens of lists, not thousands. */
const listsAtOnce = 500;
/** The provider takes so many of one list in a call. */
const membersAtOnce = 1000;
const leaseMs = 60_000;
/** A name that another group has, a group that changed meanwhile, a contact that is not found: the next listing will tell. */
const retryMs = 5 * 60 * 1000;
const holdMs = 60 * 60 * 1000;

interface Carrying {
  readonly deps: ActivityDeps;
  readonly fence: Fence;
  readonly runId: string;
  readonly isRead: boolean;
  readonly owner: { readonly workspaceId: string; readonly userId: string };
  readonly direction: EffectiveDirection;
  readonly policy: 'newest' | 'harmony' | 'provider';
  /** Present where Harmony may write there. */
  readonly call: <T>(use: (lists: ContactListCalls, signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** Returns how many lists and memberships were written at the provider. */
export async function carryLists(deps: ActivityDeps, input: CarryListsInput): Promise<number> {
  const { integrationId, generation, runId, isRead } = input;
  const fence = { integrationId, generation };
  const row = await loadContactSyncRow(deps.db, integrationId);
  const now = isoAt(nowMs(deps));
  const due = await dueLists(deps.db, { integrationId, now, limit: listsAtOnce });
  const members = await dueMembers(deps.db, { integrationId, now, limit: 1 });
  // What was sent is not in the shadow before it was read back.
  if (isRead) {
    await fenced(deps.db, fence, (tx) =>
      settleMembers(tx, { integrationId, kinds: ['member_sent'], now, limit: membersAtOnce }),
    );
  }
  if (row === undefined || (due.length === 0 && members.length === 0)) return 0;
  const direction = directionOfLists(row);
  const { integration } = row;
  if (direction === 'none') {
    await fenced(deps.db, fence, (tx) => dropListWork(tx, { integrationId, now }));
    return 0;
  }
  const access = await openProviderAccess(deps, integrationId);
  const credential = await loadCredential(deps.db, deps.sealer, integrationId);
  if (credential === undefined) throw signInRequired(integrationId);
  const carrying: Carrying = {
    ...{ deps, fence, runId, isRead, direction, policy: integration.conflictPolicy ?? 'newest' },
    owner: { workspaceId: integration.workspaceId, userId: integration.userId },
    call: (use) =>
      access.call(async ({ contactLists }) => {
        if (contactLists !== undefined) return use(contactLists, Context.current().cancellationSignal);
        throw new ProviderError({ kind: 'invalid_request', message: 'Lists can not be written there.' });
      }),
  };
  const lease = { key: credential.grantKey, holder: integrationId };
  if (!(await takeLease(deps.db, { ...lease, now, until: isoAt(nowMs(deps) + leaseMs) }))) throw busy();
  try {
    return await carryAll(carrying, due);
  } finally {
    await releaseLease(deps.db, lease);
  }
}

function directionOfLists({ integration, mappings }: ContactSyncRow): EffectiveDirection {
  const objects = mappings.filter(({ approvedAt }) => approvedAt !== null).at(-1)?.objects;
  const mapped = (objects ?? DEFAULT_OBJECT_MAPPINGS).find(({ harmonyObject }) => harmonyObject === 'list');
  if (mapped?.enabled !== true) return 'none';
  return combineDirections(directionOf(integration.approvedDirection ?? 'from_provider'), mapped.direction);
}

const busy = (): ProviderError =>
  new ProviderError({
    kind: 'rate_limited',
    message: 'Another integration is writing to this account.',
    retryAfterMs: 2000,
  });

async function carryAll(carrying: Carrying, due: readonly DueList[]): Promise<number> {
  const { deps, fence } = carrying;
  const plans = due.map((one) => ({ due: one, plan: planDue(carrying, one) }));
  const links = await countListLinks(deps.db, fence.integrationId);
  const { tripped } = checkBreaker({ links, deletes: plans.filter(({ plan }) => deletes(plan)).length });
  let pushed = 0;
  for (const { due: one, plan } of plans) {
    if (tripped && deletes(plan)) await holdBack(carrying, one);
    else if (await carryList(carrying, one, plan)) pushed += 1;
    Context.current().heartbeat({ pushed });
  }
  pushed += await carryMembers(carrying);
  if (pushed > 0) {
    await fenced(deps.db, fence, (tx) => addRunCounts(tx, carrying.runId, { ...noCounts, pushed }));
  }
  return pushed;
}

const deletes = ({ operations }: ListPlan): boolean =>
  operations.some(({ kind }) => kind === 'archive_local_list' || kind === 'delete_remote_list');

/** Rule 19: too many at once are left as they are, which a person reads among the conflicts. */
async function holdBack({ deps, fence, owner, runId }: Carrying, { listId, link }: DueList): Promise<void> {
  const { integrationId } = fence;
  const now = nowMs(deps);
  await fenced(deps.db, fence, async (tx) => {
    await insertConflicts(tx, [
      {
        ...{
          id: `cfl_${listId.replace(/^lst_/, '')}`,
          ...owner,
          integrationId,
          runId,
          kind: 'lists_held_back',
        },
        ...{ remoteId: link?.remoteId ?? null, at: isoAt(now) },
      },
    ]);
    await delayListWork(tx, { integrationId, listId, until: isoAt(now + holdMs) });
  });
}

function planDue({ direction, policy }: Carrying, { list, link }: DueList): ListPlan {
  return planList(
    { direction, policy, newer: isRemoteNewer(list, link) ? 'provider' : 'harmony' },
    {
      local:
        list === null
          ? null
          : { id: list.id, name: list.name, version: list.version, archived: list.archivedAt !== null },
      remote:
        link === null
          ? { state: 'none' }
          : link.tombstonedAt !== null
            ? { state: 'deleted' }
            : { state: 'live', remoteId: link.remoteId, name: link.remoteName, system: link.system },
      link:
        link === null
          ? null
          : {
              ...{ remoteId: link.remoteId, localVersion: link.localVersion, baseName: link.baseName },
              tombstoned: link.tombstonedAt !== null && list?.archivedAt !== null,
            },
    },
  );
}

/** Harmony on a tie and where a time is unknown. */
const isRemoteNewer = (list: DueList['list'], link: DueList['link']): boolean =>
  list?.editedAt != null && link?.remoteUpdatedAt != null && link.remoteUpdatedAt > list.editedAt;

/** Returns whether something was written at the provider. */
async function carryList(carrying: Carrying, due: DueList, { operations }: ListPlan): Promise<boolean> {
  const { deps, fence } = carrying;
  const [operation] = operations;
  const { integrationId } = fence;
  const finish = { integrationId, listId: due.listId, touched: due.touched };
  if (operation === undefined) {
    await fenced(deps.db, fence, (tx) => finishListWork(tx, finish));
    return false;
  }
  let answer: ContactListRecord | undefined;
  try {
    answer = await callFor(carrying, due, operation);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (!['already_exists', 'stale_version', 'not_found', 'invalid_request'].includes(error.kind))
      throw error;
    const until = isoAt(nowMs(deps) + retryMs);
    await fenced(deps.db, fence, async (tx) => {
      // The group was there before, or is our own, made by a create whose answer was lost.
      const isAdopted =
        error.kind === 'already_exists' &&
        operation.kind === 'create_remote_list' &&
        due.list !== null &&
        (await adoptGroup(tx, { integrationId, list: due.list }));
      if (isAdopted) await finishListWork(tx, finish);
      else await delayListWork(tx, { integrationId, listId: due.listId, until });
    });
    return false;
  }
  return fenced(deps.db, fence, async (tx) => {
    const list = due.list as NonNullable<DueList['list']>;
    const link = due.link as NonNullable<DueList['link']>;
    const write = async (change: { name?: string; archivedAt?: string | null }) => {
      const version = await writeList(tx, { listId: list.id, version: list.version, change });
      if (version === undefined) return false;
      const agreed = change.name === undefined ? {} : { baseName: change.name };
      await changeListLink(tx, link, { localVersion: version, ...agreed });
      return true;
    };
    switch (operation.kind) {
      case 'rename_local_list':
      case 'restore_local_list':
        if (!(await write({ name: operation.name, archivedAt: null }))) return false;
        break;
      case 'archive_local_list':
        if (!(await write({ archivedAt: isoAt(nowMs(deps)) }))) return false;
        break;
      case 'create_remote_list':
      case 'rename_remote_list': {
        const record = { ...mirror(answer as ContactListRecord), name: (answer as ContactListRecord).name };
        const { localVersion } = operation;
        if (link !== null && link.remoteId !== record.remoteId)
          await changeListLink(tx, link, { listId: null });
        await ackListLink(tx, { integrationId, listId: list.id, localVersion, system: false, record });
        if (operation.kind === 'create_remote_list') {
          await noteMembersOfList(tx, { integrationId, listId: list.id });
        }
        break;
      }
      case 'delete_remote_list':
        await changeListLink(tx, link, { tombstonedAt: isoAt(nowMs(deps)), localVersion: list.version });
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
    await finishListWork(tx, finish);
    return answer !== undefined || operation.kind === 'delete_remote_list';
  });
}

async function callFor(
  { call }: Carrying,
  { link }: DueList,
  operation: ListOperation,
): Promise<ContactListRecord | undefined> {
  switch (operation.kind) {
    case 'create_remote_list':
      return call((lists, signal) => lists.create(operation.name, signal));
    case 'rename_remote_list': {
      const change = { name: operation.name, ...(link?.etag == null ? {} : { etag: link.etag }) };
      return call((lists, signal) => lists.rename(operation.remoteId, change, signal));
    }
    case 'delete_remote_list':
      await call((lists, signal) => lists.remove(operation.remoteId, signal));
      return undefined;
    default:
      return undefined;
  }
}

/** Sends memberships group by group; where the provider wins they go back to what it has. Returns how many were sent. */
async function carryMembers({ deps, fence, isRead, direction, call }: Carrying): Promise<number> {
  const { integrationId } = fence;
  let sent = 0;
  for (;;) {
    const now = isoAt(nowMs(deps));
    if (!mayPush(direction)) {
      const where = { integrationId, now, limit: membersAtOnce };
      if (!mayPull(direction)) return sent;
      const settled = await fenced(deps.db, fence, (tx) =>
        settleMembers(tx, { ...where, kinds: isRead ? ['member', 'member_sent'] : ['member'] }),
      );
      if (settled === 0) return sent;
      continue;
    }
    const due = await dueMembers(deps.db, { integrationId, now, limit: membersAtOnce });
    if (due.length === 0) return sent;
    for (const [groupId, members] of Map.groupBy(due, (member) => member.groupId)) {
      const ids = (isMember: boolean) =>
        members.filter((member) => member.isMember === isMember).map(({ remoteId }) => remoteId);
      const outcome = await call((lists, signal) =>
        lists.changeMembers(groupId, { add: ids(true), remove: ids(false) }, signal),
      );
      const missing = members.filter(({ remoteId }) => outcome.notFound.includes(remoteId));
      const carried = members.filter((member) => !missing.includes(member));
      const stayed = members.filter(({ remoteId }) => outcome.lastList.includes(remoteId));
      const graceUntil = isoAt(nowMs(deps) + graceMs);
      const until = isoAt(nowMs(deps) + retryMs);
      await fenced(deps.db, fence, async (tx) => {
        // A contact has to be in one group: it stays on its last list here, too.
        for (const { listId, contactId } of stayed) {
          await setMembership(tx, { listId, contactId, member: true });
        }
        await noteMembersSent(tx, { integrationId, members: carried, graceUntil });
        // Not there yet, or no more: a listing will tell which.
        await delayMembers(tx, { integrationId, members: missing, until });
      });
      sent += carried.length;
    }
    Context.current().heartbeat({ sent });
  }
}
