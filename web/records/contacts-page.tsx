/** What arrived from address books. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Contact } from '../../api/contract/index.ts';
import { contactsQuery, providersQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';

export function ContactsPage({ integrationId }: { integrationId: string | undefined }) {
  const contacts = useInfiniteQuery(contactsQuery({ integrationId }));
  const all = contacts.data?.pages.flatMap(({ data }) => data);
  return (
    <>
      <PageHeading title="Contacts" />
      <p className="lead">The people that your Companion knows.</p>
      {integrationId && (
        <p>
          Of one integration. <Link href={paths.contacts()}>Show all</Link>
        </p>
      )}
      {all ? (
        all.length === 0 ? (
          <EmptyState title="No contacts yet">
            <p>
              Connect an address book under <Link href={paths.integrations}>Integrations</Link>.
            </p>
          </EmptyState>
        ) : (
          <ContactTable contacts={all} />
        )
      ) : contacts.error ? (
        <ProblemNote error={contacts.error} onRetry={() => void contacts.refetch()} />
      ) : (
        <Skeleton rows={8} />
      )}
      {contacts.hasNextPage && (
        <Button busy={contacts.isFetchingNextPage} onClick={() => void contacts.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}

function ContactTable({ contacts }: { contacts: readonly Contact[] }) {
  const providers = useQuery(providersQuery);
  const nameOf = (id: string): string => providers.data?.find((provider) => provider.id === id)?.name ?? id;
  return (
    <table className="contacts">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">E-mail</th>
          <th scope="col">Phone</th>
          <th scope="col">Company</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {contacts.map((contact) => (
          <tr key={contact.id}>
            <th scope="row">{contactName(contact)}</th>
            <td data-label="E-mail">{contact.email}</td>
            <td data-label="Phone">{contact.phone}</td>
            <td data-label="Company">{[contact.jobTitle, contact.company].filter(Boolean).join(', ')}</td>
            <td data-label="From" className="muted">
              {[...new Set(contact.sources.map(({ provider }) => nameOf(provider)))].join(', ') || 'Harmony'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function contactName({ firstName, lastName, company, email }: Contact): string {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return name || company || email || 'No name';
}
