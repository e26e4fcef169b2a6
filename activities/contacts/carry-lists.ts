/** Carries lists and memberships over both ways, after contacts: plans each list that is due, then sends what people changed. */
import { Context } from '@temporalio/activity';
import {
  countListLinks,
  type DueList,
  dropListWork,
  dueLists,
  hasListWork,
  holdListWork,
} from '../../db/queries/contact-list-work.ts';
import { dueMembers, settleMembers } from '../../db/queries/contact-member-work.ts';
import { closeAllListQuestions } from '../../db/queries/contact-passing-conflicts.ts';
import { loadContactSyncRow, stampOf } from '../../db/queries/contact-sync-settings.ts';
import { fenced } from '../../db/queries/fence.ts';
import { releaseLease, takeLease, writerLease } from '../../db/queries/grant-leases.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { ProviderError } from '../../providers/contract/index.ts';
import { checkBreaker } from '../../sync/breaker.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { isListDelete, planDue } from '../../sync/plan-due-list.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { groupStream } from './account-streams.ts';
import { carryList, leaveToPerson } from './carry-list.ts';
import { carryMembers } from './carry-members.ts';
import { type Carrying, membersAtOnce, whileInForce } from './carrying.ts';
import { directionOfLists } from './contact-sync.ts';
import { turnLists } from './turn-lists.ts';

interface CarryListsInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly runId: string;
  /** This run asked the provider what changed, so that remote contacts are here as they are there. */
  readonly isRead: boolean;
}

/** A person has dozens of lists, not thousands. */
const listsAtOnce = 500;
const leaseMs = 60_000;
const holdMs = 60 * 60 * 1000;

/** Returns how many lists and memberships were written at the provider. */
export async function carryLists(deps: ActivityDeps, input: CarryListsInput): Promise<number> {
  const { integrationId, generation, runId, isRead } = input;
  const fence = { integrationId, generation };
  const begunAt = isoAt(nowMs(deps));
  if (!(await hasListWork(deps.db, integrationId, begunAt))) return 0;
  const row = await loadContactSyncRow(deps.db, integrationId);
  if (row === undefined) return 0;
  const direction = directionOfLists(row);
  const settings = { deps, fence, stamp: stampOf(row) };
  const { integration } = row;
  if (direction === 'none') {
    await whileInForce(settings, async (tx) => {
      await dropListWork(tx, { integrationId, now: begunAt });
      await closeAllListQuestions(tx, integrationId);
    });
    return 0;
  }
  // What was sent is not in the shadow before it was read back.
  if (isRead) {
    const sent = {
      integrationId,
      runId,
      kinds: ['member_sent'],
      now: begunAt,
      limit: membersAtOnce,
    } as const;
    await whileInForce(settings, (tx) => settleMembers(tx, { ...sent, flow: flowOf(direction) }));
  }
  await turnLists(settings, { runId, userId: integration.userId, direction });
  // With what was noted just now.
  const now = isoAt(nowMs(deps));
  const due = await dueLists(deps.db, { integrationId, now, limit: listsAtOnce });
  const members = await dueMembers(deps.db, { integrationId, now, limit: 1 });
  if (due.length === 0 && members.length === 0) return 0;
  const access = await openProviderAccess(deps, integrationId);
  const carrying: Carrying = {
    ...{ ...settings, runId, isRead, direction, policy: integration.conflictPolicy ?? 'newest' },
    owner: { workspaceId: integration.workspaceId, userId: integration.userId },
    stream: groupStream(access.adapter),
    call: (use) =>
      access.call(async ({ contactLists }) => {
        if (contactLists !== undefined) return use(contactLists, Context.current().cancellationSignal);
        throw new ProviderError({ kind: 'invalid_request', message: 'Lists can not be written there.' });
      }),
  };
  const lease = writerLease(access.grantKey, integrationId);
  const lent = { now, until: isoAt(nowMs(deps) + leaseMs), supersedes: integrationId };
  if (!(await takeLease(deps.db, { ...lease, ...lent }))) throw busy();
  try {
    return await carryAll(carrying, due);
  } finally {
    await releaseLease(deps.db, lease);
  }
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
  const { tripped } = checkBreaker({ links, deletes: plans.filter(({ plan }) => isListDelete(plan)).length });
  let pushed = 0;
  for (const { due: one, plan } of plans) {
    if (tripped && isListDelete(plan)) await holdBack(carrying, one);
    else if (await carryList(carrying, one, plan)) pushed += 1;
    Context.current().heartbeat({ pushed });
  }
  pushed += await carryMembers(carrying);
  if (pushed > 0) {
    await fenced(deps.db, fence, (tx) => addRunCounts(tx, carrying.runId, { ...noCounts, pushed }));
  }
  return pushed;
}

/** Rule 19: too many at once are left as they are, which a person reads among the conflicts; one that is wanted again is not. */
async function holdBack(carrying: Carrying, due: DueList): Promise<void> {
  const { integrationId } = carrying.fence;
  await whileInForce(carrying, async (tx) => {
    if (await holdListWork(tx, { integrationId, due }))
      await leaveToPerson(tx, carrying, due, 'lists_held_back', holdMs);
  });
}
