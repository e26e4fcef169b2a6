/** Rule 17: other contacts that carry the e-mail address or the marker of one that is gone, while its contact lives. */
import type { Executor } from '../../db/client.ts';
import { linksWithEmails } from '../../db/queries/contact-matching.ts';
import type { LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import { canonicalize } from '../../sync/contact-fields.ts';
import type { StandIn } from '../../sync/operations.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';
import type { Origin } from './find-origins.ts';

export async function findStandIns(
  db: Executor,
  { integrationId }: Pick<ContactSync, 'integrationId'>,
  input: {
    links: readonly LinkRow[];
    contacts: ReadonlyMap<string, PlannedContact>;
    origins?: ReadonlyMap<string, Origin>;
  },
): Promise<Map<string, StandIn[]>> {
  const gone = input.links.flatMap((link) => {
    const contact = link.tombstonedAt === null ? undefined : input.contacts.get(link.contactId ?? '');
    return contact === undefined || contact.archivedAt !== null ? [] : [{ link, contact }];
  });
  const emails = new Map(
    gone.flatMap(({ link, contact }) => {
      const email = canonicalize('email', contact.email);
      return email === '' ? [] : [[link.remoteId, email] as const];
    }),
  );
  const mentioning = await linksWithEmails(db, { integrationId, emails: [...new Set(emails.values())] });
  const standIns = new Map<string, StandIn[]>();
  for (const [remoteId, email] of emails) {
    const others = mentioning.filter(
      (other) => other.remoteId !== remoteId && hasEmail(other.shadow as Person, email),
    );
    const found = others.map(
      (other): StandIn => ({ resourceName: other.remoteId, by: 'email', linked: other.contactId !== null }),
    );
    if (found.length > 0) standIns.set(remoteId, found);
  }
  for (const [resourceName, { contactId }] of input.origins ?? []) {
    const own = gone.find(({ contact }) => contact.id === contactId);
    if (own === undefined) continue;
    const others = (standIns.get(own.link.remoteId) ?? []).filter(
      (other) => other.resourceName !== resourceName,
    );
    standIns.set(own.link.remoteId, [...others, { resourceName, by: 'marker', linked: false }]);
  }
  return standIns;
}

const hasEmail = (person: Person, email: string): boolean =>
  elementsOf(person, 'emailAddresses').some(
    ({ value }) => typeof value === 'string' && canonicalize('email', value) === email,
  );
