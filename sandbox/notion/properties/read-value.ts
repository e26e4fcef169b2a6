/** Property values as Notion answers them, computed ones included. */
import type { Json, JsonObject, PageRecord, PropertyDefinition, RichText } from '../records.ts';
import { cutTime, partialUser } from '../render/rendering.ts';
import { isMention, plainText } from '../rich-text.ts';
import type { NotionSettings } from '../settings.ts';
import { evaluateFormula } from './formula.ts';

/** A page's answer holds at most this many references of one property; the rest must be paged. */
export const REFERENCES_IN_A_PAGE = 25;

interface Context {
  page: PageRecord;
  schema: readonly PropertyDefinition[];
  settings: NotionSettings;
}

/** The whole value under the type's key. */
export function readValue(definition: PropertyDefinition, context: Context): Json {
  const { page, settings } = context;
  const stored = page.values[definition.id];
  switch (definition.type) {
    case 'title':
    case 'rich_text':
    case 'files':
      return stored ?? [];
    case 'people':
      return asList(stored).map((id) => partialUser(String(id)));
    case 'relation':
      return asList(stored).map((id) => ({ id }));
    case 'select':
    case 'status':
      return typeof stored === 'string' ? option(definition, stored) : null;
    case 'multi_select':
      return asList(stored).flatMap((id) => option(definition, String(id)) ?? []);
    case 'checkbox':
      return stored === true;
    case 'created_time':
      return cutTime(page.createdAtMs, settings.createdTimePrecisionMs);
    case 'last_edited_time':
      return cutTime(page.lastEditedAtMs, settings.lastEditedTimePrecisionMs);
    case 'created_by':
      return partialUser(page.createdBy);
    case 'last_edited_by':
      return partialUser(page.lastEditedBy);
    case 'unique_id':
      return { prefix: definition.config.prefix ?? null, number: page.number };
    case 'formula':
      return readFormula(definition, context);
    default:
      return stored ?? null;
  }
}

/** The value as a page's answer holds it: lists of references are cut, relations say whether they were. */
export function renderValue(definition: PropertyDefinition, context: Context): JsonObject {
  const { id, type } = definition;
  const value = readValue(definition, context);
  if (type === 'relation') {
    const all = value as Json[];
    return {
      id,
      type,
      relation: all.slice(0, REFERENCES_IN_A_PAGE),
      has_more: all.length > REFERENCES_IN_A_PAGE,
    };
  }
  if (type === 'people') return { id, type, people: (value as Json[]).slice(0, REFERENCES_IN_A_PAGE) };
  if (type === 'title' || type === 'rich_text') return { id, type, [type]: cutMentions(value as RichText[]) };
  return { id, type, [type]: value };
}

function cutMentions(items: RichText[]): Json[] {
  if (items.length <= REFERENCES_IN_A_PAGE) return items;
  let mentions = 0;
  const end = items.findIndex((item) => isMention(item) && ++mentions > REFERENCES_IN_A_PAGE);
  return end === -1 ? items : items.slice(0, end);
}

function readFormula(definition: PropertyDefinition, context: Context): Json {
  const result = evaluateFormula(String(definition.config.expression ?? ''), (name) => {
    const named = context.schema.find((one) => one.name === name);
    if (named === undefined || named.type === 'formula') return null;
    const value = readValue(named, context);
    if (Array.isArray(value)) return plainText(value);
    return typeof value === 'number' || typeof value === 'string' ? value : null;
  });
  if (result === undefined) return { type: 'unsupported', unsupported: {} };
  return typeof result === 'string' ? { type: 'string', string: result } : { type: 'number', number: result };
}

function option(definition: PropertyDefinition, id: string): JsonObject | null {
  const options = definition.config.options;
  const found = Array.isArray(options) && (options as JsonObject[]).find((one) => one.id === id);
  return found ? { id: found.id ?? null, name: found.name ?? null, color: found.color ?? 'default' } : null;
}

function asList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
