/** What arrived from address books: any number of people in one list, of which only what is seen is drawn. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { contactListsQuery, contactsQuery, deletedContactListsQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import { AddPeopleDialog } from './add-people-dialog.tsx';
import { ContactList } from './contact-list.tsx';
import { DeletedLists } from './deleted-lists.tsx';
import { ListBar } from './list-bar.tsx';
import { NewContactDialog } from './new-contact-dialog.tsx';
import { OneIntegration } from './one-integration.tsx';
import { useRemovePerson } from './use-list-writes.ts';

interface ContactsPageProps {
  readonly integrationId: string | undefined;
  readonly listId: string | undefined;
  readonly archived: boolean;
}

export function ContactsPage({ integrationId, listId, archived }: ContactsPageProps) {
  const contacts = useInfiniteQuery(
    contactsQuery({ integrationId, listId, archived: archived ? 'true' : undefined }),
  );
  const { data: lists, isFetching: readsLists } = useQuery(contactListsQuery);
  const deletedLists = useQuery({ ...deletedContactListsQuery, enabled: archived });
  const list = lists?.find(({ id }) => id === listId);
  const listGone = listId !== undefined && lists !== undefined && list === undefined && !readsLists;
  /** Some of a provider's own take nobody any more; off each of them people can be taken. */
  const taking = list?.takesMembers ? list : undefined;
  const removePerson = useRemovePerson(list);
  const nobody = contacts.data?.pages[0]?.data.length === 0;
  const [open, setOpen] = useState<'new-contact' | 'add-people'>();
  const addPeople = taking && (() => setOpen('add-people'));
  return (
    <>
      <div className="page-head">
        <PageHeading title="Contacts" />
        <Button look="primary" icon={icons.plus} onClick={() => setOpen('new-contact')}>
          New contact
        </Button>
      </div>
      <p className="lead">
        {archived ? (
          'What your Companion does not see any more. Open a person to restore them.'
        ) : (
          <>
            The people that your Companion knows.{' '}
            <Link href={paths.search({ type: 'contact' })}>Find somebody</Link>
          </>
        )}
      </p>
      <OneIntegration id={integrationId} page="contacts" />
      {integrationId === undefined && (
        <ListBar listId={listId} archived={archived} onAddPeople={nobody ? undefined : addPeople} />
      )}
      {open === 'new-contact' && <NewContactDialog onClose={() => setOpen(undefined)} />}
      {open === 'add-people' && taking && (
        <AddPeopleDialog list={taking} onClose={() => setOpen(undefined)} />
      )}
      {archived && (
        <>
          <DeletedLists lists={deletedLists} />
          <h2>Archived people</h2>
        </>
      )}
      {listGone ? (
        <EmptyState title="This list is not here any more">
          <p>
            Whoever was on it is among <Link href={paths.data('contacts')}>everybody</Link>.
          </p>
        </EmptyState>
      ) : contacts.data && !(archived && deletedLists.isLoading) ? (
        nobody ? (
          <NoContacts
            among={archived ? 'archived' : listId === undefined ? 'everybody' : 'list'}
            onAddPeople={addPeople}
          />
        ) : (
          <ContactList
            // It takes its place from what stands above it.
            key={String(archived)}
            pages={contacts.data.pages}
            hasMore={contacts.hasNextPage}
            isLoadingMore={contacts.isFetchingNextPage}
            error={contacts.isFetchNextPageError ? contacts.error : undefined}
            onMore={() => void contacts.fetchNextPage()}
            onRemove={list && removePerson.mutate}
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

interface NoContactsProps {
  readonly among: 'everybody' | 'list' | 'archived';
  readonly onAddPeople: (() => void) | undefined;
}

function NoContacts({ among, onAddPeople }: NoContactsProps) {
  if (among === 'archived')
    return (
      <EmptyState title="Nobody is archived">
        <p>Whoever you archive, or a sync takes out of Harmony, is found here and can be restored.</p>
      </EmptyState>
    );
  if (among === 'list')
    return (
      <EmptyState title="Nobody is on this list yet">
        {onAddPeople && (
          <Button look="primary" icon={icons.people} onClick={onAddPeople}>
            Add people
          </Button>
        )}
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
