/** What somebody is typing, kept in this tab until it is used: a reload, another page or an ended session lose nothing. */
import { useState } from 'react';
import type { Session } from '../../api/contract/index.ts';

const prefix = 'harmony-draft:';
/** Under which a draft, or what goes with it, lies in the tab's storage. */
export const draftPlace = (name: string): string => prefix + name;

export function useDraft<Draft extends object>(
  name: string,
  initial: Draft,
): [draft: Draft, change: (draft: Draft) => void, forget: () => void] {
  const [draft, setDraft] = useState<Draft>(() => ({ ...initial, ...readDraft(name) }));
  const change = (next: Draft): void => {
    setDraft(next);
    sessionStorage.setItem(draftPlace(name), JSON.stringify(next));
  };
  const forget = (): void => {
    setDraft(initial);
    sessionStorage.removeItem(draftPlace(name));
  };
  return [draft, change, forget];
}

function readDraft(name: string): object {
  try {
    return JSON.parse(sessionStorage.getItem(draftPlace(name)) ?? '{}') as object;
  } catch {
    return {};
  }
}

/** Whether something was typed and not used yet. */
export const hasDraft = (name: string): boolean => sessionStorage.getItem(draftPlace(name)) !== null;

const ownerKey = 'harmony-drafts-of';

export const ownerOf = ({ user, workspace }: Session): string => user?.id ?? workspace.id;

/** Whoever is signed in now is shown nothing that somebody else typed in this tab. True where somebody else was here. */
export function keepDraftsOf(session: Session): boolean {
  const before = sessionStorage.getItem(ownerKey);
  const isAnother = before !== null && before !== ownerOf(session);
  if (isAnother) forgetDrafts();
  sessionStorage.setItem(ownerKey, ownerOf(session));
  return isAnother;
}

/** Somebody else may sign in next. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
