/**
 * Fills any operation of the OpenAPI document with one tenant's ids, so that a new route is tried without being named
 * anywhere. It throws where it doesn't know what an id names: seed one in rows.ts and name it in `NamedIds`.
 */
import type { SeededIntegration } from './rows.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema, as the document has it
type Json = any;

export interface Operation {
  readonly method: string;
  /** As OpenAPI has it: `/v1/integrations/{id}`. */
  readonly path: string;
  /** `none`: public; `key`: a workspace key alone; `any`: a key or a session. */
  readonly access: 'none' | 'key' | 'any';
  readonly parameters: readonly Json[];
  readonly body: Json | undefined;
}

export interface FilledRequest {
  readonly path: string;
  readonly body: unknown;
  /** Whether it names something of the tenant: in its path, its query or its body. */
  readonly names: { readonly path: boolean; readonly query: boolean; readonly body: boolean };
}

export type NamedIds = Readonly<Record<string, string>>;

/** Every id by the name it has in paths, queries and bodies; `{id}` goes by the segment before it. */
export function nameIds(seeded: SeededIntegration, userId: string): NamedIds {
  return {
    integrations: seeded.id,
    contacts: seeded.contactId,
    tasks: seeded.taskId,
    documents: seeded.documentId,
    'api-keys': seeded.keyId,
    conflicts: seeded.conflictId,
    'contact-lists': seeded.listId,
    integrationId: seeded.id,
    target: seeded.id,
    collectionId: seeded.collectionId,
    calendarId: seeded.collectionId,
    teamId: seeded.collectionId,
    runId: seeded.runId,
    planId: seeded.planId,
    contactId: seeded.contactId,
    listId: seeded.listId,
    externalUserId: 'remote-person',
    userId,
    assigneeUserId: userId,
  };
}

/** Words and numbers that name nothing of a tenant. */
const words: NamedIds = { provider: 'google-calendar', version: '1' };

export function readOperations(document: Json): Operation[] {
  return Object.entries<Record<string, Json>>(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: readAccess(operation.security),
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content['application/json'].schema,
    })),
  );
}

function readAccess(security: readonly Record<string, unknown>[]): Operation['access'] {
  if (security.length === 0) return 'none';
  return security.some((way) => 'session' in way) ? 'any' : 'key';
}

export function fillRequest(document: Json, operation: Operation, ids: NamedIds): FilledRequest {
  const route = `${operation.method} ${operation.path}`;
  const find = (name: string): string => {
    const value = ids[name] ?? words[name];
    if (value === undefined) {
      throw new Error(`${route}: tests/api/fill-request.ts doesn't know what "${name}" names. Add it there.`);
    }
    return value;
  };
  const path = operation.path.replaceAll(/([\w-]+)\/\{(\w+)\}/g, (_match, noun: string, name: string) => {
    const id = find(name === 'id' ? noun : name);
    return `${noun}/${encodeURIComponent(id)}`;
  });
  const query = new URLSearchParams();
  let queryNames = false;
  for (const { in: place, name, required, schema } of operation.parameters) {
    if (place !== 'query' || !(required || isId(name, schema))) continue;
    query.set(name, isId(name, schema) ? find(name) : String(sample(document, name, schema, find)));
    queryNames ||= isId(name, schema);
  }
  let bodyNames = false;
  const body = sample(document, 'body', operation.body, (name) => {
    bodyNames ||= name in ids;
    return find(name);
  });
  return {
    path: query.size === 0 ? path : `${path}?${query}`,
    body,
    names: { path: path !== operation.path, query: queryNames, body: bodyNames },
  };
}

/** The pattern of `resourceId` (api/contract/shape.ts), or a name that says so. */
const isId = (name: string, schema: Json): boolean =>
  schema.pattern === '^[\\w-]{1,80}$' || (schema.type === 'string' && /(^id|Id)$/.test(name));

/** The least that the schema takes: required fields, and one where none is required. */
function sample(document: Json, name: string, schema: Json, find: (name: string) => string): unknown {
  if (schema === undefined) return undefined;
  const inner = (of: Json, as = name) => sample(document, as, of, find);
  if (schema.$ref !== undefined) return inner(document.components.schemas[schema.$ref.split('/').pop()]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices: Json[] | undefined = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return inner(choices.find((choice) => choice.type !== 'null'));
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part: Json) => inner(part)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const required: string[] = schema.required ?? Object.keys(schema.properties ?? {}).slice(0, 1);
      return Object.fromEntries(required.map((field) => [field, inner(schema.properties[field], field)]));
    }
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => inner(schema.items));
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'string':
      if (isId(name, schema)) return find(name);
      if (schema.format === 'date-time') return '2026-11-23T12:00:00.000Z';
      if (schema.format === 'date') return '2026-11-23';
      return 'x'.repeat(Math.max(1, schema.minLength ?? 1));
    default:
      return {};
  }
}
