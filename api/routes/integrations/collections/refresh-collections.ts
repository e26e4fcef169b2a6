import { listAllCollections } from '../../../../db/queries/collections-read.ts';
import type { RefreshOutcome } from '../../../../workflows/messages.ts';
import { collectionsRefreshed } from '../../../contract/collection.ts';
import { defineRoute } from '../../../define-route.ts';
import { requireProvider } from '../../../deps.ts';
import { presentCollection } from '../../../present.ts';
import { ProblemError } from '../../../problem.ts';
import { requireSignedIn } from '../../../refusal.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';
import { runAside } from '../../../run-aside.ts';

const refreshTimeoutMs = 30_000;

export const refreshCollections = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/collections/refresh',
  summary: 'Read the list of collections from the provider again',
  description: 'Every choice is kept. What the provider no longer lists is named as missing, not removed.',
  tag: 'Collections',
  auth: 'caller',
  params: integrationParams,
  responses: { 200: { description: 'What changed', schema: collectionsRefreshed } },
  problems: [409, 422],
  handler: async ({ deps, caller, params, newId }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const { adapter } = requireProvider(deps.catalogue, integration.provider);
    if (adapter.collectionNoun === undefined) {
      throw new ProblemError('not_supported', { detail: `${adapter.displayName} has nothing to tick.` });
    }
    requireSignedIn(integration);
    // The workflow's history holds counts, never names; what changed is read from our own rows.
    const before = new Map((await listAllCollections(deps.db, integration.id)).map((row) => [row.id, row]));
    const outcome = await runAside<RefreshOutcome>(deps, integration, {
      kind: 'refresh-collections',
      newId,
      timeoutMs: refreshTimeoutMs,
    });
    if (outcome === undefined) {
      throw new ProblemError('upstream_unavailable', {
        detail: `${adapter.displayName} had not answered after ${refreshTimeoutMs / 1000} seconds. The refresh goes on.`,
        remedy: `Look at GET /v1/integrations/${integration.id}/collections in a minute.`,
        headers: { 'Retry-After': '30' },
      });
    }
    const after = await listAllCollections(deps.db, integration.id);
    const known = after.filter((row) => before.has(row.id));
    const body = {
      added: after.filter((row) => !before.has(row.id)).map(presentCollection),
      renamed: known.filter((row) => row.name !== before.get(row.id)?.name).map(presentCollection),
      missing: known
        .filter((row) => row.missingSince !== null && before.get(row.id)?.missingSince === null)
        .map(presentCollection),
    };
    return { status: 200, body };
  },
});
