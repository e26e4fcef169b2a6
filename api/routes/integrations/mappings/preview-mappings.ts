import { listPairs } from '../../../../db/queries/contact-pairs.ts';
import { onlyReadStreams, personDecides } from '../../../../db/schema/index.ts';
import { changedFields, type MappingVersion } from '../../../../sync/change-mapping.ts';
import type { FieldMapping } from '../../../../sync/default-mappings.ts';
import { type Direction, directionOf } from '../../../../sync/direction.ts';
import { previewMappingChange } from '../../../../sync/preview-mapping.ts';
import { effectOf, flowOf, onlyReadFlowOf, requireValid, toStored } from '../../../change-mappings.ts';
import { mappingPreview, previewMappings as requestBody } from '../../../contract/mapping.ts';
import { defineRoute } from '../../../define-route.ts';
import { nameOf } from '../../../name-contact.ts';
import { previewObjects } from '../../../preview-objects.ts';
import { type Mappings, readMappings } from '../../../read-mappings.ts';
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
    // What waits for a person is left alone, whatever is mapped.
    const meant = rows.filter(
      ({ link: { parked } }) => parked === null || !personDecides.includes(parked.reason),
    );
    const previewOf = (isOnlyRead: boolean) =>
      previewMappingChange({
        before: versionOf(present, { direction, isOnlyRead }),
        after: versionOf(next, { direction, isOnlyRead }),
        forgotten: changedFields(pairsOf(present), pairsOf(next)),
        policy: integration.conflictPolicy ?? 'newest',
        isOnlyRead,
        records: meant
          .filter(({ link }) => isOnlyRead === (onlyReadStreams[link.stream] !== undefined))
          .map((row) => ({ ...pairOf(row, present), others: others.get(row.contact.id) ?? [] })),
      });
    const [own, onlyRead] = [previewOf(false), previewOf(true)];
    const changes = [...own.changes, ...onlyRead.changes];
    const objects = await previewObjects(deps.db, integration, {
      before: present.objects,
      after: next.objects,
    });
    const count = (side: string) => changes.filter((change) => change.side === side).length;
    return {
      status: 200,
      body: {
        records: rows.length,
        changedFields: own.changedFields,
        changes: changes.map((change) => ({
          ...change,
          contactName: names.get(change.contactId) ?? '',
        })),
        counts: {
          harmony: count('harmony'),
          provider: count('provider'),
          conflicts: own.conflicts + onlyRead.conflicts,
        },
        takesEffect: effectOf(integration, present, next),
        ...objects,
      },
    };
  },
});

/** Of the account's own contacts, or of those that are only read, each as far as it flows. */
function versionOf(
  mappings: Pick<Mappings, 'objects' | 'fields'>,
  { direction: chosen, isOnlyRead }: { direction: Direction; isOnlyRead: boolean },
): MappingVersion {
  const { mappings: fields, direction } = (isOnlyRead ? onlyReadFlowOf : flowOf)(mappings, chosen);
  return { mappings: fields, direction: direction === 'none' ? 'from_provider' : direction };
}

/** By what the mappings say themselves, as the planner compares them. */
const pairsOf = ({ fields }: Pick<Mappings, 'fields'>): MappingVersion => ({
  mappings: fields as readonly FieldMapping[],
  direction: 'both',
});
