/** Property values as plain data: what a person sees in the column, without Notion's wrapping. */
import type { PageObjectResponse } from '@notionhq/client';

export type PageProperty = PageObjectResponse['properties'][string];

interface TextRun {
  readonly plain_text: string;
}

export const plainText = (runs: readonly TextRun[]): string => runs.map((run) => run.plain_text).join('');

/** By the properties' names; the title is left out, a document has it by itself. */
export function readProperties(properties: PageObjectResponse['properties']): Record<string, unknown> {
  const entries = Object.entries(properties).filter(([, property]) => property.type !== 'title');
  return Object.fromEntries(entries.map(([name, property]) => [name, readProperty(property)]));
}

export function readTitle(properties: PageObjectResponse['properties']): string {
  const title = Object.values(properties).find((property) => property.type === 'title');
  return title?.type === 'title' ? plainText(title.title) : '';
}

/** Types that Notion adds later are passed on as they are. */
function readProperty(property: PageProperty): unknown {
  switch (property.type) {
    case 'title':
      return plainText(property.title);
    case 'rich_text':
      return plainText(property.rich_text);
    case 'select':
      return property.select?.name ?? null;
    case 'status':
      return property.status?.name ?? null;
    case 'multi_select':
      return property.multi_select.map((option) => option.name);
    case 'people':
      return property.people.map(readPerson);
    case 'created_by':
      return readPerson(property.created_by);
    case 'last_edited_by':
      return readPerson(property.last_edited_by);
    case 'relation':
      return property.relation.map((page) => page.id);
    case 'files':
      return property.files.map((file) => file.name);
    case 'unique_id': {
      const { prefix, number } = property.unique_id;
      return prefix === null ? number : `${prefix}-${number}`;
    }
    case 'formula':
      return unwrap(property.formula);
    case 'rollup':
      return property.rollup.type === 'array'
        ? property.rollup.array.map((item) => readProperty(item as PageProperty))
        : unwrap(property.rollup);
    default:
      return unwrap(property);
  }
}

function readPerson(person: object): { id: string; name?: string } {
  const { id, name } = person as { id: string; name?: string | null };
  return name ? { id, name } : { id };
}

/** `{type: 'number', number: 3}` is 3. */
function unwrap(value: object): unknown {
  const bag = value as Readonly<Record<string, unknown>>;
  return bag[String(bag.type)] ?? null;
}
