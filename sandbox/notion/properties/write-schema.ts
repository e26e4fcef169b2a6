/** The schema of a data source as clients send it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { validationError } from '../errors.ts';
import type { JsonObject, PropertyDefinition } from '../records.ts';
import { parseBody } from '../request-body.ts';
import { uuid } from '../rich-text.ts';
import { statusConfig } from '../world/schemas.ts';
import { findProperty } from './write-value.ts';

const options = z
  .looseObject({
    options: z
      .array(
        z.looseObject({
          id: z.string().optional(),
          name: z.string().max(100).optional(),
          color: z.string().optional(),
          description: z.string().nullish(),
        }),
      )
      .max(100, 'length should be ≤ `100`')
      .default([]),
  })
  .transform(({ options: sent }) => ({
    options: sent.map((one) => ({
      id: one.id ?? randomUUID(),
      name: one.name ?? '',
      color: one.color ?? 'default',
      description: one.description ?? null,
    })),
  }));

const empty = z.looseObject({}).transform(() => ({}));

/** Where a relation leads is looked up by the caller, for access and for the database's id. */
const configs: Record<string, z.ZodType> = {
  title: empty,
  rich_text: empty,
  url: empty,
  email: empty,
  phone_number: empty,
  date: empty,
  checkbox: empty,
  people: empty,
  files: empty,
  created_time: empty,
  created_by: empty,
  last_edited_time: empty,
  last_edited_by: empty,
  number: z.looseObject({ format: z.string().default('number') }).transform(({ format }) => ({ format })),
  formula: z
    .looseObject({ expression: z.string().default('') })
    .transform(({ expression }) => ({ expression })),
  unique_id: z
    .looseObject({ prefix: z.string().nullish() })
    .transform(({ prefix }) => ({ prefix: prefix ?? null })),
  select: options,
  multi_select: options,
  status: options.transform((sent) =>
    statusConfig(
      sent.options.length > 0
        ? sent.options
        : ['Not started', 'In progress', 'Done'].map((name) => ({
            id: randomUUID(),
            name,
            color: 'default',
            description: null,
          })),
    ),
  ),
  relation: z
    .looseObject({ data_source_id: uuid, single_property: z.looseObject({}) })
    .transform(({ data_source_id }) => ({ data_source_id, type: 'single_property', single_property: {} })),
};

/** @returns the id of the database of a data source that may be related to; throws where there is none */
export type FindDatabase = (dataSourceId: string) => string;

export function createSchema(
  sent: Record<string, unknown>,
  findDatabase: FindDatabase,
): PropertyDefinition[] {
  const schema = Object.entries(sent).map(([name, raw]) => define(name, raw, findDatabase));
  if (schema.filter(({ type }) => type === 'title').length !== 1)
    throw validationError('Title is not provided: a data source should have exactly one title property.');
  return schema;
}

/** Changes by name or id: null removes, an unknown name adds. */
export function updateSchema(
  schema: readonly PropertyDefinition[],
  sent: Record<string, unknown>,
  findDatabase: FindDatabase,
): PropertyDefinition[] {
  let next = [...schema];
  for (const [nameOrId, raw] of Object.entries(sent)) {
    const known = findProperty(next, nameOrId);
    if (known === undefined) {
      if (raw === null) throw validationError(`${nameOrId} is not a property that exists.`);
      next.push(define(nameOrId, raw, findDatabase));
    } else if (raw === null) {
      if (known.type === 'title') throw validationError('Cannot delete the title property.');
      next = next.filter((one) => one !== known);
    } else next = next.map((one) => (one === known ? redefine(known, raw, findDatabase) : one));
  }
  const names = next.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw validationError('Property names should be unique.');
  return next;
}

function define(name: string, raw: unknown, findDatabase: FindDatabase): PropertyDefinition {
  const { type, body } = readProperty(name, raw);
  if (type === undefined)
    throw validationError(`body failed validation: body.properties.${name} should have a type.`);
  const id = type === 'title' ? 'title' : randomBytes(3).toString('base64url');
  return {
    id,
    name,
    type,
    description: descriptionOf(body),
    config: readConfig(name, type, body, findDatabase),
  };
}

function redefine(known: PropertyDefinition, raw: unknown, findDatabase: FindDatabase): PropertyDefinition {
  const { type, body } = readProperty(known.name, raw);
  if (type !== undefined && type !== known.type && (type === 'title' || known.type === 'title'))
    throw validationError('Cannot change the type of the title property.');
  return {
    id: known.id,
    name: typeof body.name === 'string' ? body.name : known.name,
    type: type ?? known.type,
    description: 'description' in body ? descriptionOf(body) : known.description,
    config: type === undefined ? known.config : readConfig(known.name, type, body, findDatabase),
  };
}

function readProperty(name: string, raw: unknown): { type: string | undefined; body: JsonObject } {
  if (typeof raw !== 'object' || raw === null)
    throw validationError(`body failed validation: body.properties.${name} should be an object.`);
  const body = raw as JsonObject;
  const type = Object.keys(configs).find((one) => one in body);
  if (
    type === undefined &&
    (typeof body.type === 'string' || Object.keys(body).some((key) => key === 'rollup'))
  )
    throw validationError(
      `body failed validation: body.properties.${name}.${String(body.type ?? 'rollup')} is not supported.`,
    );
  return { type, body };
}

function readConfig(name: string, type: string, body: JsonObject, findDatabase: FindDatabase): JsonObject {
  const schema = configs[type] as z.ZodType;
  const config = parseBody(schema, body[type] ?? {}, `body.properties.${name}.${type}`) as JsonObject;
  if (type !== 'relation') return config;
  return { database_id: findDatabase(String(config.data_source_id)), ...config };
}

function descriptionOf(body: JsonObject): string | null {
  return typeof body.description === 'string' ? body.description : null;
}
