/** Editing what a task says. What was typed outlives every trouble, and a text that somebody changed meanwhile is shown first. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { TaskWithComments } from '../../api/contract/index.ts';
import { taskQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { hasDraft, useDraft } from '../ui/use-draft.ts';
import { changedText, isChanged, savingSlowly, type TaskText, textOf } from '../words/task.ts';
import { EditActions } from './edit-actions.tsx';
import { TaskProblem } from './task-problem.tsx';
import { TaskTextFields } from './task-text-fields.tsx';
import { useTaskChange } from './use-task-change.ts';

const draftOf = (task: TaskWithComments): string => `task-${task.id}`;
/** Typed before the session ended or another page was looked at. */
export const isTaskEdited = (task: TaskWithComments): boolean => hasDraft(draftOf(task));

export function TaskEdit({ task, onDone }: { task: TaskWithComments; onDone: () => void }) {
  const client = useQueryClient();
  /** Only what the person touched: over a newer text, it leaves alone what somebody else has changed. */
  const [edits, setEdits, forgetDraft] = useDraft<Partial<TaskText>>(draftOf(task), {});
  /** What is edited: a newer text must not be overwritten unseen. */
  const [base, setBase] = useState(() => textOf(task));
  const now = textOf(task);
  const newer = changedText(base, now);
  const draft = { ...base, ...edits };
  const leave = (): void => {
    forgetDraft();
    onDone();
  };
  const change = useTaskChange(task, leave);
  // The API knows no versions of tasks: what is there is read right before.
  const save = useMutation({
    mutationFn: () => client.fetchQuery({ ...taskQuery(task.id), staleTime: 0 }),
    onSuccess: (read) => {
      if (!isChanged(base, textOf(read))) change.mutate(changedText(base, draft));
    },
  });
  const isBusy = save.isPending || change.isPending;
  const isReady = draft.title.trim() !== '' && isChanged(base, draft) && !isChanged(base, now);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady && !isBusy) save.mutate();
  };
  const error = save.error ?? change.error;
  return (
    <form className="form task-form framed" onSubmit={submit}>
      <TaskTextFields
        text={draft}
        hint="Markdown is understood."
        onChange={(part) => setEdits({ ...edits, ...part })}
      />
      <div role="alert">
        {isChanged(base, now) ? (
          <div className="note note-warn">
            <div>
              <strong>This task was changed meanwhile</strong>
              <p>
                What you typed is kept, and takes the place of theirs once you use the newer version and save.
              </p>
              {newer.title !== undefined && <p>Its title is now “{now.title}”.</p>}
              {newer.description !== undefined && (
                <p className="newer-text">Its description is now: {now.description || 'empty'}</p>
              )}
            </div>
            <Button
              onClick={() => {
                setBase(now);
                change.reset();
              }}
            >
              Use the newer version
            </Button>
          </div>
        ) : (
          error && <TaskProblem error={error} integrationId={task.integrationId} />
        )}
      </div>
      <EditActions busy={isBusy} ready={isReady} onDiscard={leave}>
        <p className="muted" role="status">
          {change.isSlow && savingSlowly}
        </p>
      </EditActions>
    </form>
  );
}
