import { changePhase } from '../../db/queries/integrations.ts';
import type { Attention } from '../../db/schema/index.ts';
import type { ActivityDeps } from '../deps.ts';

/** A sign-in that came to nothing: the card says why and what to do. Phase, data and cursors stay as they are. */
export function createNoteRefusal(deps: ActivityDeps) {
  return async function noteRefusal(input: { integrationId: string; attention: Attention }): Promise<void> {
    await changePhase(deps.db, input.integrationId, { attention: input.attention });
  };
}
