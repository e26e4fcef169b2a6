import { changePhase } from '../../db/queries/integrations.ts';
import { endAttempt } from '../../db/queries/oauth-attempts.ts';
import type { Attention } from '../../db/schema/index.ts';
import { describeFailure, type FailureNote } from '../attention.ts';
import type { ActivityDeps } from '../deps.ts';

/** A sign-in that came to nothing: the card says why and what to do. Phase, data and cursors stay as they are. */
export function createNoteRefusal(deps: ActivityDeps) {
  return async function noteRefusal(input: {
    integrationId: string;
    /** The sign-in that is over. */
    attemptId: string;
    attention: Attention;
  }): Promise<void> {
    await endAttempt(deps.db, input.attemptId, null);
    await changePhase(deps.db, input.integrationId, { attention: input.attention });
  };
}

/** A failure in words for the person. */
export function createExplainFailure(deps: ActivityDeps) {
  return async function explainFailure(input: {
    provider: string;
    failure: FailureNote;
  }): Promise<Attention> {
    const { adapter, environment } = deps.provider(input.provider);
    return describeFailure(input.failure, { adapter, environment });
  };
}
