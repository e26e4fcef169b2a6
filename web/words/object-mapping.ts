/** Object mappings in words: what another one would do, and what is wrong with it. Pure. */
import type { MappingPreview, ObjectMapping } from '../../api/contract/index.ts';
import { type DraftProblem, describePreview, readPlacedProblems } from './mapping.ts';
import { describeListSide, describeListTies } from './plan.ts';
import { countOf } from './run.ts';

type ProviderObject = ObjectMapping['providerObject'];

export const objectWords: Readonly<Record<ProviderObject, { title: string; text: string }>> = {
  person: { title: 'Contacts', text: 'People in the address book.' },
  contactGroup: { title: 'Lists', text: 'Labels there, lists in Harmony.' },
  otherContact: {
    title: 'Other contacts',
    text: 'People that were saved by themselves, because somebody wrote to them. Only read.',
  },
};

/** A sentence or two for each object that would correspond in another way than `before`. */
export function describeObjects(
  preview: MappingPreview,
  { before, after }: { before: readonly ObjectMapping[]; after: readonly ObjectMapping[] },
  name: string,
): string[] {
  const changed = after.filter(({ providerObject, enabled, direction }) => {
    const was = before.find((each) => each.providerObject === providerObject);
    return was?.enabled !== enabled || was.direction !== direction;
  });
  return changed.map(({ providerObject, enabled }) => {
    if (providerObject === 'otherContact') return describeOthers(preview, name);
    if (!enabled) {
      const { title } = objectWords[providerObject];
      return `${title} stay as they are on both sides. What changes from then on is not carried over.`;
    }
    return providerObject === 'person'
      ? `${describePreview(preview, name)} Who is new on one side is not counted.`
      : `${describeLists(preview, name)} Who is on lists is not counted.`;
  });
}

function describeLists({ lists }: MappingPreview, name: string): string {
  const none = 'No list and no label would change.';
  if (lists === undefined) return none;
  const sides = [
    ['Harmony', describeListSide(lists.harmony, 'harmony')],
    [name, describeListSide(lists.provider, 'provider')],
  ] as const;
  const told = [
    ...sides.filter(([, lines]) => lines.length > 0).map(([at, lines]) => `In ${at}: ${lines.join(', ')}.`),
    ...describeListTies(lists).map((line) => `${line}.`),
  ];
  return told.length === 0 ? none : told.join(' ');
}

const other = { one: 'other contact', many: 'other contacts' };

function describeOthers({ otherContacts }: MappingPreview, name: string): string {
  if (otherContacts === undefined) return 'Nothing would change for other contacts.';
  const { effect, known } = otherContacts;
  if (effect === 'come') {
    return known === 0
      ? 'Other contacts would come into Harmony. None has been read yet, so how many is not known.'
      : `${countOf(known, other)} would come into Harmony, and those that were not read yet.`;
  }
  return known === 0
    ? 'No other contacts have come into Harmony, and none would.'
    : `${countOf(known, { one: `${other.one} stays`, many: `${other.many} stay` })} in Harmony. What changes in ${name} from then on is not followed.`;
}

/** What the server found, each at the position of an object; what is wrong with a field then is so by the direction of contacts. */
export function readObjectProblems(error: unknown, objects: readonly ObjectMapping[]): DraftProblem[] {
  const contacts = objects.findIndex(({ providerObject }) => providerObject === 'person');
  return readPlacedProblems(error).map(({ list, index, text }) => ({
    index: list === 'fields' ? contacts : index,
    text: text.replace(/^\w+/, (word) => {
      const title = (objectWords as Readonly<Record<string, { title: string }>>)[word]?.title;
      return title === undefined ? word : `“${title}”`;
    }),
  }));
}
