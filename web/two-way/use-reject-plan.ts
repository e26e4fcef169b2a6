import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Integration, Plan } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { mappingsQuery, planQuery, refetchIntegration, refetchRecords } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';

interface Rejection {
  readonly onRejected: () => void;
  readonly onError: (error: unknown) => void;
}

/** Turns a plan down, and with it the direction and the mappings that it was made for. */
export function useRejectPlan(integration: Integration, plan: Plan, { onRejected, onError }: Rejection) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: () => api.rejectPlan(integration.id, plan.id),
    onSuccess: (rejected) => {
      onRejected();
      client.setQueryData(planQuery(integration.id, plan.id).queryKey, rejected);
      notices.tell('The plan was turned down', 'Nothing was written on either side.');
      refetchRecords(client);
      void client.invalidateQueries({ queryKey: mappingsQuery(integration.id).queryKey });
      navigate(paths.integration(integration.id, 'sync'));
      return refetchIntegration(client, integration.id);
    },
    onError,
  });
}
