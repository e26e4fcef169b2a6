/** Lists flow another way than before: all of them are planned, and all memberships compared, without asking the provider. */
import { Context } from '@temporalio/activity';
import { joinMemberships, tiedContactsAfter } from '../../db/queries/contact-list-members.ts';
import { dueListFlow, finishListFlow } from '../../db/queries/contact-list-work.ts';
import { noteAllLists } from '../../db/queries/contact-work.ts';
import type { EffectiveDirection } from '../../sync/direction.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { type Carrying, whileInForce } from './carrying.ts';

const contactsAtOnce = 500;

/** Once for each time that the direction or the mappings turned; one that breaks off, or sees them turn again, is begun anew. */
export async function turnLists(
  settings: Pick<Carrying, 'deps' | 'fence' | 'stamp'>,
  input: { runId: string; userId: string; direction: EffectiveDirection },
): Promise<void> {
  const { runId, userId, direction } = input;
  const { integrationId } = settings.fence;
  const touched = await dueListFlow(settings.deps.db, integrationId);
  if (touched === undefined) return;
  const flow = flowOf(direction);
  for (let afterId = ''; ; ) {
    const page = { integrationId, afterId, limit: contactsAtOnce };
    const contactIds = await whileInForce(settings, async (tx) => {
      const ids = await tiedContactsAfter(tx, page);
      await joinMemberships(tx, { integrationId, runId, contactIds: ids, flow, isTurned: true });
      return ids;
    });
    if (contactIds === undefined) return;
    Context.current().heartbeat({ afterId });
    if (contactIds.length < contactsAtOnce) break;
    afterId = contactIds.at(-1) ?? '';
  }
  await whileInForce(settings, async (tx) => {
    await noteAllLists(tx, { integrationId, userId });
    await finishListFlow(tx, { integrationId, touched });
  });
}
