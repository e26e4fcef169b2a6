import type { PageObjectResponse } from '@notionhq/client';

/**
 * Files that Notion hosts come under addresses that are signed anew for each answer and die within the hour. Kept, they
 * would be of no use and make every reading look like a change, so the signature is cut off.
 */
const signature = /(https:\/\/[^\s"'<>()]+?)\?[^\s"'<>()]*X-Amz-[^\s"'<>()]*/g;

export const cutSignatures = (text: string): string =>
  text.includes('X-Amz-') ? text.replace(signature, '$1') : text;

/** A page without signatures and their `expiry_time`; the page itself where nothing in it is a file of Notion's. */
export function withoutSignatures(page: PageObjectResponse): PageObjectResponse {
  if (!mayHoldFiles(page)) return page;
  return JSON.parse(JSON.stringify(page), (key, part: unknown) => {
    if (key === 'expiry_time') return undefined;
    return typeof part === 'string' ? cutSignatures(part) : part;
  }) as PageObjectResponse;
}

/** Looked for where files can be, since writing every page as JSON to search it costs as much as storing it. */
function mayHoldFiles({ icon, cover, properties }: PageObjectResponse): boolean {
  if (icon?.type === 'file' || cover?.type === 'file') return true;
  return Object.values(properties).some(
    (property) =>
      (property.type === 'files' && property.files.length > 0) ||
      (property.type === 'rollup' && property.rollup.type === 'array'),
  );
}
