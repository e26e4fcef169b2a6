/**
 * Files that Notion hosts come under addresses that are signed anew for each answer and die within the hour. Kept, they
 * would be of no use and make every reading look like a change, so the signature is cut off.
 */
const signature = /(https:\/\/[^\s"'<>()]+?)\?[^\s"'<>()]*X-Amz-[^\s"'<>()]*/g;

export const cutSignatures = (text: string): string =>
  text.includes('X-Amz-') ? text.replace(signature, '$1') : text;

/** A copy of a JSON value without signatures and their `expiry_time`; the value itself where it has none. */
export function withoutSignatures<T>(value: T): T {
  const json = JSON.stringify(value);
  if (!json.includes('expiry_time') && !json.includes('X-Amz-')) return value;
  return JSON.parse(json, (key, part: unknown) => {
    if (key === 'expiry_time') return undefined;
    return typeof part === 'string' ? cutSignatures(part) : part;
  }) as T;
}
