import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PatchTask, TaskWithComments } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords, taskQuery } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

/** Changes a task at the provider. A conflict leaves what is there, and the newer state is fetched and shown. */
export function useTaskChange(task: TaskWithComments) {
  const client = useQueryClient();
  const notices = useNotices();
  const { queryKey } = taskQuery(task.id);
  return useMutation({
    mutationFn: (patch: PatchTask) => api.patchTask(task.id, patch),
    onMutate: async ({ state }) => {
      await client.cancelQueries({ queryKey });
      if (state !== undefined) client.setQueryData(queryKey, { ...task, state });
      return task;
    },
    onSuccess: (changed) => {
      if ('operationId' in changed)
        notices.tell('The change is being saved', 'The provider is slow; it shows here by itself.');
      else {
        client.setQueryData(queryKey, (known) => known && { ...known, ...changed });
        notices.tell('Saved at the provider');
      }
    },
    onError: (_error, _patch, before) => client.setQueryData(queryKey, before),
    onSettled: () => refetchRecords(client),
  });
}
