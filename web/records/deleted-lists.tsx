/** Contact lists that were deleted, each brought back with one press. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ContactList } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useRestoreList } from './use-list-writes.ts';

export function DeletedLists({ lists }: { lists: UseQueryResult<readonly ContactList[]> }) {
  if (lists.error && !lists.data)
    return <ProblemNote error={lists.error} onRetry={() => void lists.refetch()} />;
  // A provider's own comes back only there.
  const own = lists.data?.filter(({ system }) => !system) ?? [];
  if (own.length === 0) return null;
  return (
    <section aria-labelledby="deleted-lists">
      <h2 id="deleted-lists">Deleted lists</h2>
      <ul className="rows">
        {own.map((list) => (
          <DeletedList key={list.id} list={list} />
        ))}
      </ul>
    </section>
  );
}

function DeletedList({ list }: { list: ContactList }) {
  const restore = useRestoreList();
  return (
    <li className="row">
      <div className="row-main">
        <span>{list.name}</span>
        <span className="muted row-detail">
          deleted <Time at={list.archivedAt ?? list.updatedAt} />
        </span>
      </div>
      <Button icon={icons.undo} busy={restore.isPending} onClick={() => restore.mutate(list.id)}>
        Restore
        <span className="visually-hidden"> {list.name}</span>
      </Button>
    </li>
  );
}
