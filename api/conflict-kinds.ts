/** The kinds of conflicts: what happened, and which decisions of a person each of them takes. */
import type { z } from 'zod';
import type { ConflictRow } from '../db/queries/contact-conflicts.ts';
import type { resolveConflict } from './contract/conflict.ts';

export type Choice = z.output<typeof resolveConflict>['choose'];

interface Kind {
  readonly title: string;
  /** Beside `dismiss`, which all of them take. */
  readonly choices?: readonly Choice[];
}

/** `value` and `list_name` say what happened by field and winner. */
const kinds: Readonly<Record<string, Kind>> = {
  value: { title: '', choices: ['harmony', 'provider'] },
  list_name: { title: '' },
  maybe_merged: {
    title:
      'Deleted at the provider, perhaps because it was merged with another contact; if both are here and one is enough, delete the other',
    choices: ['link'],
  },
  ambiguous_match: {
    title: 'Could be the same person as more than one contact of the other side',
    choices: ['link'],
  },
  unstorable_value: {
    title:
      'The provider can not hold this value, so it stays in Harmony alone; change it there if it is to be at the provider, too',
  },
  stale_version: {
    title: 'Somebody changed it at the provider time and again while we wrote; we try again in an hour',
    // Harmony's values are sent again at once. The provider's have none that could be meant: they were read before each try.
    choices: ['harmony'],
  },
  refused: {
    title: 'The provider did not take it; it is tried again once somebody changes it on either side',
  },
  lists_held_back: {
    title: 'So many lists would go at once that none was removed; remove or restore some of them yourself',
  },
  list_name_taken: {
    title: 'The provider has another group of this name; give the list or that group another name',
  },
  list_refused: {
    title: 'The provider did not take this list as it is; give it another name. We try again in an hour',
  },
  double_merged: {
    title: 'It was created twice at the provider, and the second one was merged into another contact there',
  },
  // Its candidate is the remote contact that ours is tied to: one contact can not be tied to both.
  duplicate_marker: {
    title:
      'It was created twice at the provider, and somebody changed both; merge or delete one of them there',
  },
};

/** What happened, for a person. */
export function titleOf(conflict: Titled): string {
  const { kind, field, winner, rule, listId } = conflict;
  if (kind === 'refused' && listId !== null) return titleOfMembership(conflict);
  const side = winner === 'harmony' ? "Harmony's" : "the provider's";
  if (kind === 'list_name')
    return `The list had another name on each side; ${side} was taken. Rename it if the other one is right`;
  if (kind !== 'value') return kinds[kind]?.title ?? 'It waits for a person';
  if (rule === 'other_source')
    return `Two accounts had another ${field ?? 'value'}; that of the one that was connected first was taken`;
  return `Both sides had another ${field ?? 'value'}; ${side} was taken`;
}

/** The list's name stands on the side on which the contact was on it. */
function titleOfMembership({ localValue, remoteValue }: Titled): string {
  return localValue !== null
    ? `The provider did not take it on the list “${localValue}”, so it is not on it there`
    : `The provider did not let it off the list “${remoteValue ?? ''}”, so it is still on it there`;
}

type Titled = Pick<
  ConflictRow,
  'kind' | 'field' | 'winner' | 'rule' | 'listId' | 'localValue' | 'remoteValue'
>;

/** What a person can choose; nothing once it is decided. */
export function choicesOf({
  kind,
  candidates,
  resolvedAt,
}: Pick<ConflictRow, 'kind' | 'candidates' | 'resolvedAt'>): readonly Choice[] {
  if (resolvedAt !== null) return [];
  const choices = kinds[kind]?.choices ?? [];
  const isEmpty = (candidates ?? []).length === 0;
  return [...choices.filter((choice) => choice !== 'link' || !isEmpty), 'dismiss'];
}
