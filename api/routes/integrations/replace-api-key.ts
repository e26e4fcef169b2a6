import { recordAudit } from '../../../db/queries/audit.ts';
import { storeCredential } from '../../../db/queries/credentials.ts';
import { changePhase, findIntegration, setAccount } from '../../../db/queries/integrations.ts';
import { checkApiKey } from '../../check-api-key.ts';
import { integration, replaceApiKey as requestBody } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { requireProvider } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';
import { requestSyncIfPossible } from '../../request-sync.ts';
import {
  describeIntegration,
  integrationParams,
  requireIntegration,
  toRef,
} from '../../require-integration.ts';

export const replaceApiKey = defineRoute({
  method: 'put',
  path: '/v1/integrations/{id}/api-key',
  summary: 'Replace the API key',
  description:
    'The new key is tested against the same account first; if it fails, the old one keeps working. Where access had been lost, a sync catches up at once.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  body: requestBody,
  responses: { 200: { description: 'The integration, with the new key', schema: integration } },
  problems: [422],
  handler: async ({ deps, caller, params, body, newId }) => {
    const row = await requireIntegration(deps, caller, params.id);
    if (row.authKind !== 'api_key') {
      throw new ProblemError('auth_kind_unsupported', {
        detail: 'This integration is signed in with OAuth and has no API key.',
        remedy: `Sign in again with POST /v1/integrations/${row.id}/reauthenticate.`,
      });
    }
    const { account, ...credential } = await checkApiKey(
      requireProvider(deps.catalogue, row.provider),
      body.apiKey,
    );
    if (row.accountId !== null && account.id !== row.accountId) {
      throw new ProblemError('api_key_refused', {
        detail: `The key belongs to ${account.name}, but this integration is of ${row.accountName ?? row.accountId}.`,
        remedy: 'Use a key of the same account, or connect the other one as a new integration.',
        errors: [{ path: 'apiKey', message: 'belongs to another account' }],
      });
    }
    const wasLost = await deps.db.transaction(async (tx) => {
      await storeCredential(tx, deps.sealer, { integrationId: row.id, ...credential });
      // The key of another member of the same account: the card names whose it is.
      if (row.accountId !== null) await setAccount(tx, row.id, account);
      // As it is by now: a run may have failed with the old key while the new one was tried.
      const before = await findIntegration(tx, row.id);
      await changePhase(tx, row.id, { from: 'needs_reauth', phase: 'active', attention: null });
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.replace-api-key',
        target: row.id,
      });
      return before?.phase === 'needs_reauth';
    });
    await deps.arbiter
      .announceSettings(toRef(row))
      .catch((err) => deps.logger.warn({ err, integrationId: row.id }, 'new key not announced'));
    if (wasLost) {
      const current = await requireIntegration(deps, caller, row.id);
      await requestSyncIfPossible(deps, current, { mode: 'incremental', trigger: 'reauthenticated', newId });
    }
    return { status: 200, body: await describeIntegration(deps, caller, row.id) };
  },
});
