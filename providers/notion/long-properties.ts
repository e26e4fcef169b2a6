/** Properties of which a page's own answer holds only the first 25 references: https://developers.notion.com/reference/retrieve-a-page-property */
import type { GetPagePropertyResponse, PageObjectResponse } from '@notionhq/client';
import type { PageProperty } from './property-values.ts';
import type { Notion } from './transport.ts';

const referencesInAPage = 25;

/** Only relations say that they were cut; of people and texts a full count is the sign. */
function mayBeCut(property: PageProperty): boolean {
  switch (property.type) {
    case 'relation':
      return (property as { has_more?: boolean }).has_more === true;
    case 'people':
      return property.people.length >= referencesInAPage;
    case 'title':
      return countMentions(property.title) >= referencesInAPage;
    case 'rich_text':
      return countMentions(property.rich_text) >= referencesInAPage;
    default:
      return false;
  }
}

const countMentions = (runs: readonly { readonly type: string }[]): number =>
  runs.filter((run) => run.type === 'mention').length;

export const hasCutProperties = (page: PageObjectResponse): boolean =>
  Object.values(page.properties).some(mayBeCut);

/** The page with its long properties whole; one call or more for each. */
export async function completeProperties(
  notion: Notion,
  page: PageObjectResponse,
  signal: AbortSignal,
): Promise<PageObjectResponse> {
  const properties = { ...page.properties };
  for (const [name, property] of Object.entries(properties)) {
    if (!mayBeCut(property)) continue;
    const whole = await readWhole(notion, { pageId: page.id, property, signal });
    properties[name] = { ...property, [property.type]: whole, has_more: false } as unknown as PageProperty;
  }
  return { ...page, properties };
}

async function readWhole(
  notion: Notion,
  of: { readonly pageId: string; readonly property: PageProperty; readonly signal: AbortSignal },
): Promise<unknown[]> {
  const { id, type } = of.property;
  const whole: unknown[] = [];
  let cursor: string | null = null;
  do {
    const from: string | null = cursor;
    const answer: GetPagePropertyResponse = await notion(of.signal, (client) =>
      client.pages.properties.retrieve({
        page_id: of.pageId,
        property_id: id,
        page_size: 100,
        ...(from === null ? {} : { start_cursor: from }),
      }),
    );
    if (answer.object !== 'list') break;
    for (const item of answer.results) whole.push((item as unknown as Record<string, unknown>)[type]);
    cursor = answer.has_more ? answer.next_cursor : null;
  } while (cursor !== null);
  return whole;
}
