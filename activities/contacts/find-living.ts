/** Who lives that a remote contact goes on with, in place of a contact in the archive that it would bring back (docs/decisions/0020). */
import type { Executor } from '../../db/client.ts';
import type { LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import type { ContactSync } from './contact-sync.ts';
import { type MatchDecision, matchTied } from './match-book.ts';
import { loadOtherFeeds, type OtherFeeds } from './other-feeds.ts';
import { personDecidesOn, planCandidate } from './plan-candidate.ts';

/**
 * By remote id, of links whose contacts would be restored: the contact that lives, is tied to nothing at this account, and that
 * the remote contact matches without a doubt. `contacts`: those that the links tie, by id; such as are not in the archive do not matter.
 */
export async function findLiving(
  db: Executor,
  sync: ContactSync,
  known: {
    readonly links: readonly LinkRow[];
    readonly contacts: ReadonlyMap<string, PlannedContact>;
    readonly decisions?: readonly MatchDecision[];
  },
): Promise<ReadonlyMap<string, string>> {
  const { links, contacts, decisions } = known;
  const ends = links.flatMap((link) => {
    const contact = contacts.get(link.contactId ?? '');
    return contact === undefined || contact.archivedAt === null ? [] : [{ link, contact }];
  });
  if (ends.length === 0) return new Map();
  const { integrationId } = sync;
  const feeds = await loadOtherFeeds(
    db,
    integrationId,
    ends.map(({ contact }) => contact.id),
  );
  const back = ends.filter((end) => comesBack(sync, end, feeds));
  const remoteIds = back.map(({ link }) => link.remoteId);
  return matchTied(db, sync, { remoteIds, ...(decisions && { decisions }) });
}

/** Whether a contact that is in the archive is restored, since its remote one was edited there, or is there again. */
export function comesBack(
  sync: ContactSync,
  { link, contact }: { readonly link: LinkRow; readonly contact: PlannedContact },
  feeds: OtherFeeds,
): boolean {
  const { stream, tombstonedAt } = link;
  if (contact.archivedAt === null || tombstonedAt !== null || personDecidesOn(link)) return false;
  if (onlyReadStreams[stream] !== undefined) return false;
  const { operations } = planCandidate(sync, { link, contact }, feeds);
  return operations.some(({ kind }) => kind === 'restore_local');
}
