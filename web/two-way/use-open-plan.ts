import { useMutation } from '@tanstack/react-query';
import type { SyncDirection } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';

/** Has a plan made of what is pending, and goes there. */
export function useOpenPlan(integrationId: string) {
  const notices = useNotices();
  return useMutation({
    mutationFn: (direction: SyncDirection | undefined) => api.createPlan(integrationId, direction),
    onSuccess: ({ id }) => navigate(paths.plan(integrationId, id)),
    onError: notices.tellProblem,
  });
}
