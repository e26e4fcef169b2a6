/** Mappings that somebody is changing, while others change what is in force. Pure. */

export interface KeptDraft<Mapping> {
  /** What was in force when it was changed. */
  readonly from: readonly Mapping[];
  readonly data: readonly Mapping[];
}

/**
 * What the person changed, done to what is in force by now. A mapping that was changed there, too, stays as it is there: over
 * it the draft would take back what somebody decided since.
 */
export function rebaseDraft<Mapping extends object>(
  { from, data }: KeptDraft<Mapping>,
  inForce: readonly Mapping[],
  keyOf: (mapping: Mapping) => string,
): readonly Mapping[] {
  if (isSame(from, inForce)) return data;
  const find = (mappings: readonly Mapping[], key: string): Mapping | undefined =>
    mappings.find((each) => keyOf(each) === key);
  const kept = inForce.flatMap((present) => {
    const key = keyOf(present);
    const former = find(from, key);
    if (former === undefined || !isSame([former], [present])) return [present];
    return find(data, key) ?? [];
  });
  const added = data.filter((each) => find([...from, ...inForce], keyOf(each)) === undefined);
  return [...kept, ...added];
}

/** The order of a mapping's properties is no difference. */
const textOf = (mappings: readonly object[]): string =>
  JSON.stringify(mappings.map((each) => Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))));
export const isSame = (one: readonly object[], other: readonly object[]): boolean =>
  textOf(one) === textOf(other);
