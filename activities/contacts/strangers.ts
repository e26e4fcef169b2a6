import type { Executor } from '../../db/client.ts';
import { linksWithEmails } from '../../db/queries/contact-matching.ts';
import { emailsInUse, type LinkRow } from '../../db/queries/contact-planning.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';

/**
 * Of links that tie nothing, those of contacts that are only read and that Harmony doesn't know by any of their e-mail
 * addresses, nor by one that comes earlier among them. They are never matched: a contact that a person keeps must not
 * hang on one that nobody can write.
 */
export async function strangersOf(
  db: Executor,
  { integrationId, userId, mapsOwn, settingsOf }: ContactSync,
  links: readonly LinkRow[],
): Promise<LinkRow[]> {
  const read = links.filter(
    ({ stream }) => onlyReadStreams[stream] !== undefined && settingsOf(stream) !== undefined,
  );
  const emails = read.flatMap(emailsOf);
  const known = await emailsInUse(db, { userId, emails });
  // One of the account's own contacts may have more addresses than Harmony shows, or come in only now.
  for (const link of await linksWithEmails(db, { integrationId, emails })) {
    if (mapsOwn || link.contactId !== null) for (const email of emailsOf(link)) known.add(email);
  }
  return read.filter((link) => {
    const own = emailsOf(link);
    const isStranger = !own.some((email) => known.has(email));
    if (isStranger) for (const email of own) known.add(email);
    return isStranger;
  });
}

const emailsOf = ({ shadow }: { readonly shadow: unknown }): string[] =>
  elementsOf(shadow as Person, 'emailAddresses').flatMap(({ value }) =>
    typeof value === 'string' ? [value.toLowerCase()] : [],
  );
