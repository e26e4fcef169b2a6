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
  harmonyValue,
}: Pick<Conflict, 'kind' | 'harmonyValue'>): string | undefined {
  if (kind !== 'lists_held_back' && kind !== 'list_name_taken') return undefined;
  return harmonyValue === null ? 'A list' : `The list “${harmonyValue}”`;
}
