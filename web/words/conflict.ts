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
