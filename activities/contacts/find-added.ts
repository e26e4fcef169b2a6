import type { Executor } from '../../db/client.ts';
import { onlyReadTies } from '../../db/queries/contact-matching.ts';
import { findLinks, type LinkRow } from '../../db/queries/contact-planning.ts';
import { canonicalize } from '../../sync/contact-fields.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';

/**
 * By the remote ids of links that tie nothing: the link, of what is only read, whose contact a person has made one of their
 * own of ("Add to contacts"), so that it goes on with that. Known by an e-mail address of one contact and one remote alone.
 */
export async function findAdded(
  db: Executor,
  { integrationId, userId }: Pick<ContactSync, 'integrationId' | 'userId'>,
  loose: readonly LinkRow[],
): Promise<Map<string, LinkRow>> {
  const emails = new Map(loose.map((link) => [link.remoteId, emailsOf(link)]));
  const sought = [...new Set([...emails.values()].flatMap((own) => [...own]))];
  const ties = await onlyReadTies(db, { userId, integrationId, emails: sought });
  const pairs = ties.flatMap(({ remoteId: former, email }) =>
    [...emails].flatMap(([remoteId, own]) =>
      own.has(canonicalize('email', email)) ? [{ former, remoteId }] : [],
    ),
  );
  const single = pairs.filter(
    ({ former, remoteId }) =>
      pairs.filter((other) => other.former === former || other.remoteId === remoteId).length === 1,
  );
  const formerIds = single.map(({ former }) => former);
  const links = await findLinks(db, { integrationId, remoteIds: formerIds, contactIds: [] });
  const byId = new Map(links.map((link) => [link.remoteId, link]));
  return new Map(
    single.flatMap(({ former, remoteId }) => {
      const link = byId.get(former);
      return link === undefined ? [] : [[remoteId, link] as const];
    }),
  );
}

const emailsOf = ({ shadow }: LinkRow): Set<string> =>
  new Set(
    elementsOf(shadow as Person, 'emailAddresses').flatMap(({ value }) => {
      const email = typeof value === 'string' ? canonicalize('email', value) : '';
      return email === '' ? [] : [email];
    }),
  );
