import { countUnmapped } from '../../../../db/queries/people-read.ts';
import type { SyncUsersOutcome } from '../../../../workflows/messages.ts';
import { usersSynced } from '../../../contract/external-user.ts';
import { defineRoute } from '../../../define-route.ts';
import { requireProvider } from '../../../deps.ts';
import { ProblemError } from '../../../problem.ts';
import { requireSignedIn } from '../../../refusal.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';
import { runAside } from '../../../run-aside.ts';

const syncTimeoutMs = 30_000;

export const syncUsers = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/users/sync',
  summary: 'Read the people at the provider again and map them',
  description:
    'By e-mail only, in any case, where one person and one user have it alone. Existing mappings, manual choices and those of deactivated people stay.',
  tag: 'Users',
  auth: 'caller',
  params: integrationParams,
  responses: { 200: { description: 'How many are mapped', schema: usersSynced } },
  problems: [409, 422],
  handler: async ({ deps, caller, params, newId }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const { adapter } = requireProvider(deps.catalogue, integration.provider);
    if (!adapter.streams.some(({ kind }) => kind === 'person')) {
      throw new ProblemError('not_supported', { detail: `${adapter.displayName} has no people to map.` });
    }
    requireSignedIn(integration);
    const outcome = await runAside<SyncUsersOutcome>(deps, integration, {
      kind: 'sync-users',
      newId,
      timeoutMs: syncTimeoutMs,
    });
    if (outcome === undefined) {
      throw new ProblemError('upstream_unavailable', {
        detail: `${adapter.displayName} had not answered after ${syncTimeoutMs / 1000} seconds. It goes on.`,
        remedy: `Look at GET /v1/integrations/${integration.id}/users in a minute.`,
        headers: { 'Retry-After': '30' },
      });
    }
    const { people, mapped, newlyMapped } = outcome;
    const unmapped = await countUnmapped(deps.db, integration.id);
    return { status: 200, body: { people, mapped, newlyMapped, unmapped } };
  },
});
