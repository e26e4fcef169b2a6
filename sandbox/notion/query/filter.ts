/** Compiles the filter of a data-source query. Time stamps are read off the row; only properties make the page. */
import { validationError } from '../errors.ts';
import { readValue } from '../properties/read-value.ts';
import { findProperty } from '../properties/write-value.ts';
import type { Json, JsonObject, PropertyDefinition } from '../records.ts';
import { cutTime } from '../render/rendering.ts';
import type { NotionSettings } from '../settings.ts';
import type { Row } from '../world/workspace-world.ts';
import { compileCondition } from './conditions.ts';

export interface FilterContext {
  schema: readonly PropertyDefinition[];
  settings: NotionSettings;
  nowMs: number;
  meId: string;
}

export type RowCheck = (row: Row) => boolean;

/** Notion allows compound filters up to two levels deep. */
const MAX_DEPTH = 2;

export function compileFilter(filter: unknown, context: FilterContext, depth = 0): RowCheck {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw validationError('body failed validation: body.filter should be an object.');
  const sent = filter as JsonObject;
  for (const operator of ['and', 'or'] as const) {
    if (!(operator in sent)) continue;
    const parts = sent[operator];
    if (!Array.isArray(parts) || depth >= MAX_DEPTH)
      throw validationError(
        `body failed validation: body.filter.${operator} should be an array at most two levels deep.`,
      );
    const checks = parts.map((part) => compileFilter(part, context, depth + 1));
    if (operator === 'and') return (row) => checks.every((check) => check(row));
    return (row) => checks.length === 0 || checks.some((check) => check(row));
  }
  if ('timestamp' in sent) return compileTimestamp(sent, context);
  return compileProperty(sent, context);
}

function compileTimestamp(sent: JsonObject, context: FilterContext): RowCheck {
  const { timestamp } = sent;
  if (timestamp !== 'created_time' && timestamp !== 'last_edited_time')
    throw validationError(
      'body failed validation: body.filter.timestamp should be `"created_time"` or `"last_edited_time"`.',
    );
  const check = compileCondition(timestamp, sent[timestamp], context);
  return (row) => check(timestampOf(row, timestamp, context.settings));
}

export function timestampOf(
  row: Row,
  timestamp: 'created_time' | 'last_edited_time',
  settings: NotionSettings,
): string {
  return timestamp === 'created_time'
    ? cutTime(row.createdAtMs, settings.createdTimePrecisionMs)
    : cutTime(row.lastEditedAtMs, settings.lastEditedTimePrecisionMs);
}

function compileProperty(sent: JsonObject, context: FilterContext): RowCheck {
  const name = sent.property;
  if (typeof name !== 'string')
    throw validationError(
      'body failed validation: body.filter.property should be defined, instead was `undefined`.',
    );
  const definition = findProperty(context.schema, name);
  if (definition === undefined) throw validationError(`Could not find property with name or id: ${name}`);
  const { type } = definition;
  if (!(type in sent)) {
    const given = Object.keys(sent).filter((key) => key !== 'property' && key !== 'type');
    throw validationError(`database property ${type} does not match filter ${given[0] ?? 'undefined'}`);
  }
  const check = compileCondition(type, sent[type], context);
  const { schema, settings } = context;
  return (row) => check(readValue(definition, { page: row.load(), schema, settings }) as Json);
}
