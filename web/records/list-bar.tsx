/** Which contact list is shown, and what can be done with it. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { contactListsQuery } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Select } from '../ui/select.tsx';
import { listName } from '../words/contact.ts';
import { count } from '../words/run.ts';
import { ListNameDialog } from './list-name-dialog.tsx';
import { useArchiveList } from './use-list-writes.ts';

interface ListBarProps {
  readonly listId: string | undefined;
  readonly archived: boolean;
  /** Absent where nobody can be added by hand. */
  readonly onAddPeople: (() => void) | undefined;
}

export function ListBar({ listId, archived, onAddPeople }: ListBarProps) {
  const id = useId();
  const { data: lists = [] } = useQuery(contactListsQuery);
  const [naming, setNaming] = useState<{ readonly listId: string | undefined }>();
  const archive = useArchiveList();
  const shown = lists.find((list) => list.id === listId);
  const own = shown && !shown.system ? shown : undefined;
  /** As it was last read: a name that somebody else gave it shows in the open dialog. */
  const renamed = lists.find((list) => list.id === naming?.listId);
  return (
    <div className="list-tools list-bar">
      <label htmlFor={id}>List</label>
      <Select
        id={id}
        value={archived ? paths.archivedContacts : shown ? paths.list(shown.id) : paths.data('contacts')}
        options={[
          { value: paths.data('contacts'), label: 'Everybody' },
          ...lists.map((list) => ({
            value: paths.list(list.id),
            label: `${listName(list)} (${count(list.memberCount)})`,
          })),
          { value: paths.archivedContacts, label: 'Archived' },
        ]}
        onChange={(path) => navigate(path)}
      />
      <Button icon={icons.plus} onClick={() => setNaming({ listId: undefined })}>
        New list
      </Button>
      {onAddPeople && (
        <Button icon={icons.people} onClick={onAddPeople}>
          Add people
        </Button>
      )}
      {own && (
        <>
          <Button look="quiet" icon={icons.edit} onClick={() => setNaming({ listId: own.id })}>
            Rename
          </Button>
          <Button
            look="quiet"
            icon={icons.trash}
            busy={archive.isPending}
            onClick={() => archive.mutate(own)}
          >
            Delete list
          </Button>
        </>
      )}
      {naming && (naming.listId === undefined || renamed) && (
        <ListNameDialog list={renamed} onClose={() => setNaming(undefined)} />
      )}
    </div>
  );
}
