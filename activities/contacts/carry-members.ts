/** Memberships that people changed in Harmony, sent to the groups of their lists. */
import { Context } from '@temporalio/activity';
import type { Transaction } from '../../db/client.ts';
import { holdContacts } from '../../db/queries/contact-edits.ts';
import { setMembership } from '../../db/queries/contact-list-edits.ts';
import { noteMembersElsewhere } from '../../db/queries/contact-lists-elsewhere.ts';
import {
  type DueMember,
  delayMembers,
  dueMembers,
  giveUpMembers,
  holdMembers,
  noteMembersSent,
  settleMembers,
} from '../../db/queries/contact-member-work.ts';
import { closeRefusedMembers, openPassingConflicts } from '../../db/queries/contact-passing-conflicts.ts';
import { fenced } from '../../db/queries/fence.ts';
import { noteMembers } from '../../db/queries/list-journal.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { type MemberChangeOutcome, ProviderError } from '../../providers/contract/index.ts';
import { mayPull, mayPush } from '../../sync/direction.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { isoAt, nowMs } from '../clock.ts';
import { type Carrying, membersAtOnce, orRefusal, retryMs, whileInForce } from './carrying.ts';
import { graceMsOf } from './grace.ts';
import { inTime } from './in-time.ts';

/** Sends memberships group by group; where the provider wins they go back to what it has. Returns how many were sent. */
export async function carryMembers(carrying: Carrying): Promise<number> {
  const { deps, fence, runId, isRead, direction } = carrying;
  const { integrationId } = fence;
  let sent = 0;
  for (;;) {
    const now = isoAt(nowMs(deps));
    if (!mayPush(direction)) {
      const where = { integrationId, runId, now, limit: membersAtOnce };
      if (!mayPull(direction)) return sent;
      const settled = await whileInForce(carrying, (tx) =>
        settleMembers(tx, {
          ...{ ...where, flow: flowOf(direction) },
          kinds: isRead ? ['member', 'member_sent'] : ['member'],
        }),
      );
      if (!settled) return sent;
      continue;
    }
    const due = await dueMembers(deps.db, { integrationId, now, limit: membersAtOnce });
    if (due.length === 0) return sent;
    for (const [groupId, members] of Map.groupBy(due, (member) => member.groupId)) {
      // Nobody can be put on it there, whoever noted that: it is not even asked for.
      const isHopeless = ({ isMember, takesMembers }: DueMember) => isMember && !takesMembers;
      await giveUp(carrying, members.filter(isHopeless), 'The group takes no members.');
      const wanted = members.filter((member) => !isHopeless(member));
      const taken = await sendMembers(carrying, groupId, wanted);
      if (taken === undefined) return sent;
      sent += taken;
    }
    Context.current().heartbeat({ sent });
  }
}

/**
 * What one group refuses holds up neither the others nor the run. What was changed since `due` was read is left due. Returns how
 * many were sent; undefined where other settings hold by now.
 */
