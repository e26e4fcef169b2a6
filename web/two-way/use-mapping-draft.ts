import { useDraft } from '../ui/use-draft.ts';

interface Kept<Mapping> {
  /** What was in force: over anything else the draft does not hold, as it would take back what somebody changed since. */
  readonly from: readonly Mapping[];
  readonly data: readonly Mapping[];
}

interface MappingDraft<Mapping> {
  readonly draft: readonly Mapping[];
  /** Whether it differs from what is in force. */
  readonly changed: boolean;
  readonly change: (next: readonly Mapping[]) => void;
  readonly forget: () => void;
}

/** Mappings as somebody has changed them and not saved yet; those in force where nobody has. */
export function useMappingDraft<Mapping extends object>(
  name: string,
  inForce: readonly Mapping[],
): MappingDraft<Mapping> {
  const [kept, keep, forget] = useDraft<Kept<Mapping>>(name, { from: inForce, data: inForce });
  const draft = isSame(kept.from, inForce) ? kept.data : inForce;
  return {
    draft,
    changed: !isSame(draft, inForce),
    change: (data) => keep({ from: inForce, data }),
    forget,
  };
}

/** The order of a mapping's properties is no difference. */
const textOf = (mappings: readonly object[]): string =>
  JSON.stringify(mappings.map((each) => Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))));
const isSame = (one: readonly object[], other: readonly object[]): boolean => textOf(one) === textOf(other);
