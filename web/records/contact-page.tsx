/** One person, with every field and where it comes from. */
import { useQuery } from '@tanstack/react-query';
import type { Contact } from '../../api/contract/index.ts';
import { contactQuery, providersQuery } from '../api/queries.ts';
import { Time } from '../ui/time.tsx';
import { contactFields } from '../words/contact.ts';
import { contactName, initials } from './contact-name.ts';
import { ItemPage } from './item-page.tsx';

export function ContactPage({ id }: { id: string }) {
  const contact = useQuery(contactQuery(id));
  return (
    <ItemPage query={contact} page="contacts" backLabel="Contacts" title={contactName}>
      {(shown) => <ContactDetails contact={shown} />}
    </ItemPage>
  );
}

function ContactDetails({ contact }: { contact: Contact }) {
  const { data: providers } = useQuery(providersQuery);
  const known = contactFields.filter(({ name }) => contact[name]);
  const sources = contact.sources.map(
    ({ provider }) => providers?.find(({ id }) => id === provider)?.name ?? provider,
  );
  return (
    <>
      <div className="contact-head">
        <span className="avatar avatar-large" aria-hidden="true">
          {initials(contact)}
        </span>
        <p className="muted">
          {sources.length === 0 ? 'Only in Harmony' : `From ${[...new Set(sources)].join(' and ')}`} · changed{' '}
          <Time at={contact.updatedAt} />
        </p>
      </div>
      <dl className="details">
        {known.map(({ name, label }) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd>{contact[name]}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
