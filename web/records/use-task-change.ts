import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PatchTask, TaskWithComments } from '../../api/contract/index.ts';
import { newIdempotencyKey } from '../api/call-api.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords, taskQuery } from '../api/queries.ts';
import { untilWritten } from '../api/until-written.ts';
import { useNotices } from '../ui/notices.tsx';
import { useShown } from '../ui/use-shown.ts';
import { describeTaskProblem } from '../words/task-problem.ts';

/**
 * Changes a task at the provider, and tells how that ended, also to whoever looks at something else meanwhile. A conflict
 * leaves what is there, and the newer state is fetched and shown.
 */
export function useTaskChange(task: TaskWithComments, onSaved?: () => void) {
  const client = useQueryClient();
  const notices = useNotices();
  const shown = useShown();
  const [isSlow, setSlow] = useState(false);
  const { queryKey } = taskQuery(task.id);
  const mutationKey = ['change-task', task.id];
  const isPending = useIsMutating({ mutationKey }) > 0;
  const change = useMutation({
    mutationKey,
    mutationFn: (patch: PatchTask) => {
      const key = newIdempotencyKey();
      return untilWritten(
        () => api.patchTask(task.id, patch, key),
        () => setSlow(true),
      );
    },
    onMutate: async ({ state }) => {
      await client.cancelQueries({ queryKey });
      if (state !== undefined) client.setQueryData(queryKey, { ...task, state });
      return task;
    },
    onSuccess: (changed) => {
      client.setQueryData(queryKey, (known) => known && { ...known, ...changed });
      onSaved?.();
      notices.tell('Saved at the provider', shown.current ? undefined : changed.title);
    },
    onError: (error, _patch, before) => {
      client.setQueryData(queryKey, before);
      if (shown.current) return;
      const { title, text } = describeTaskProblem(error);
      notices.warn(`“${task.title}” is not changed so far`, `${title}. ${text}`);
    },
    onSettled: () => {
      setSlow(false);
      refetchRecords(client);
    },
  });
  return { ...change, isPending, isSlow };
}
