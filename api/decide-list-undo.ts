/** Pure: what of a run's entries about a list, or about one contact on it, goes back to what it was before. */
import type { ListJournalRow } from '../db/queries/list-journal.ts';
import type { UndoReport } from './contract/contact-history.ts';

export type ListReason = UndoReport['lists']['skipped'][number]['reason'];

export interface ListUndo {
  /** Absent where nothing is taken back. */
  readonly change?: { readonly name?: string; readonly archivedAt?: null };
  /** Each once. */
  readonly reasons: readonly ListReason[];
  /** Entries of which something is taken back. */
  readonly undone: readonly number[];
}

export interface PresentList {
  readonly name: string;
  readonly archivedAt: string | null;
}

/**
 * `entries`: the last first. `ofProvider`: a former name would not stay. A list that a run made or restored stays, as a contact
 * does: its group is at the provider, and would go with it.
 */
export function decideListUndo(
  list: PresentList | undefined,
  entries: readonly ListJournalRow[],
  ofProvider: boolean,
): ListUndo {
  const reasons = new Set<ListReason>();
  const undone: number[] = [];
  let name = list?.name;
  let isRestored = false;
  /** An earlier write of the run is no reason to go further back. */
  let isNameKept = false;
  const whyNameStays = ({ after }: ListJournalRow): ListReason | undefined => {
    if (list?.archivedAt !== null && !isRestored) return 'list_gone';
    if (name !== after) return 'changed_since';
    return ofProvider ? 'provider_wins' : undefined;
  };
  for (const entry of entries) {
    if (entry.undoneBy !== null) {
      reasons.add('undone_already');
      continue;
    }
    if (entry.action === 'merge') {
      reasons.add('merged');
      continue;
    }
    if (list === undefined) {
      reasons.add('list_gone');
      continue;
    }
    switch (entry.action) {
      case 'create':
      case 'restore':
        reasons.add('kept_at_provider');
        continue;
      case 'archive':
      case 'delete':
        if (!isStillGone(list, entry)) reasons.add('changed_since');
        else {
          isRestored = true;
          undone.push(entry.seq);
        }
        continue;
      case 'rename': {
        if (isNameKept) continue;
        const reason = whyNameStays(entry);
        if (reason === undefined) {
          name = entry.before ?? name;
          undone.push(entry.seq);
          continue;
        }
        isNameKept = true;
        // Of a name that goes back in part the former one is kept, and nothing is missing.
        if (name === list.name) reasons.add(reason);
      }
    }
  }
  const change = {
    ...(name === undefined || name === list?.name ? {} : { name }),
    ...(isRestored ? { archivedAt: null } : {}),
  };
  return { ...(Object.keys(change).length === 0 ? {} : { change }), reasons: [...reasons], undone };
}

/** The clocks of those who archive and of the journal differ by less. */
const slackMs = 60_000;

/** In the archive since the run, or since before it deleted the group: one that was restored since, and deleted again, stays there. */
const isStillGone = ({ archivedAt }: PresentList, { at }: ListJournalRow): boolean =>
  archivedAt !== null && Date.parse(archivedAt) < Date.parse(at) + slackMs;

export interface MemberUndo {
  /** Absent where nothing is to be changed. */
  readonly isMember?: boolean;
  /** Why not everything was taken back; absent where it was. */
  readonly reason?: ListReason;
  readonly undone: readonly number[];
}

/** `entries`: of one membership, the last first. `gone`: its contact or its list is, and nothing can be put back. */
export function decideMemberUndo(
  isMember: boolean,
  entries: readonly ListJournalRow[],
  { gone, isOfProvider }: { gone: ListReason | undefined; isOfProvider: (isMember: boolean) => boolean },
): MemberUndo {
  const open = entries.filter(({ undoneBy }) => undoneBy === null);
  if (open.length === 0) return { reason: 'undone_already', undone: [] };
  if (gone !== undefined) return { reason: gone, undone: [] };
  const undone: number[] = [];
  let goal = isMember;
  for (const { action, seq } of open) {
    if (goal !== (action === 'join')) break;
    goal = !goal;
    undone.push(seq);
  }
  if (undone.length === 0) return { reason: 'changed_since', undone };
  if (goal === isMember) return { undone };
  return isOfProvider(goal) ? { reason: 'provider_wins', undone: [] } : { isMember: goal, undone };
}
