/** A new task at the provider. What was typed is kept until it is created, also across a look at another page. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useRef } from 'react';
import { newIdempotencyKey } from '../api/call-api.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords, workspaceUsersQuery } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useNotices } from '../ui/notices.tsx';
import { useDraft } from '../ui/use-draft.ts';
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
  const formId = useId();
  const { data: users = [] } = useQuery(workspaceUsersQuery);
  const [draft, setDraft, forgetDraft] = useDraft('new-task', emptyTask);
  /** The same while the same task is sent again: an answer that was lost must not make it twice. */
  const sentAs = useRef({ body: '', key: '' });
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
      const body = JSON.stringify(task);
      if (sentAs.current.body !== body) sentAs.current = { body, key: newIdempotencyKey() };
      return api.createTask(task, sentAs.current.key);
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
  const ready = team !== undefined && draft.title.trim() !== '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !create.isPending) create.mutate(team);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="New task"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} busy={create.isPending} disabled={!ready}>
            Create task
          </Button>
        </>
      }
    >
      <form id={formId} className="form" onSubmit={submit}>
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
        <Field label="Team">
          {(id) => (
            <select
              id={id}
              value={team?.id ?? ''}
              onChange={(event) => change({ teamId: event.target.value })}
            >
              {teams.map(({ id: teamId, label }) => (
                <option key={teamId} value={teamId}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Assignee">
          {(id) => (
            <select
              id={id}
              value={draft.assigneeUserId}
              onChange={(event) => change({ assigneeUserId: event.target.value })}
            >
              <option value="">Nobody</option>
              {users.map((user) => (
                <option key={user.id} value={user.id}>
                  {user.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div role="alert">
          {create.error && <TaskProblem error={create.error} integrationId={team?.integrationId} />}
        </div>
      </form>
    </Dialog>
  );
}
