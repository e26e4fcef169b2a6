/** The tasks that arrived, the last changed first, and the way to a new one. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StateCategory, Task } from '../../api/contract/index.ts';
import { sessionQuery, tasksQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { FilterChips } from '../ui/filter-chips.tsx';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { Paged } from '../ui/paged.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { EmptyState } from '../ui/states.tsx';
import {
  describeAssignee,
  describeDue,
  describePriority,
  describeTaskState,
  stateLabels,
} from '../words/task.ts';
import { NewTaskDialog } from './new-task-dialog.tsx';
import { OneIntegration } from './one-integration.tsx';
import { useIsCreatingTask } from './use-create-task.ts';
import { useTaskTeams } from './use-task-teams.ts';

type Shown = 'all' | 'mine' | StateCategory;
const choices: readonly { value: Shown; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'mine', label: 'Assigned to me' },
  ...(['todo', 'in_progress', 'done'] as const).map((value) => ({ value, label: stateLabels[value] })),
];

export function TasksPage({ integrationId }: { integrationId: string | undefined }) {
  const { data: session } = useQuery(sessionQuery);
  const me = session?.signedIn?.user?.id;
  const [shown, setShown] = useState<Shown>('all');
  const [dialogOpen, setDialogOpen] = useState(false);
  const isCreating = useIsCreatingTask();
  const tasks = useInfiniteQuery(
    tasksQuery({
      integrationId,
      assigneeUserId: shown === 'mine' ? me : undefined,
      stateCategory: shown === 'all' || shown === 'mine' ? undefined : shown,
    }),
  );
  const { teams } = useTaskTeams();
  return (
    <>
      <div className="page-head">
        <PageHeading title="Tasks" />
        {teams.length > 0 && (
          <Button
            look="primary"
            icon={icons.plus}
            // One after the other: what was entered is kept until the one before is settled.
            busy={isCreating && !dialogOpen}
            onClick={() => setDialogOpen(true)}
          >
            New task
          </Button>
        )}
      </div>
      <p className="lead">The work that your Companion knows, and can add to.</p>
      <OneIntegration id={integrationId} page="tasks" />
      <div className="list-tools">
        <FilterChips label="Show" options={choices} value={shown} onChange={setShown} />
      </div>
      <Paged
        query={tasks}
        empty={
          <EmptyState title={shown === 'all' ? 'No tasks yet' : 'No task fits'}>
            {shown === 'all' && (
              <p>
                Connect Linear under <Link href={paths.integrations}>Integrations</Link>.
              </p>
            )}
          </EmptyState>
        }
      >
        {(found) => (
          <ul className="rows">
            {found.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </ul>
        )}
      </Paged>
      {dialogOpen && <NewTaskDialog teams={teams} onClose={() => setDialogOpen(false)} />}
    </>
  );
}

function TaskRow({ task }: { task: Task }) {
  const details = [task.identifier, describeAssignee(task), describePriority(task), describeDue(task)];
  return (
    <li className="row row-link task-row" data-task={task.id}>
      <div className="row-main">
        <Link href={paths.item('tasks', task.id)}>{task.title}</Link>
        <span className="muted row-detail">{details.filter(Boolean).join(' · ')}</span>
      </div>
      <StateBadge {...describeTaskState(task)} />
    </li>
  );
}
