/** The OpenAPI 3.1 document, from the same schemas that check requests. */
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { problem } from './contract/problem.ts';
import type { ResponseSpec, Route } from './define-route.ts';

const info = {
  title: 'Harmony integrations',
  version: '1.0.0',
  description:
    'Connects accounts of other services and keeps their data current in Harmony. Errors are application/problem+json (RFC 9457); lists are paged by cursor; POST, PUT, PATCH and DELETE take Idempotency-Key. Text with U+0000 or half of a surrogate pair is refused (400).',
};

const harmonyUser = z.object({
  'Harmony-User': z.string().optional().meta({ description: 'With a workspace key: act for this user' }),
});
const changingHeaders = harmonyUser.extend({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'A repeat with the same key gets the first answer; kept for 24 hours' }),
});

const problemTitles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'No valid key or session',
  403: 'Not allowed this way',
  404: "Unknown, deleted or somebody else's",
  409: 'Does not fit the present state',
  410: 'No longer kept',
  412: 'If-Match names another version than there is',
  413: 'The body is too large',
  415: 'The content type is not supported',
  422: 'Understood, but refused',
  429: 'Too many; see Retry-After',
  431: 'Address and headers are too long',
  503: 'A part of Harmony is away; see Retry-After',
};

export function buildDocument(routes: readonly Route[]): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: describe(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A workspace key (hk_…) or session token (hs_…)',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'harmony_session',
          description: 'The session of the page',
        },
      },
    },
  });
}

function describe(route: Route): ZodOpenApiOperationObject {
  const changes = route.method !== 'get';
  const headers = route.auth === 'public' ? undefined : changes ? changingHeaders : harmonyUser;
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    security: security(route),
    requestParams: {
      ...(route.params === undefined ? {} : { path: route.params as z.ZodObject }),
      ...(route.query === undefined ? {} : { query: route.query as z.ZodObject }),
      ...(headers === undefined ? {} : { header: headers }),
    },
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, spec]) => [status, describeResponse(spec)]),
      ),
      ...Object.fromEntries(usualProblems(route).map((status) => [String(status), describeProblem(status)])),
    },
  };
}

const security = (route: Route) => {
  if (route.auth === 'public') return [];
  return route.auth === 'workspace_key' ? [{ bearer: [] }] : [{ bearer: [] }, { session: [] }];
};

/** `POST /v1/integrations/{id}/sync` → `postIntegrationsIdSync`. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace('/v1', '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describeResponse(spec: ResponseSpec): ZodOpenApiResponseObject {
  const contentType = spec.contentType ?? 'application/json';
  const schema = spec.schema ?? (spec.contentType === undefined ? undefined : z.string());
  return {
    description: spec.description,
    ...(schema === undefined ? {} : { content: { [contentType]: { schema } } }),
    ...(spec.headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(spec.headers).map(([name, description]) => [
              name,
              { description, schema: { type: 'string' as const } },
            ]),
          ),
        }),
  };
}

function usualProblems(route: Route): number[] {
  const statuses = new Set(route.problems ?? []);
  const add = (...more: number[]) => {
    for (const status of more) statuses.add(status);
  };
  add(431);
  if (route.auth !== 'public') add(401, 404, 429, 503);
  if (route.auth === 'workspace_key') add(403);
  if (route.query !== undefined || route.method !== 'get') add(400);
  if (route.method !== 'get' && route.rawBodyLimitBytes === undefined) add(403, 409, 413, 415, 422);
  if (route.tag === 'Webhooks') add(404, 503);
  return [...statuses].filter((status) => !(status in route.responses)).sort((a, b) => a - b);
}

function describeProblem(status: number): ZodOpenApiResponseObject {
  return {
    description: problemTitles[status] ?? 'A problem',
    content: { 'application/problem+json': { schema: problem } },
  };
}
