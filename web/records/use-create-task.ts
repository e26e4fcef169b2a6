import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CreateTask } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { sendOnce } from '../api/send-once.ts';
import { untilWritten } from '../api/until-written.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';
import { useShown } from '../ui/use-shown.ts';
import { describeTaskProblem } from '../words/task-problem.ts';

export const newTaskDraft = 'new-task';
const mutationKey = ['create-task'];

/** A task is being created, whether or not its dialog is still open. */
export const useIsCreatingTask = (): boolean => useIsMutating({ mutationKey }) > 0;

/** Creates a task at the provider, and tells how that ended, also to whoever has closed the dialog meanwhile. */
export function useCreateTask(onCreated: () => void) {
  const client = useQueryClient();
  const notices = useNotices();
  const shown = useShown();
  const [isSlow, setSlow] = useState(false);
  const create = useMutation({
    mutationKey,
    mutationFn: (task: CreateTask) =>
      sendOnce(newTaskDraft, task, (key) =>
        untilWritten(
          () => api.createTask(task, key),
          () => setSlow(true),
        ),
      ),
    onSuccess: (made) => {
      onCreated();
      refetchRecords(client);
      const open = { label: 'Open', act: () => navigate(paths.item('tasks', made.id)) };
      notices.tell(`${made.identifier ?? 'The task'} was created`, made.title, open);
    },
    onError: (error, { title }) => {
      if (shown.current) return;
      const { title: what, text } = describeTaskProblem(error);
      notices.warn(
        `“${title}” is not created so far`,
        `${what}. ${text} What you entered is kept under New task.`,
      );
    },
    onSettled: () => setSlow(false),
  });
  return { ...create, isSlow };
}
