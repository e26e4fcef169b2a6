import { changeMappings } from '../../../change-mappings.ts';
import {
  fieldMappings,
  mappingChange,
  putFieldMappings,
  readMappingsQuery,
} from '../../../contract/mapping.ts';
import { defineRoute } from '../../../define-route.ts';
import { requireContactProvider } from '../../../require-contact-provider.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';
import { readMappingState } from './mapping-state.ts';

const path = '/v1/integrations/{id}/field-mappings';

export const getFieldMappings = defineRoute({
  method: 'get',
  path,
  summary: 'Which fields correspond, and which way each flows',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  query: readMappingsQuery,
  responses: { 200: { description: 'Those in force', schema: fieldMappings } },
  problems: [422],
  handler: async ({ deps, caller, params }) => {
    const row = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, row);
    const { fields, ...state } = await readMappingState(deps.db, row.id);
    return { status: 200, body: { data: fields, ...state.about } };
  },
});

export const replaceFieldMappings = defineRoute({
  method: 'put',
  path,
  summary: 'Replace the field mappings',
  description:
    'A new version, in force at once where nothing more is written to the provider than before, else with a plan. Values are filled in from what is here already, without a new download; a field that is no longer mapped keeps its value on both sides. Custom fields are `custom.<name>`.',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  body: putFieldMappings,
  responses: { 200: { description: 'The new version', schema: mappingChange } },
  handler: async ({ deps, caller, params, body }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, integration);
    const set = { fields: body.data, version: body.version, names: { objects: 'objects', fields: 'data' } };
    return { status: 200, body: await changeMappings(deps, caller, { integration, set }) };
  },
});
