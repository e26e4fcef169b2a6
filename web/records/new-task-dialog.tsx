/** A new task at the provider. What was typed is kept until it is created, also across a look at another page. */
import { FormDialog } from '../ui/form-dialog.tsx';
import { SelectField } from '../ui/select.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { AssigneeSelect } from './assignee-select.tsx';
import { TaskProblem } from './task-problem.tsx';
import { TaskTextFields } from './task-text-fields.tsx';
import { newTaskDraft, useCreateTask } from './use-create-task.ts';
import type { TaskTeam } from './use-task-teams.ts';

interface NewTaskDialogProps {
  readonly teams: readonly TaskTeam[];
  readonly onClose: () => void;
}

const emptyTask = { title: '', description: '', teamId: '', assigneeUserId: '' };

export function NewTaskDialog({ teams, onClose }: NewTaskDialogProps) {
  const [draft, setDraft, forgetDraft] = useDraft(newTaskDraft, emptyTask);
  const team = teams.find(({ id }) => id === draft.teamId) ?? teams[0];
  const change = (part: Partial<typeof emptyTask>): void => setDraft({ ...draft, ...part });

  const create = useCreateTask(() => {
    forgetDraft();
    onClose();
  });
  const submit = (): void => {
    if (!team) return;
    const { title, description, assigneeUserId } = draft;
    create.mutate({
      integrationId: team.integrationId,
      teamId: team.id,
      title: title.trim(),
      ...(description.trim() ? { description: description.trim() } : {}),
      ...(assigneeUserId ? { assigneeUserId } : {}),
    });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="New task"
      formClass="form"
      submitLabel="Create task"
      ready={team !== undefined && draft.title.trim() !== ''}
      busy={create.isPending}
      onSubmit={submit}
    >
      <TaskTextFields text={draft} hint="Optional. Markdown is understood." onChange={change} />
      <SelectField
        label="Team"
        value={team?.id ?? ''}
        options={teams.map(({ id, label }) => ({ value: id, label }))}
        onChange={(teamId) => change({ teamId })}
      />
      <AssigneeSelect
        value={draft.assigneeUserId}
        onChange={(assigneeUserId) => change({ assigneeUserId })}
      />
      <div role="status">
        {create.isSlow && (
          <p className="muted">
            The provider is slow. You may close this: the task goes on being created, and you are told how it
            ends.
          </p>
        )}
      </div>
      <div role="alert">
        {create.error && <TaskProblem error={create.error} integrationId={team?.integrationId} />}
      </div>
    </FormDialog>
  );
}
