import { validationError } from '../errors.ts';
import { readValue, renderValue } from '../properties/read-value.ts';
import { findProperty } from '../properties/write-value.ts';
import type { JsonObject, PageRecord, PropertyDefinition } from '../records.ts';
import { plainText } from '../rich-text.ts';
import { pageUrl, type Rendering, renderParent, schemaOf, touchedFields, trashFields } from './rendering.ts';

/** @param only the property ids that `filter_properties` asked for; undefined for all */
export function renderPage(page: PageRecord, rendering: Rendering, only?: ReadonlySet<string>): JsonObject {
  const schema = schemaOf(page, rendering);
  const context = { page, schema, settings: rendering.settings };
  const properties: JsonObject = {};
  for (const definition of schema)
    if (only === undefined || only.has(definition.id))
      properties[definition.name] = renderValue(definition, context);
  return {
    object: 'page',
    id: page.id,
    ...touchedFields(page, rendering.settings),
    cover: page.cover,
    icon: page.icon,
    parent: renderParent(page.parent, rendering),
    ...trashFields(page.inTrash, rendering.version),
    is_archived: page.isArchived,
    is_locked: page.isLocked,
    properties,
    url: pageUrl(page.id, titleOf(page, schema)),
    public_url: null,
  };
}

export function titleOf(page: PageRecord, schema: readonly PropertyDefinition[]): string {
  const title = schema.find(({ type }) => type === 'title');
  return title === undefined ? '' : plainText(page.values[title.id]);
}

/** The ids that `filter_properties` names. Throws 400 where one does not exist. */
export function parseFilterProperties(
  query: URLSearchParams,
  schema: readonly PropertyDefinition[],
): ReadonlySet<string> | undefined {
  const asked = [...query.getAll('filter_properties'), ...query.getAll('filter_properties[]')];
  if (asked.length === 0) return undefined;
  return new Set(
    asked.map((name) => {
      const found = findProperty(schema, name);
      if (found === undefined) throw validationError(`Could not find property with name or id: ${name}`);
      return found.id;
    }),
  );
}

/** Items of a list property, one for each reference or run of text; undefined for the other types. */
export function propertyItems(
  definition: PropertyDefinition,
  page: PageRecord,
  rendering: Rendering,
): JsonObject[] | undefined {
  const { id, type } = definition;
  const schema = schemaOf(page, rendering);
  const value = readValue(definition, { page, schema, settings: rendering.settings });
  if (!['title', 'rich_text', 'relation', 'people'].includes(type)) return undefined;
  return (value as JsonObject[]).map((item) => ({ object: 'property_item', id, type, [type]: item }));
}
