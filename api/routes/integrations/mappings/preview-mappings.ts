import { listPairs } from '../../../../db/queries/contact-pairs.ts';
import { directionOf } from '../../../../sync/direction.ts';
import { previewMappingChange } from '../../../../sync/preview-mapping.ts';
import { effectOf, flowOf, requireValid, toStored } from '../../../change-mappings.ts';
import { mappingPreview, previewMappings as requestBody } from '../../../contract/mapping.ts';
import { defineRoute } from '../../../define-route.ts';
import { nameOf } from '../../../name-contact.ts';
import { previewObjects } from '../../../preview-objects.ts';
import { readMappings } from '../../../read-mappings.ts';
import { readOtherFeeds } from '../../../read-other-feeds.ts';
import { fieldsOf, pairOf } from '../../../read-pair.ts';
import { requireContactProvider } from '../../../require-contact-provider.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const previewMappings = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/mappings/preview',
  summary: 'Try mappings on real contacts',
  description:
    'Writes nothing. Mappings that are not named stay as they are. The effect is shown for the direction that the person chose.',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  body: requestBody,
  responses: { 200: { description: 'What would be written', schema: mappingPreview } },
  handler: async ({ deps, caller, params, body }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, integration);
    const present = await readMappings(deps.db, integration.id);
    const next = toStored(body, present);
    requireValid(integration, next, { present });
    const direction = directionOf(integration.syncDirection ?? 'from_provider');
    const rows = await listPairs(deps.db, integration.id, body.sample);
    const names = new Map(rows.map(({ contact }) => [contact.id, nameOf(fieldsOf(contact))]));
    const others = await readOtherFeeds(deps.db, caller, {
      ...{ integrationId: integration.id, contactIds: rows.map(({ contact }) => contact.id) },
    });
    const preview = previewMappingChange({
      before: flowOf(present, direction),
      after: flowOf(next, direction),
      policy: integration.conflictPolicy ?? 'newest',
      records: rows.map((row) => ({
        ...pairOf(row, present),
        others: others.get(row.contact.id) ?? [],
      })),
    });
    const objects = await previewObjects(deps.db, integration, {
      before: present.objects,
      after: next.objects,
    });
    const count = (side: string) => preview.changes.filter((change) => change.side === side).length;
    return {
      status: 200,
      body: {
        records: rows.length,
        changedFields: preview.changedFields,
        changes: preview.changes.map((change) => ({
          ...change,
          contactName: names.get(change.contactId) ?? '',
        })),
        counts: {
          harmony: count('harmony'),
          provider: count('provider'),
          conflicts: preview.conflicts,
        },
        takesEffect: effectOf(integration, present, next),
        ...objects,
      },
    };
  },
});
