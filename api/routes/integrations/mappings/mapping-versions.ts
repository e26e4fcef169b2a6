/** Mappings as they were, and the way back. */
import { z } from 'zod';
import { findNewestMappings, listMappingVersions } from '../../../../db/queries/contact-mappings.ts';
import { changeMappings } from '../../../change-mappings.ts';
import { listMappingVersionsQuery, mappingChange, mappingVersion } from '../../../contract/mapping.ts';
import { listOf } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { decodeCursor, encodeCursor } from '../../../paging.ts';
import { notFound } from '../../../problem.ts';
import { defaultMappings, presentMappings } from '../../../read-mappings.ts';
import { requireContactProvider } from '../../../require-contact-provider.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';
import { presentVersion, readMappingState } from './mapping-state.ts';

const position = z.strictObject({ version: z.int() });

export const getMappingVersions = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/mapping-versions',
  summary: 'Versions of the mappings, the newest first',
  description: 'The first version is the defaults.',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams,
  query: listMappingVersionsQuery,
  responses: { 200: { description: 'One page', schema: listOf(mappingVersion) } },
  problems: [422],
  handler: async ({ deps, caller, params, query }) => {
    const row = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, row);
    const { limit, cursor } = query;
    const before = cursor === undefined ? undefined : decodeCursor(cursor, position).version;
    const { about } = await readMappingState(deps.db, row.id);
    const found = await listMappingVersions(deps.db, row.id, { limit: limit + 1, before });
    const isFirstShown = before !== undefined && before <= defaultMappings.version;
    const all = isFirstShown ? [] : [...found, defaultMappings];
    const shown = all.slice(0, limit);
    const last = shown.at(-1);
    return {
      status: 200,
      body: {
        data: shown.map((version) => presentVersion(version, about)),
        nextCursor:
          all.length > shown.length && last !== undefined ? encodeCursor({ version: last.version }) : null,
      },
    };
  },
});

export const restoreMappingVersion = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/mapping-versions/{version}/restore',
  summary: 'Go back to former mappings',
  description: 'Makes a new version of the same content, which takes effect as with PUT.',
  tag: 'Mappings',
  auth: 'caller',
  params: integrationParams.extend({ version: z.coerce.number().int().min(1).max(1_000_000) }),
  responses: { 200: { description: 'The new version', schema: mappingChange } },
  handler: async ({ deps, caller, params }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, integration);
    const [found] = await listMappingVersions(deps.db, integration.id, {
      ...{ limit: 1, before: params.version + 1 },
    });
    const wanted = params.version === defaultMappings.version ? defaultMappings : found;
    if (wanted?.version !== params.version) throw notFound('version of the mappings');
    const newest = (await findNewestMappings(deps.db, integration.id)) ?? defaultMappings;
    const set = { ...presentMappings(wanted), version: newest.version };
    return { status: 200, body: await changeMappings(deps, caller, { integration, set }) };
  },
});