async function sendMembers(
  carrying: Carrying,
  groupId: string,
  due: readonly DueMember[],
): Promise<number | undefined> {
  const { deps, fence, runId } = carrying;
  const { integrationId } = fence;
  const preparedAtMs = nowMs(deps);
  const call = inTime(deps, carrying.call, preparedAtMs);
  const asRead = { integrationId, members: due, now: isoAt(preparedAtMs) };
  const members = await whileInForce(carrying, (tx) => holdMembers(tx, asRead));
  if (members === undefined || members.length === 0) return members?.length;
  const ids = (isMember: boolean) =>
    members.filter((member) => member.isMember === isMember).map(({ remoteId }) => remoteId);
  const answer = await call<MemberChangeOutcome | ProviderError>((lists, signal) =>
    orRefusal(lists.changeMembers(groupId, { add: ids(true), remove: ids(false) }, signal)),
  );
  if (answer instanceof ProviderError) {
    await noteRefusal(carrying, members, answer);
    return 0;
  }
  const missing = members.filter(({ remoteId }) => answer.notFound.includes(remoteId));
  const carried = members.filter((member) => !missing.includes(member));
  const stayed = members.filter(({ remoteId }) => answer.lastList.includes(remoteId));
  const graceUntil = isoAt(nowMs(deps) + graceMsOf(deps));
  const until = isoAt(nowMs(deps) + retryMs);
  await fenced(deps.db, fence, async (tx) => {
    const refused: DueMember[] = [];
    await holdContacts(
      tx,
      stayed.map(({ contactId }) => contactId),
    );
    // A contact has to be in one group: it stays on its last list here, too.
    for (const member of stayed) {
      const { listId, contactId } = member;
      const back = { listId, contactId, member: true, isEdit: false };
      if (await setMembership(tx, back)) refused.push(member);
    }
    await noteMembersElsewhere(tx, {
      ...{ integrationId, isRefusal: true },
      members: refused.map(({ contactId, listId }) => ({ contact_id: contactId, list_id: listId })),
    });
    await noteMembersSent(tx, { integrationId, members: carried, graceUntil });
    const taken = carried.filter((member) => !refused.includes(member));
    const run = { integrationId, runId };
    const back = refused.map((member) => ({ ...member, isMember: true }));
    await noteMembers(tx, { ...run, side: 'harmony' }, back);
    const moved = taken.filter(({ isMember, isThere }) => isMember !== isThere);
    await noteMembers(tx, { ...run, side: 'provider' }, moved);
    await closeRefusedMembers(tx, { integrationId, members: taken });
    await tellRefused(tx, carrying, refused);
    // Not there yet, or no more: a listing will tell which.
    await delayMembers(tx, { integrationId, members: missing, until });
  });
  return carried.length;
}

/** A group that is gone or just changed: a listing tells of it long before it was asked for so often. */
const mostAttempts = 5;

async function noteRefusal(
  carrying: Carrying,
  members: readonly DueMember[],
  { kind, message }: ProviderError,
): Promise<void> {
  const { deps, fence } = carrying;
  const { integrationId } = fence;
  const mayPass = kind === 'not_found' || kind === 'stale_version';
  const mayTryAgain = ({ attempts }: DueMember) => mayPass && attempts + 1 < mostAttempts;
  for (const [attempts, later] of Map.groupBy(members.filter(mayTryAgain), (member) => member.attempts)) {
    const until = isoAt(nowMs(deps) + retryMs * 2 ** attempts);
    const delay = { integrationId, members: later, until, refused: true };
    await fenced(deps.db, fence, (tx) => delayMembers(tx, delay));
  }
  await giveUp(
    carrying,
    members.filter((member) => !mayTryAgain(member)),
    message,
  );
}

/** A person is told of each; the values are as they were sent. */
async function tellRefused(
  tx: Transaction,
  { deps, fence: { integrationId }, owner, runId }: Carrying,
  members: readonly DueMember[],
): Promise<void> {
  if (members.length === 0) return;
  const at = isoAt(nowMs(deps));
  const conflicts = await openPassingConflicts(
    tx,
    members.map(({ contactId, listId, remoteId, listName, isMember }) => ({
      ...{ ...owner, integrationId, runId, at, kind: 'refused', contactId, listId, remoteId },
      ...(isMember
        ? { localValue: listName, remoteValue: null }
        : { localValue: null, remoteValue: listName }),
    })),
  );
  await addRunCounts(tx, runId, { ...noCounts, conflicts, failed: members.length });
}

/**
 * They are as the provider has them where that counts here, and a person is told of each in which both sides differed, no more of
 * any other; `why` is for the operator.
 */
async function giveUp(carrying: Carrying, members: readonly DueMember[], why: string): Promise<void> {
  if (members.length === 0) return;
  const { deps, fence, runId, direction } = carrying;
  const { integrationId } = fence;
  const refused = await whileInForce(carrying, async (tx) => {
    const given = await giveUpMembers(tx, { integrationId, runId, members, pulls: mayPull(direction) });
    const isOver = ({ isMember, isThere }: DueMember) => isMember === isThere;
    await closeRefusedMembers(tx, { integrationId, members: given.filter(isOver) });
    const differing = given.filter((member) => !isOver(member));
    await tellRefused(tx, carrying, differing);
    return differing.length;
  });
  const groups = [...new Set(members.map(({ groupId }) => groupId))];
  if (refused) deps.logger.warn({ integrationId, runId, groups, refused, why }, 'memberships were refused');
}
