/** Mappings as somebody has changed them and not saved yet, and what becomes of them. */
import type { UseMutationResult } from '@tanstack/react-query';
import { useDraft } from '../ui/use-draft.ts';
import type { Versioned } from './use-save-mappings.ts';

interface Kept<Mapping> {
  /** What was in force: over anything else the draft does not hold, as it would take back what somebody changed since. */
  readonly from: readonly Mapping[];
  readonly data: readonly Mapping[];
}

interface MappingDraftOptions<Mapping> {
  /** Of the draft; another one for each list of each integration. */
  readonly name: string;
  readonly integrationId: string;
  readonly mappings: Versioned<Mapping> & { readonly pending?: { readonly version: number } | undefined };
  readonly useSave: (
    integrationId: string,
    onSaved: () => void,
  ) => UseMutationResult<unknown, Error, Versioned<Mapping>>;
}

/** Those in force where nobody has changed them. `actions` are for `DraftActions`. */
export function useMappingDraft<Mapping extends object>(options: MappingDraftOptions<Mapping>) {
  const { name, integrationId, mappings, useSave } = options;
  const { data: inForce, version, pending } = mappings;
  const [kept, keep, forget] = useDraft<Kept<Mapping>>(name, { from: inForce, data: inForce });
  const draft = isSame(kept.from, inForce) ? kept.data : inForce;
  const changed = !isSame(draft, inForce);
  const save = useSave(integrationId, forget);
  const change = (data: readonly Mapping[]): void => {
    // What was refused is not what stands there now.
    save.reset();
    keep({ from: inForce, data });
  };
  const discard = (): void => {
    save.reset();
    forget();
  };
  return {
    draft,
    /** Whether it differs from what is in force. */
    changed,
    change,
    saveError: save.error,
    actions: {
      changed,
      busy: save.isPending,
      waiting: pending?.version,
      onDiscard: discard,
      onSave: () => save.mutate({ data: draft, version: pending?.version ?? version }),
    },
  };
}

/** The order of a mapping's properties is no difference. */
const textOf = (mappings: readonly object[]): string =>
  JSON.stringify(mappings.map((each) => Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))));
const isSame = (one: readonly object[], other: readonly object[]): boolean => textOf(one) === textOf(other);
