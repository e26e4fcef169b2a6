/** A new task at the provider. What was typed is kept until it is created, also across a look at another page. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { useRetryKey } from '../api/use-retry-key.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useNotices } from '../ui/notices.tsx';
import { SelectField } from '../ui/select.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { AssigneeSelect } from './assignee-select.tsx';
import { TaskProblem } from './task-problem.tsx';
import type { TaskTeam } from './use-task-teams.ts';

interface NewTaskDialogProps {
  readonly teams: readonly TaskTeam[];
  readonly onClose: () => void;
}

const emptyTask = { title: '', description: '', teamId: '', assigneeUserId: '' };

export function NewTaskDialog({ teams, onClose }: NewTaskDialogProps) {
  const client = useQueryClient();
  const notices = useNotices();
  const keyOf = useRetryKey();
  const [draft, setDraft, forgetDraft] = useDraft('new-task', emptyTask);
  const team = teams.find(({ id }) => id === draft.teamId) ?? teams[0];
  const change = (part: Partial<typeof emptyTask>): void => setDraft({ ...draft, ...part });

  const create = useMutation({
    mutationFn: (from: TaskTeam) => {
      const { title, description, assigneeUserId } = draft;
      const task = {
        integrationId: from.integrationId,
        teamId: from.id,
        title: title.trim(),
        ...(description.trim() ? { description: description.trim() } : {}),
        ...(assigneeUserId ? { assigneeUserId } : {}),
      };
      return api.createTask(task, keyOf(task));
    },
    onSuccess: (made) => {
      forgetDraft();
      onClose();
      refetchRecords(client);
      if ('operationId' in made)
        notices.tell('The task is being created', 'The provider is slow; it appears here by itself.');
      else {
        const open = { label: 'Open', act: () => navigate(paths.item('tasks', made.id)) };
        notices.tell(`${made.identifier ?? 'The task'} was created`, made.title, open);
      }
    },
  });
  return (
    <FormDialog
      onClose={onClose}
      title="New task"
      formClass="form"
      submitLabel="Create task"
      ready={team !== undefined && draft.title.trim() !== ''}
      busy={create.isPending}
      onSubmit={() => team && create.mutate(team)}
    >
      <Field label="Title">
        {(id) => (
          <input
            id={id}
            type="text"
            value={draft.title}
            maxLength={500}
            onChange={(event) => change({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" hint="Optional. Markdown is understood.">
        {(id, hintId) => (
          <textarea
            id={id}
            aria-describedby={hintId}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
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
      <div role="alert">
        {create.error && <TaskProblem error={create.error} integrationId={team?.integrationId} />}
      </div>
    </FormDialog>
  );
}
