/** Lists flow another way than before: all of them are planned, and all memberships compared, without asking the provider. */
import { Context } from '@temporalio/activity';
import { joinMemberships, tiedContactsAfter } from '../../db/queries/contact-list-members.ts';
import { dueListFlow, finishListFlow } from '../../db/queries/contact-list-work.ts';
import { noteAllLists } from '../../db/queries/contact-work.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import type { EffectiveDirection } from '../../sync/direction.ts';
import { flowOf } from '../../sync/list-flow.ts';
import type { ActivityDeps } from '../deps.ts';

const contactsAtOnce = 500;

/** Once for each time that the direction or the mappings turned; one that breaks off begins again. */
export async function turnLists(
  deps: ActivityDeps,
  input: { fence: Fence; runId: string; userId: string; direction: EffectiveDirection },
): Promise<void> {
  const { fence, runId, userId, direction } = input;
  const { integrationId } = fence;
  const touched = await dueListFlow(deps.db, integrationId);
  if (touched === undefined) return;
  const flow = flowOf(direction);
  for (let afterId = ''; ; ) {
    const page = { integrationId, afterId, limit: contactsAtOnce };
    const contactIds = await fenced(deps.db, fence, async (tx) => {
      const ids = await tiedContactsAfter(tx, page);
      await joinMemberships(tx, { integrationId, runId, contactIds: ids, flow, isTurned: true });
      return ids;
    });
    Context.current().heartbeat({ afterId });
    if (contactIds.length < contactsAtOnce) break;
    afterId = contactIds.at(-1) ?? '';
  }
  await fenced(deps.db, fence, async (tx) => {
    await noteAllLists(tx, { integrationId, userId });
    await finishListFlow(tx, { integrationId, touched });
  });
}
