/** Memberships that people changed in Harmony, sent to the groups of their lists. */
import { Context } from '@temporalio/activity';
import { setMembership } from '../../db/queries/contact-list-edits.ts';
import {
  delayMembers,
  dueMembers,
  noteMembersSent,
  settleMembers,
} from '../../db/queries/contact-list-work.ts';
import { fenced } from '../../db/queries/fence.ts';
import { mayPull, mayPush } from '../../sync/direction.ts';
import { isoAt, nowMs } from '../clock.ts';
import { type Carrying, membersAtOnce, retryMs } from './carrying.ts';
import { graceMs } from './grace.ts';
import { flowOf } from './list-flow.ts';

/** Sends memberships group by group; where the provider wins they go back to what it has. Returns how many were sent. */
export async function carryMembers({ deps, fence, isRead, direction, call }: Carrying): Promise<number> {
  const { integrationId } = fence;
  let sent = 0;
  for (;;) {
    const now = isoAt(nowMs(deps));
    if (!mayPush(direction)) {
      const where = { integrationId, now, limit: membersAtOnce };
      if (!mayPull(direction)) return sent;
      const settled = await fenced(deps.db, fence, (tx) =>
        settleMembers(tx, {
          ...{ ...where, flow: flowOf(direction) },
          kinds: isRead ? ['member', 'member_sent'] : ['member'],
        }),
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
