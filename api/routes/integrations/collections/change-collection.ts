import { recordAudit } from '../../../../db/queries/audit.ts';
import { changeSubscription, findCollection } from '../../../../db/queries/collections-read.ts';
import { publishEvent } from '../../../../db/queries/integration-events.ts';
import { collection, patchCollection } from '../../../contract/collection.ts';
import { resourceId } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentCollection } from '../../../present.ts';
import { notFound } from '../../../problem.ts';
import { requestSyncIfPossible } from '../../../request-sync.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const changeCollection = defineRoute({
  method: 'patch',
  path: '/v1/integrations/{id}/collections/{collectionId}',
  summary: 'Tick or untick a collection',
  description:
    'Records of an unticked one are gone from every read at once; a ticked one is synced right away.',
  tag: 'Collections',
  auth: 'caller',
  params: integrationParams.extend({ collectionId: resourceId }),
  body: patchCollection,
  responses: { 200: { description: 'The collection', schema: collection } },
  handler: async ({ deps, caller, params, body, newId }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const { collectionId } = params;
    if ((await findCollection(deps.db, integration.id, collectionId)) === undefined)
      throw notFound('collection');
    const changed = await deps.db.transaction(async (tx) => {
      const isChange = await changeSubscription(tx, collectionId, body.subscribed);
      if (isChange) {
        await publishEvent(tx, { integrationId: integration.id, type: 'collections', data: {} });
        await recordAudit(tx, {
          workspaceId: caller.workspaceId,
          actor: caller.actor,
          action: 'collection.change',
          target: collectionId,
          details: body,
        });
      }
      return isChange;
    });
    if (changed) {
      // Every later sync follows the choice.
      await requestSyncIfPossible(deps, integration, { mode: 'incremental', trigger: 'subscription', newId });
    }
    const row = await findCollection(deps.db, integration.id, collectionId);
    if (row === undefined) throw notFound('collection');
    return { status: 200, body: presentCollection(row) };
  },
});
