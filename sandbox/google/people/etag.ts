import { hashText, mixPair } from '../../core/seeded-random.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The etag of a contact's CONTACT source at one revision: the form is Google's, `#AbC…=`. */
export function sourceEtag(resourceName: string, revision: number): string {
  const low = mixPair(hashText(resourceName), revision);
  const high = mixPair(low, revision + 1);
  let text = '#';
  for (let shift = 0; shift < 30; shift += 6)
    text += (alphabet[(low >>> shift) & 63] as string) + (alphabet[(high >>> shift) & 63] as string);
  return `${text}A=`;
}

/** The person's own etag, which also moves when a profile that it is linked to changes. */
export function personEtag(source: string): string {
  return `%EgUBAi43PRoEAQIFByIM${source.slice(1)}`;
}
