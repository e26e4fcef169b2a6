/** What a provider means for a person, from what the catalogue says it can do. Pure. */
import type { Integration, Provider } from '../../api/contract/index.ts';
import { count } from './run.ts';

const list = new Intl.ListFormat('en');

/** What is read from the start, as far as nothing more is switched on. */
export const readAtFirst = ({ streams }: Pick<Provider, 'streams'>): Provider['streams'] =>
  streams.filter(({ enabledBy }) => enabledBy === undefined);

export function describeReads(provider: Provider): string {
  const streams = list.format(readAtFirst(provider).map((stream) => stream.label));
  const choice = provider.collectionNoun ? ` You choose which ${provider.collectionNoun.many}.` : '';
  return `Harmony will read your ${streams}.${choice}`;
}

export function describeWrites({ capabilities, name }: Provider): string {
  if (capabilities.some((capability) => capability.startsWith('write')))
    return `Nothing at first. Later, if you turn on syncing in both directions, Harmony shows you a plan before it changes anything in ${name}.`;
  if (capabilities.includes('tasks')) return `Only what you or your Companion create or change in a task.`;
  return `Nothing. Harmony only reads from ${name}.`;
}

const keyPlaces: Readonly<Record<string, string>> = {
  linear: 'In Linear: Settings, then Security & access, then Personal API keys. It begins with “lin_api_”.',
};

export const describeKeyPlace = ({ id, name }: Provider): string =>
  keyPlaces[id] ?? `You find it in the settings of your account at ${name}.`;

/** What is counted at each calendar, team or data source: "issues and comments". */
export const describeCounted = ({ streams }: Pick<Provider, 'streams'>): string =>
  list.format(streams.filter(({ perCollection }) => perCollection).map(({ label }) => label));

type Arrived = Pick<Integration, 'counts'>;

/** "120 calendar events", "All records". */
export function describeArrived(
  { counts }: Arrived,
  provider: Pick<Provider, 'streams'> | undefined,
): string {
  const told = (provider?.streams ?? [])
    .filter(({ name }) => (counts[name] ?? 0) > 0)
    .map(({ name, label }) => `${count(counts[name] ?? 0)} ${label}`);
  return told.length === 0 ? 'All records' : list.format(told);
}

/** What goes with an integration. A contact may come from several accounts, and stays with the last of them. */
export function describeLeaving(
  { counts }: Arrived,
  provider: Pick<Provider, 'streams'> | undefined,
): string {
  const leaving = `${describeArrived({ counts }, provider)} leave Harmony`;
  const mayStay = (counts.contacts ?? 0) > 0;
  return mayStay ? `${leaving}, except for what another account brings, too.` : `${leaving}.`;
}
