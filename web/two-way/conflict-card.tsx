/** One value with two sides, or one record or list that could not be placed, and the decision about it. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import type { Conflict, ResolveConflict } from '../../api/contract/index.ts';
import {
  contactListsQuery,
  deletedContactListsQuery,
  sessionQuery,
  workspaceUsersQuery,
} from '../api/queries.ts';
import { useRestoreList } from '../records/use-list-writes.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Check } from '../ui/check.tsx';
import { Time } from '../ui/time.tsx';
import {
  describeConflict,
  describeDecider,
  describeDecision,
  describeList,
  takenSide,
} from '../words/conflict.ts';
import { fieldLabel } from '../words/contact.ts';
import { useResolveConflict } from './use-resolve-conflict.ts';

interface ConflictCardProps {
  readonly conflict: Conflict;
  readonly name: string;
  readonly onDecide: () => void;
}

export function ConflictCard({ conflict, name, onDecide }: ConflictCardProps) {
  const resolve = useResolveConflict();
  const decide = (resolution: ResolveConflict): void => {
    onDecide();
    resolve.mutate({ conflict, resolution });
  };
  // Decided, it takes no second click until the list that it is still on is read again.
  const busy = resolve.isPending || resolve.isSuccess;
  const who = conflict.contactName ?? describeList(conflict) ?? 'Somebody';
  return (
    <li className="conflict" data-conflict={conflict.id}>
      <div className="conflict-head">
        <h2 tabIndex={-1}>
          {conflict.contactId ? <Link href={paths.item('contacts', conflict.contactId)}>{who}</Link> : who}
          {conflict.field && `: ${fieldLabel(conflict.field)}`}
        </h2>
        <span className="muted">
          <Time at={conflict.at} />
        </span>
      </div>
      <p>{describeConflict(conflict, name)}</p>
      {!conflict.open && <Decision conflict={conflict} name={name} />}
      {conflict.winner === null ? (
        <Parked conflict={conflict} busy={busy} onDecide={decide} />
      ) : (
        <TwoValues conflict={conflict} name={name} busy={busy} onDecide={decide} />
      )}
    </li>
  );
}

function Decision({ conflict, name }: { conflict: Conflict; name: string }) {
  const { data: session } = useQuery(sessionQuery);
  const me = session?.signedIn?.user?.id;
  const { resolvedBy, resolvedAt } = conflict;
  const byOther = resolvedBy?.startsWith('user:') === true && resolvedBy !== `user:${me}`;
  const { data: people = [] } = useQuery({ ...workspaceUsersQuery, enabled: byOther });
  return (
    <p>
      Decided {describeDecider(resolvedBy, { me, people })}
      {resolvedAt && (
        <>
          {' '}
          <Time at={resolvedAt} />
        </>
      )}
      : {describeDecision(conflict, name)}.
    </p>
  );
}

interface DecisionProps {
  readonly conflict: Conflict;
  readonly busy: boolean;
  readonly onDecide: (resolution: ResolveConflict) => void;
}

function TwoValues({ conflict, name, busy, onDecide }: DecisionProps & { name: string }) {
  const alwaysId = useId();
  const [always, setAlways] = useState(false);
  const { base, open, listId } = conflict;
  const taken = takenSide(conflict);
  const mark = open ? 'Holds now' : 'Taken';
  const takes = conflict.choices.includes('harmony');
  const before = base?.harmony ?? base?.provider;
  return (
    <>
      <p className="muted">Both sides last agreed on: {base ? (before ?? 'no value') : 'nothing yet'}</p>
      <div className="conflict-sides">
        <Side title="Harmony" value={conflict.harmonyValue} mark={taken === 'harmony' ? mark : undefined}>
          {takes && (
            <Button busy={busy} onClick={() => onDecide({ choose: 'harmony', always })}>
              Take this one
            </Button>
          )}
        </Side>
        <Side title={name} value={conflict.providerValue} mark={taken === 'provider' ? mark : undefined}>
          {takes && (
            <Button busy={busy} onClick={() => onDecide({ choose: 'provider', always })}>
              Take this one
            </Button>
          )}
        </Side>
      </div>
      {open && (
        <div className="conflict-foot">
          {listId && <ListWay listId={listId} />}
          {takes && (
            <div className="always">
              <Check id={alwaysId} checked={always} onChange={setAlways} />
              <label htmlFor={alwaysId}>Always decide this field this way</label>
            </div>
          )}
          <Button look="quiet" busy={busy} onClick={() => onDecide({ choose: 'dismiss' })}>
            Leave it as it is
          </Button>
        </div>
      )}
    </>
  );
}

interface SideProps {
  readonly title: string;
  readonly value: string | null;
  /** Of the one that holds. */
  readonly mark: string | undefined;
  readonly children: ReactNode;
}

function Side({ title, value, mark, children }: SideProps) {
  return (
    <div className="conflict-side" data-holds={mark !== undefined || undefined}>
      <p className="muted">
        {title}
        {mark && <span className="tag tag-new">{mark}</span>}
      </p>
      <p className="conflict-value">{value ?? 'no value'}</p>
      {children}
    </div>
  );
}

function Parked({ conflict, busy, onDecide }: DecisionProps) {
  if (!conflict.open) return null;
  return (
    <div className="conflict-foot">
      {conflict.listId && <ListWay listId={conflict.listId} />}
      {conflict.choices.includes('harmony') && (
        <Button busy={busy} onClick={() => onDecide({ choose: 'harmony' })}>
          Try again now
        </Button>
      )}
      {conflict.choices.includes('link') &&
        conflict.candidates.map(({ id, name, email }) => (
          <Button key={id} busy={busy} onClick={() => onDecide({ choose: 'link', candidate: id })}>
            It is {name}
            {email && ` (${email})`}
          </Button>
        ))}
      <Button look="quiet" busy={busy} onClick={() => onDecide({ choose: 'dismiss' })}>
        Leave it as it is
      </Button>
    </div>
  );
}

/** To where a person changes the list; one that was deleted here comes back first. */
function ListWay({ listId }: { listId: string }) {
  const restore = useRestoreList();
  const isIt = ({ id }: { readonly id: string }): boolean => id === listId;
  const { data: lists } = useQuery(contactListsQuery);
  const isThere = lists?.some(isIt) === true;
  const { data: deleted } = useQuery({
    ...deletedContactListsQuery,
    enabled: lists !== undefined && !isThere,
  });
  if (isThere)
    return (
      <Link className="button button-plain" href={paths.list(listId)}>
        Open the list
      </Link>
    );
  if (deleted?.some(isIt) !== true) return null;
  return (
    <Button busy={restore.isPending} onClick={() => restore.mutate(listId)}>
      Restore the list
    </Button>
  );
}
