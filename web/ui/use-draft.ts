/** What somebody is typing, kept in this tab until it is used: a reload, another page or an ended session lose nothing. */
import { useState } from 'react';
import type { Session } from '../../api/contract/index.ts';

const prefix = 'harmony-draft:';

export function useDraft<Draft extends object>(
  name: string,
  initial: Draft,
): [draft: Draft, change: (draft: Draft) => void, forget: () => void] {
  const [draft, setDraft] = useState<Draft>(() => ({ ...initial, ...readDraft(name) }));
  const change = (next: Draft): void => {
    setDraft(next);
    sessionStorage.setItem(prefix + name, JSON.stringify(next));
  };
  const forget = (): void => {
    setDraft(initial);
    sessionStorage.removeItem(prefix + name);
  };
  return [draft, change, forget];
}

function readDraft(name: string): object {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? '{}') as object;
  } catch {
    return {};
  }
}

/** Whether something was typed and not used yet. */
export const hasDraft = (name: string): boolean => sessionStorage.getItem(prefix + name) !== null;

const ownerKey = 'harmony-drafts-of';

/** Whoever is signed in now is shown nothing that somebody else typed in this tab. */
export function keepDraftsOf({ user, workspace }: Session): void {
  const owner = user?.id ?? workspace.id;
  const before = sessionStorage.getItem(ownerKey);
  if (before !== null && before !== owner) forgetDrafts();
  sessionStorage.setItem(ownerKey, owner);
}

/** Somebody else may sign in next. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
