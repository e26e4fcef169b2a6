import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Conflict, ResolveConflict } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

/** Decides a conflict; the value travels with the next sync. */
export function useResolveConflict() {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ conflict, resolution }: { conflict: Conflict; resolution: ResolveConflict }) =>
      api.resolveConflict(conflict.id, resolution),
    onSuccess: (_decided, { resolution }) =>
      notices.tell(
        'Decided',
        resolution.always ? 'Later conflicts of this field are decided the same way.' : undefined,
      ),
    onError: notices.tellProblem,
    // However far somebody has scrolled in conflicts: what is decided must not wait there for a second click.
    onSettled: () => refetchRecords(client, { all: 'conflicts' }),
  });
}
