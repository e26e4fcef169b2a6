/** A conflict in words. Pure. */
import type { Conflict, List, WorkspaceUser } from '../../api/contract/index.ts';

/** How many wait, by the pages that were read of them: "3", "50+"; undefined where none does. */
export function countOpen(pages: readonly List<unknown>[]): string | undefined {
  const found = pages.flatMap(({ data }) => data).length;
  const hasMore = (pages.at(-1)?.nextCursor ?? null) !== null;
  return found === 0 ? undefined : `${found}${hasMore ? '+' : ''}`;
}

/** What happened; `name` is the provider's. */
export function describeConflict(
  { field, winner, title }: Pick<Conflict, 'field' | 'winner' | 'title'>,
  name: string,
): string {
  if (field === null || winner === null) return title;
  return `The two sides differed. The value of ${winner === 'harmony' ? 'Harmony' : name} was taken.`;
}

/** The side whose value was taken: by a person, or else by the policy, to which `dismissed` leaves it. */
export function takenSide({
  resolution,
  winner,
}: Pick<Conflict, 'resolution' | 'winner'>): 'harmony' | 'provider' | null {
  if (winner === null) return null;
  return resolution === 'harmony' || resolution === 'provider' ? resolution : winner;
}

/** What was decided; `name` is the provider's. */
export function describeDecision(
  { resolution, winner }: Pick<Conflict, 'resolution' | 'winner'>,
  name: string,
): string {
  switch (resolution) {
    case 'harmony':
      return winner === null ? 'tried again' : 'the value of Harmony';
    case 'provider':
      return `the value of ${name}`;
    case 'linked':
      return 'it was said who it is';
    case 'dismissed':
    case null:
      return 'left as it was';
  }
}

/** Who decided, as the API names them: `user:<id>`, or `key:<id>` for a program. */
export function describeDecider(
  resolvedBy: string | null,
  { me, people }: { me: string | undefined; people: readonly Pick<WorkspaceUser, 'id' | 'name'>[] },
): string {
  const id = /^user:(.*)$/.exec(resolvedBy ?? '')?.[1];
  if (id === undefined) return 'by a program';
  if (id === me) return 'by you';
  return `by ${people.find((person) => person.id === id)?.name ?? 'somebody else'}`;
}

const aboutLists: readonly string[] = ['list_name', 'lists_held_back', 'list_name_taken', 'list_refused'];

/** What to call the list that it is about; undefined: it is about a contact. */
export function describeList({
  kind,
  winner,
  harmonyValue,
  providerValue,
}: Pick<Conflict, 'kind' | 'winner' | 'harmonyValue' | 'providerValue'>): string | undefined {
  if (!aboutLists.includes(kind)) return undefined;
  const name = winner === 'provider' ? providerValue : harmonyValue;
  return name === null ? 'A list' : `The list “${name}”`;
}
