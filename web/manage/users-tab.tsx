/** Who the people at the provider are in Harmony, the ones with the most work first. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ExternalUser, Integration, WorkspaceUser } from '../../api/contract/index.ts';
import { workspaceUsersQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { FilterChips } from '../ui/filter-chips.tsx';
import { icons } from '../ui/icons.tsx';
import { Select } from '../ui/select.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import {
  describeMatch,
  describeSyncedUsers,
  isUnmapped,
  type PeopleView,
  peopleViews,
  showPeople,
  summarisePeople,
} from '../words/people.ts';
import { countOf } from '../words/run.ts';
import { usePeople, usePersonMapping, useSyncPeople } from './use-people.ts';

interface UsersTabProps {
  readonly integration: Integration;
  readonly name: string;
}

const noone = 'nobody';

export function UsersTab({ integration, name }: UsersTabProps) {
  const list = usePeople(integration.id);
  const { people } = list;
  const users = useQuery(workspaceUsersQuery);
  const sync = useSyncPeople(integration.id);
  const [view, setView] = useState<PeopleView>('all');
  const [filter, setFilter] = useState('');
  const error = list.error ?? users.error;
  const shown = showPeople(people ?? [], view, filter);
  return (
    <>
      <div className="section-head">
        <p>
          Tasks are assigned through this list. Harmony matches people by their e-mail address; choose by hand
          whoever it could not match.
        </p>
        <Button icon={icons.sync} busy={sync.isPending} onClick={() => sync.mutate()}>
          Sync Users
        </Button>
      </div>
      <div role="status">
        {sync.data && (
          <div className="note note-plain">
            {/* Who is left to map is so by now, with what was chosen since. */}
            <p>{describeSyncedUsers({ ...sync.data, unmapped: (people ?? []).filter(isUnmapped).length })}</p>
          </div>
        )}
      </div>
      {people && users.data ? (
        people.length === 0 ? (
          <EmptyState title={`Nobody from ${name} yet`}>
            <p>Sync Users asks {name} who is there.</p>
          </EmptyState>
        ) : (
          <>
            <p className="people-summary">{summarisePeople(people)}</p>
            <div className="list-tools">
              <FilterChips label="Show" options={peopleViews(people)} value={view} onChange={setView} />
              <input
                type="search"
                aria-label="Filter people"
                placeholder="Filter by name or e-mail"
                value={filter}
                onChange={(event) => setFilter(event.target.value)}
              />
            </div>
            {shown.length === 0 ? (
              <EmptyState title="Nobody fits">
                <p>Show all people, or change the filter.</p>
              </EmptyState>
            ) : (
              <ul className="rows people">
                {shown.map((person) => (
                  <PersonRow
                    key={person.externalUserId}
                    integrationId={integration.id}
                    person={person}
                    users={users.data}
                  />
                ))}
              </ul>
            )}
          </>
        )
      ) : error ? (
        <ProblemNote
          error={error}
          onRetry={() => {
            void list.refetch();
            void users.refetch();
          }}
        />
      ) : (
        <Skeleton rows={6} />
      )}
    </>
  );
}

interface PersonRowProps {
  readonly integrationId: string;
  readonly person: ExternalUser;
  readonly users: readonly WorkspaceUser[];
}

function PersonRow({ integrationId, person, users }: PersonRowProps) {
  const mapping = usePersonMapping(integrationId);
  const id = useId();
  const unmapped = isUnmapped(person);
  const value = person.userId ?? (person.match === 'manual' ? noone : '');
  return (
    <li className="row person" data-unmapped={unmapped || undefined}>
      <div className="row-main">
        <span className="person-name">{person.name}</span>
        {!person.active && <span className="tag">Deactivated</span>}
        {unmapped && <span className="tag tag-warn">Not mapped</span>}
        <span className="muted row-detail">
          {[person.email, countOf(person.taskCount, { one: 'issue', many: 'issues' })]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <div className="person-choice">
        <label className="visually-hidden" htmlFor={id}>
          Harmony user of {person.name}
        </label>
        <Select
          id={id}
          value={value}
          options={[
            ...(value === '' ? [{ value: '', label: 'Choose a user' }] : []),
            ...users.map((user) => ({ value: user.id, label: `${user.name} (${user.email})` })),
            { value: noone, label: 'Nobody here' },
          ]}
          onChange={(chosen) => mapping.mutate({ person, userId: chosen === noone ? null : chosen })}
        />
        <span className="muted person-match">{describeMatch(person)}</span>
      </div>
    </li>
  );
}
