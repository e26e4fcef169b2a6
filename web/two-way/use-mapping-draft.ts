/** Mappings as somebody has changed them and not saved yet, and what becomes of them. */
import type { UseMutationResult } from '@tanstack/react-query';
import { useDraft } from '../ui/use-draft.ts';
import { isSame, type KeptDraft, rebaseDraft } from './rebase-draft.ts';
import type { Versioned } from './use-save-mappings.ts';

interface MappingDraftOptions<Mapping> {
  /** Of the draft; another one for each list of each integration. */
  readonly name: string;
  readonly integrationId: string;
  /** By which a mapping is known, however it is changed. */
  readonly keyOf: (mapping: Mapping) => string;
  readonly mappings: Versioned<Mapping> & { readonly pending?: { readonly version: number } | undefined };
  readonly useSave: (
    integrationId: string,
    onSaved: () => void,
  ) => UseMutationResult<unknown, Error, Versioned<Mapping>>;
}

/** Those in force where nobody has changed them. `actions` are for `DraftActions`. */
export function useMappingDraft<Mapping extends object>(options: MappingDraftOptions<Mapping>) {
  const { name, integrationId, keyOf, mappings, useSave } = options;
  const { data: inForce, version, pending } = mappings;
  const [kept, keep, forget] = useDraft<KeptDraft<Mapping>>(name, { from: inForce, data: inForce });
  const draft = rebaseDraft(kept, inForce, keyOf);
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
