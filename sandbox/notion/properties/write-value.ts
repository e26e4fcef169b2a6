/** Property values as clients send them, checked and brought into the form that is kept. */
import { z } from 'zod';
import { validationError } from '../errors.ts';
import type { Json, JsonObject, PropertyDefinition } from '../records.ts';
import { parseBody } from '../request-body.ts';
import { dateValue, fillDate, richText, uuid } from '../rich-text.ts';

const computedTypes = [
  'formula',
  'rollup',
  'unique_id',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'button',
];

const choice = z
  .looseObject({
    id: z.string().optional(),
    name: z.string().max(100, 'length should be ≤ `100`').optional(),
  })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'id or name should be defined');

const manyAtMost = <T extends z.ZodType>(schema: T) => z.array(schema).max(100, 'length should be ≤ `100`');
const shortText = (max: number) => z.string().min(1).max(max, `length should be ≤ \`${max}\``).nullable();

const schemas: Record<string, z.ZodType> = {
  title: richText,
  rich_text: richText,
  number: z.number().nullable(),
  checkbox: z.boolean(),
  url: shortText(2000),
  email: shortText(200),
  phone_number: shortText(200),
  date: dateValue.transform(fillDate).nullable(),
  people: manyAtMost(z.looseObject({ id: uuid }).transform(({ id }) => id)),
  relation: manyAtMost(z.looseObject({ id: uuid }).transform(({ id }) => id)),
  select: choice.nullable(),
  status: choice.nullable(),
  multi_select: manyAtMost(choice),
  files: manyAtMost(
    z
      .looseObject({ name: z.string().max(100), external: z.strictObject({ url: z.string().max(2000) }) })
      .transform(({ name, external }) => ({ name, type: 'external', external })),
  ),
};

export interface WrittenValues {
  values: Record<string, Json>;
  /** The property definitions, where a write named an option that did not exist; else as before. */
  properties: PropertyDefinition[];
}

/**
 * Reads the `properties` of a page write. Throws 400 validation_error for unknown, computed or wrongly typed ones.
 * @param newOption makes the id of an option that is created by being named
 */
export function writeValues(
  sent: Record<string, unknown>,
  schema: readonly PropertyDefinition[],
  newOption: () => string,
): WrittenValues {
  const values: Record<string, Json> = {};
  let properties = [...schema];
  for (const [nameOrId, raw] of Object.entries(sent)) {
    const definition = findProperty(properties, nameOrId);
    if (definition === undefined) throw validationError(`${nameOrId} is not a property that exists.`);
    const { type } = definition;
    if (computedTypes.includes(type))
      throw validationError(
        `${definition.name} is a ${type} property, which cannot be updated through the API.`,
      );
    const body = valueBody(raw, type, nameOrId);
    const check = schemas[type];
    if (check === undefined)
      throw validationError(`${definition.name} cannot be written: unsupported type ${type}.`);
    const value = parseBody(check, body, `body.properties.${nameOrId}.${type}`) as Json;
    if (type !== 'select' && type !== 'status' && type !== 'multi_select') {
      values[definition.id] = value;
      continue;
    }
    const named = resolveOptions(
      definition,
      (type === 'multi_select' ? value : value === null ? [] : [value]) as JsonObject[],
      newOption,
    );
    properties = properties.map((one) => (one === definition ? named.definition : one));
    values[definition.id] = type === 'multi_select' ? named.ids : (named.ids[0] ?? null);
  }
  return { values, properties };
}

/** By name, by id, or by the id as it reads when decoded. */
export function findProperty(
  schema: readonly PropertyDefinition[],
  nameOrId: string,
): PropertyDefinition | undefined {
  return schema.find(
    ({ id, name }) => id === nameOrId || name === nameOrId || decodePropertyId(id) === nameOrId,
  );
}

function decodePropertyId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function valueBody(raw: unknown, type: string, name: string): unknown {
  if (typeof raw === 'object' && raw !== null && type in raw) return (raw as Record<string, unknown>)[type];
  // Notion also takes the bare array of a title or rich text.
  if (Array.isArray(raw) && (type === 'title' || type === 'rich_text')) return raw;
  throw validationError(`${name} is expected to be ${type}.`);
}

function resolveOptions(
  definition: PropertyDefinition,
  choices: JsonObject[],
  newOption: () => string,
): { definition: PropertyDefinition; ids: string[] } {
  let options = (definition.config.options ?? []) as JsonObject[];
  const ids: string[] = [];
  for (const { id, name } of choices) {
    const known = options.find((one) => (id !== undefined ? one.id === id : one.name === name));
    if (known !== undefined) {
      ids.push(String(known.id));
      continue;
    }
    if (typeof name !== 'string' || definition.type === 'status')
      throw validationError(
        `Invalid ${definition.type} option: ${String(name ?? id)} does not exist in ${definition.name}.`,
      );
    if (name.includes(','))
      throw validationError(`Invalid ${definition.type} option, commas not allowed: ${name}`);
    const made = { id: newOption(), name, color: 'default', description: null };
    options = [...options, made];
    ids.push(made.id);
  }
  return {
    definition: { ...definition, config: { ...definition.config, options } },
    ids: [...new Set(ids)],
  };
}
