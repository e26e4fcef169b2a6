/** What arrived from address books: any number of people in one list, of which only what is seen is drawn. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { contactsQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { PageHeading } from '../ui/page-heading.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import { ContactList } from './contact-list.tsx';
import { OneIntegration } from './one-integration.tsx';

export function ContactsPage({ integrationId }: { integrationId: string | undefined }) {
  const contacts = useInfiniteQuery(contactsQuery({ integrationId }));
  return (
    <>
      <PageHeading title="Contacts" />
      <p className="lead">
        The people that your Companion knows.{' '}
        <Link href={paths.search({ type: 'contact' })}>Find somebody</Link>
      </p>
      <OneIntegration id={integrationId} page="contacts" />
      {contacts.data ? (
        contacts.data.pages[0]?.data.length === 0 ? (
          <EmptyState title="No contacts yet">
            <p>
              Connect an address book under <Link href={paths.integrations}>Integrations</Link>.
            </p>
          </EmptyState>
        ) : (
          <ContactList
            pages={contacts.data.pages}
            hasMore={contacts.hasNextPage}
            isLoadingMore={contacts.isFetchingNextPage}
            error={contacts.isFetchNextPageError ? contacts.error : undefined}
            onMore={() => void contacts.fetchNextPage()}
          />
        )
      ) : contacts.error ? (
        <ProblemNote error={contacts.error} onRetry={() => void contacts.refetch()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </>
  );
}
