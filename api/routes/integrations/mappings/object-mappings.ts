import { changeMappings } from '../../../change-mappings.ts';
import {
  mappingChange,
  objectMappings,
  putObjectMappings,
  readMappingsQuery,
} from '../../../contract/mapping.ts';
import { defineRoute } from '../../../define-route.ts';
import { requireContactProvider } from '../../../require-contact-provider.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';
import { readMappingState } from './mapping-state.ts';

const path = '/v1/integrations/{id}/object-mappings';

export const getObjectMappings = defineRoute({
  method: 'get',
  path,
  summary: 'Which objects correspond, and which way they flow',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  query: readMappingsQuery,
  responses: { 200: { description: 'Those in force', schema: objectMappings } },
  problems: [422],
  handler: async ({ deps, caller, params }) => {
    const row = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, row);
    const { objects, ...state } = await readMappingState(deps.db, row.id);
    return { status: 200, body: { data: objects, ...state.about } };
  },
});

export const replaceObjectMappings = defineRoute({
  method: 'put',
  path,
  summary: 'Replace the object mappings',
  description:
    'A new version, in force at once where nothing more is written to the provider than before, else with a plan. Switching an object off unlinks and deletes nothing on either side.',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  body: putObjectMappings,
  responses: { 200: { description: 'The new version', schema: mappingChange } },
  handler: async ({ deps, caller, params, body }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, integration);
    const set = { objects: body.data, version: body.version, names: { objects: 'data', fields: 'fields' } };
    return { status: 200, body: await changeMappings(deps, caller, { integration, set }) };
  },
});
