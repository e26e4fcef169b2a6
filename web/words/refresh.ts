/** What a refreshed list of calendars, teams or data sources brought, in words. Pure. */
import type { Collection, CollectionsRefreshed } from '../../api/contract/index.ts';
import { countOf } from './run.ts';

interface Noun {
  readonly one: string;
  readonly many: string;
}

const namedAtMost = 5;

export function describeRefresh(
  found: Pick<CollectionsRefreshed, 'added' | 'renamed' | 'missing'>,
  noun: Noun,
): { title: string; lines: string[] } {
  const lines = [
    line(found.added, 'New', noun),
    line(found.renamed, 'Renamed', noun),
    line(found.missing, 'No longer there', noun),
  ].filter((text) => text !== undefined);
  return lines.length === 0
    ? { title: 'The list is current: nothing new, renamed or gone.', lines }
    : { title: 'The list has changed. Your choices are kept.', lines };
}

function line(items: readonly Pick<Collection, 'name'>[], what: string, noun: Noun): string | undefined {
  if (items.length === 0) return undefined;
  const names = items.slice(0, namedAtMost).map(({ name }) => name);
  const more = items.length - names.length;
  return `${what}, ${countOf(items.length, noun)}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
