import type { Executor } from '../../db/client.ts';
import { emailsInUse, type LinkRow } from '../../db/queries/contact-planning.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';

/**
 * Of links that tie nothing, those of contacts that are only read and that Harmony doesn't know by their e-mail addresses.
 * They are never matched: a contact that a person keeps must not hang on one that nobody can write.
 */
export async function strangersOf(
  db: Executor,
  { userId, settingsOf }: ContactSync,
  links: readonly LinkRow[],
): Promise<LinkRow[]> {
  const read = links.filter(
    ({ stream }) => onlyReadStreams[stream] !== undefined && settingsOf(stream) !== undefined,
  );
  const known = await emailsInUse(db, { userId, emails: read.flatMap(emailsOf) });
  return read.filter((link) => !emailsOf(link).some((email) => known.has(email)));
}

const emailsOf = ({ shadow }: LinkRow): string[] =>
  elementsOf(shadow as Person, 'emailAddresses').flatMap(({ value }) =>
    typeof value === 'string' ? [value.toLowerCase()] : [],
  );
