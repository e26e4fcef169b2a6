import { recordAudit } from '../../../db/queries/audit.ts';
import { beginAuthorization, prepareAuthorization } from '../../begin-authorization.ts';
import { reauthentication } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { requireProvider } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';
import { integrationParams, requireIntegration } from '../../require-integration.ts';

export const reauthenticate = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/reauthenticate',
  summary: 'Sign in again at the provider',
  description: 'Settings, mappings and synced data stay. Signing in as another account is refused.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  responses: { 200: { description: 'Where to sign in', schema: reauthentication } },
  problems: [422],
  handler: async ({ deps, caller, params }) => {
    const row = await requireIntegration(deps, caller, params.id);
    if (row.authKind === 'api_key') {
      throw new ProblemError('auth_kind_unsupported', {
        detail: 'This integration uses an API key.',
        remedy: `Replace the key with PUT /v1/integrations/${row.id}/api-key.`,
      });
    }
    const offered = requireProvider(deps.catalogue, row.provider);
    const authorization = prepareAuthorization(offered, deps.config.publicUrl);
    await deps.db.transaction(async (tx) => {
      await beginAuthorization(tx, deps.sealer, {
        authorization,
        integrationId: row.id,
        // Before the first success there is no account to compare with: it is still the first sign-in.
        purpose: row.accountId === null ? 'connect' : 'reauthenticate',
        caller,
      });
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.reauthenticate',
        target: row.id,
      });
    });
    return { status: 200, body: { authorizationUrl: authorization.url } };
  },
});
