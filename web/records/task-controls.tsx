/** State and assignee of a task, changed at the provider at once; a refusal puts them back and says why. */
import { useQuery } from '@tanstack/react-query';
import type { TaskWithComments } from '../../api/contract/index.ts';
import { taskStatesQuery } from '../api/queries.ts';
import { SelectField } from '../ui/select.tsx';
import { describeAssignee, savingSlowly } from '../words/task.ts';
import { AssigneeSelect } from './assignee-select.tsx';
import { TaskProblem } from './task-problem.tsx';
import { useTaskChange } from './use-task-change.ts';

export function TaskControls({ task }: { task: TaskWithComments }) {
  const { data: states = [] } = useQuery(taskStatesQuery(task.collectionId));
  const change = useTaskChange(task);
  const names = states.map(({ name }) => name);
  const known = task.state !== null && names.includes(task.state);
  const unmapped = task.assignee !== null && task.assignee.userId === null;
  return (
    <>
      <div className="task-controls">
        <SelectField
          label="State"
          value={task.state ?? ''}
          disabled={change.isPending}
          options={[
            ...(known ? [] : [{ value: task.state ?? '', label: task.state ?? 'Not known' }]),
            ...names.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(state) => change.mutate({ state })}
        />
        <AssigneeSelect
          value={task.assignee?.userId ?? ''}
          name={task.assignee?.name ?? undefined}
          unmappedName={unmapped ? describeAssignee(task) : undefined}
          disabled={change.isPending}
          onChange={(userId) => change.mutate({ assigneeUserId: userId || null })}
        />
        <p className="task-saving muted" role="status">
          {change.isPending && (change.isSlow ? savingSlowly : 'Saving at the provider…')}
        </p>
      </div>
      <div role="alert">
        {change.error && <TaskProblem error={change.error} integrationId={task.integrationId} />}
      </div>
    </>
  );
}
