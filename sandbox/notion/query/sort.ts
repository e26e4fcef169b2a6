/** Sorts rows as a data-source query orders them; the keys also say where the next page begins. */
import { z } from 'zod';
import { validationError } from '../errors.ts';
import { readValue } from '../properties/read-value.ts';
import { findProperty } from '../properties/write-value.ts';
import type { Json, JsonObject, PropertyDefinition } from '../records.ts';
import { plainText } from '../rich-text.ts';
import type { NotionSettings } from '../settings.ts';
import type { Row } from '../world/workspace-world.ts';

const direction = z.enum(['ascending', 'descending']);

export const sortsSchema = z
  .array(
    z.union([
      z.strictObject({ timestamp: z.enum(['created_time', 'last_edited_time']), direction }),
      z.strictObject({ property: z.string(), direction }),
    ]),
  )
  .max(100)
  .optional();
export type Sorts = z.infer<typeof sortsSchema>;

type Key = number | string | null;

/** Where a row stands in the order: one key for each sort, then its creation. */
export interface Position {
  keys: Key[];
  order: number;
}

export interface Sorting {
  positionOf(row: Row): Position;
  compare(a: Position, b: Position): number;
}

export function compileSorts(
  sorts: Sorts,
  context: { schema: readonly PropertyDefinition[]; settings: NotionSettings },
): Sorting {
  const { schema, settings } = context;
  const parts = (sorts ?? []).map((sort) => {
    const sign = sort.direction === 'descending' ? -1 : 1;
    if ('timestamp' in sort) {
      const edited = sort.timestamp === 'last_edited_time';
      const precision = edited ? settings.lastEditedTimePrecisionMs : settings.createdTimePrecisionMs;
      const keyOf = (row: Row): Key =>
        Math.floor((edited ? row.lastEditedAtMs : row.createdAtMs) / precision);
      return { sign, keyOf };
    }
    const definition = findProperty(schema, sort.property);
    if (definition === undefined)
      throw validationError(`Could not find sort property with name or id: ${sort.property}`);
    const keyOf = (row: Row): Key =>
      comparable(definition, readValue(definition, { page: row.load(), schema, settings }));
    return { sign, keyOf };
  });
  return {
    positionOf: (row) => ({ keys: parts.map(({ keyOf }) => keyOf(row)), order: row.order }),
    compare: (a, b) => {
      for (let i = 0; i < parts.length; i++) {
        const difference = compareKeys(a.keys[i] ?? null, b.keys[i] ?? null, parts[i]?.sign ?? 1);
        if (difference !== 0) return difference;
      }
      return a.order - b.order;
    },
  };
}

/** Empty values come last, whatever the direction. */
function compareKeys(a: Key, b: Key, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a < b ? -1 : 1) * sign;
}

function comparable(definition: PropertyDefinition, value: Json): Key {
  if (value === null || value === '') return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value)) {
    const first = value[0] as JsonObject | undefined;
    if (first === undefined) return null;
    if (definition.type === 'multi_select') return optionRank(definition, first);
    return plainText(value).toLowerCase() || String(first.id ?? first.name ?? '');
  }
  if (definition.type === 'select' || definition.type === 'status') return optionRank(definition, value);
  if (definition.type === 'date') return typeof value.start === 'string' ? Date.parse(value.start) : null;
  const inner = value[String(value.type ?? '')] ?? value.number ?? value.id;
  return typeof inner === 'number' || typeof inner === 'string' ? inner : null;
}

function optionRank(definition: PropertyDefinition, option: JsonObject): number {
  return ((definition.config.options ?? []) as JsonObject[]).findIndex(({ id }) => id === option.id);
}
