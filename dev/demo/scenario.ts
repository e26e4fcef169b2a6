/**
 * What the demo does at each provider, one file each: how much the stand-in holds, what a person changes there, and
 * where Harmony shows it. The steps themselves are the same for all (steps.ts).
 */
import type { Driver } from '../drive.ts';

/** Names one record on both sides: the id at the provider, and the title that Harmony must show. */
export interface NamedRecord {
  readonly remoteId: string;
  readonly title: string;
}

export interface Scenario {
  readonly provider: string;
  readonly name: string;
  /** Whom the consent signs in. */
  readonly account: string;
  /** False where the provider has no push: the demo then asks for a sync. */
  readonly pushes: boolean;
  /** Records at the provider by stream, in the words of `counts`. `collections` are those that Harmony has ticked. */
  count(driver: Driver, collections: readonly string[]): Promise<Record<string, number>>;
  /** Act as a person in the provider's own page. */
  edit(driver: Driver): Promise<NamedRecord>;
  add(driver: Driver): Promise<NamedRecord>;
  remove(driver: Driver): Promise<{ remoteId: string }>;
  /** Everything that Harmony shows of this kind, whatever integration it came by; keyed by the id at the provider. */
  read(driver: Driver): Promise<ReadonlyMap<string, string>>;
}

/** Whom a consent of the stand-ins signs in. */
export const account = 'ada@example.com';

interface Listed<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

/** What the stand-in holds, in the provider's own JSON. */
export const atProvider = async <Item>(driver: Driver, path: string): Promise<readonly Item[]> =>
  (await driver.control<Listed<Item>>('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100000`)).data;

/** Every page of one of the API's listings. */
export const inHarmony = async <Item>(driver: Driver, path: string): Promise<Item[]> => {
  const found: Item[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000', ...(cursor ? { cursor } : {}) });
    const page: Listed<Item> = await driver.api('GET', `${path}?${query}`);
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
};

export const titled = (items: readonly { remoteId: string; title: string | null }[]): Map<string, string> =>
  new Map(items.map(({ remoteId, title }) => [remoteId, title ?? '']));

/** The first that fits; the seeded worlds have one of each kind that is asked for. */
export const pick = <Item>(items: readonly Item[], fits: (item: Item) => boolean): Item => {
  const found = items.find(fits);
  if (found === undefined) throw new Error('The stand-in has no record of the kind that the demo changes.');
  return found;
};
