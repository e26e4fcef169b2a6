/** State and assignee of a task, changed at the provider at once; a refusal puts them back and says why. */
import { useQuery } from '@tanstack/react-query';
import type { TaskWithComments } from '../../api/contract/index.ts';
import { taskStatesQuery, workspaceUsersQuery } from '../api/queries.ts';
import { Field } from '../ui/field.tsx';
import { describeAssignee } from '../words/task.ts';
import { TaskProblem } from './task-problem.tsx';
import { useTaskChange } from './use-task-change.ts';

export function TaskControls({ task }: { task: TaskWithComments }) {
  const { data: states = [] } = useQuery(taskStatesQuery(task.collectionId));
  const { data: users = [] } = useQuery(workspaceUsersQuery);
  const change = useTaskChange(task);
  const stateNames = [...new Set([...(task.state ? [task.state] : []), ...states.map(({ name }) => name)])];
  const ordered =
    states.length === 0
      ? stateNames
      : sortLike(
          stateNames,
          states.map(({ name }) => name),
        );
  const unmapped = task.assignee !== null && task.assignee.userId === null;
  return (
    <>
      <div className="task-controls">
        <Field label="State">
          {(id) => (
            <select
              id={id}
              value={task.state ?? ''}
              disabled={change.isPending}
              onChange={(event) => change.mutate({ state: event.target.value })}
            >
              {ordered.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Assignee">
          {(id) => (
            <select
              id={id}
              value={unmapped ? 'unmapped' : (task.assignee?.userId ?? '')}
              disabled={change.isPending}
              onChange={(event) => change.mutate({ assigneeUserId: event.target.value || null })}
            >
              {unmapped && (
                <option value="unmapped" disabled>
                  {describeAssignee(task)} (not mapped)
                </option>
              )}
              <option value="">Nobody</option>
              {users.map((user) => (
                <option key={user.id} value={user.id}>
                  {user.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <p className="task-saving muted" role="status">
          {change.isPending && 'Saving at the provider…'}
        </p>
      </div>
      <div role="alert">
        {change.error && <TaskProblem error={change.error} integrationId={task.integrationId} />}
      </div>
    </>
  );
}

const sortLike = (names: readonly string[], order: readonly string[]): string[] =>
  [...names].sort((a, b) => order.indexOf(a) - order.indexOf(b));
