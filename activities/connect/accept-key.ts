import { changePhase, findIntegration } from '../../db/queries/integrations.ts';
import type { AuthorizeOutcome } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';

/** An API key was tried before it was stored, so connecting with it needs no provider: the account is known. */
export function createAcceptKey(deps: ActivityDeps) {
  return async function acceptKey(input: { integrationId: string }): Promise<AuthorizeOutcome> {
    const integration = await findIntegration(deps.db, input.integrationId);
    if (integration === undefined || integration.deletingAt !== null)
      throw integrationGone(input.integrationId);
    await deps.db.transaction((tx) => changePhase(tx, integration.id, { phase: 'active', attention: null }));
    return { ok: true, accountName: integration.accountEmail ?? integration.accountName ?? '' };
  };
}
