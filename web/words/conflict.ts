/** A conflict in words. Pure. */
import type { Conflict } from '../../api/contract/index.ts';

/** What happened; `name` is the provider's. */
export function describeConflict(
  { field, winner, title }: Pick<Conflict, 'field' | 'winner' | 'title'>,
  name: string,
): string {
  if (field === null || winner === null) return title;
  return `The two sides differed. The value of ${winner === 'harmony' ? 'Harmony' : name} was taken.`;
}

/** What to call the list that it is about; undefined: it is about a contact. */
export function listName({
  kind,
  winner,
  harmonyValue,
  providerValue,
}: Pick<Conflict, 'kind' | 'winner' | 'harmonyValue' | 'providerValue'>): string | undefined {
  if (kind !== 'list_name' && kind !== 'lists_held_back' && kind !== 'list_name_taken') return undefined;
  const name = winner === 'provider' ? providerValue : harmonyValue;
  return name === null ? 'A list' : `The list “${name}”`;
}
