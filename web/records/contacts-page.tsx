/** What arrived from address books: any number of people in one list, of which only what is seen is drawn. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { contactsQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import { ContactList } from './contact-list.tsx';
import { ListBar } from './list-bar.tsx';
import { NewContactDialog } from './new-contact-dialog.tsx';
import { OneIntegration } from './one-integration.tsx';

interface ContactsPageProps {
  readonly integrationId: string | undefined;
  readonly listId: string | undefined;
}

export function ContactsPage({ integrationId, listId }: ContactsPageProps) {
  const contacts = useInfiniteQuery(contactsQuery({ integrationId, listId }));
  const [creating, setCreating] = useState(false);
  return (
    <>
      <div className="page-head">
        <PageHeading title="Contacts" />
        <Button look="primary" icon={icons.plus} onClick={() => setCreating(true)}>
          New contact
        </Button>
      </div>
      <p className="lead">
        The people that your Companion knows.{' '}
        <Link href={paths.search({ type: 'contact' })}>Find somebody</Link>
      </p>
      <OneIntegration id={integrationId} page="contacts" />
      {integrationId === undefined && <ListBar listId={listId} />}
      {creating && <NewContactDialog onClose={() => setCreating(false)} />}
      {contacts.data ? (
        contacts.data.pages[0]?.data.length === 0 ? (
          <NoContacts onList={listId !== undefined} />
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

function NoContacts({ onList }: { onList: boolean }) {
  if (onList)
    return (
      <EmptyState title="Nobody is on this list yet">
        <p>Open a contact and press the list’s name under “Lists”.</p>
      </EmptyState>
    );
  return (
    <EmptyState title="No contacts yet">
      <p>
        Connect an address book under <Link href={paths.integrations}>Integrations</Link>, or press “New
        contact”.
      </p>
    </EmptyState>
  );
}
