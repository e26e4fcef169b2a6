/** What a person can set going on an integration, each with a word on what came of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Integration, RunMode, SyncAccepted } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

const accepted: Readonly<Record<SyncAccepted['disposition'], string>> = {
  started: 'started',
  queued: 'is next in line',
  joined: 'is running already',
};

export function useStartSync(integration: Pick<Integration, 'id'>) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (mode: RunMode) => api.startSync(integration.id, mode),
    onSuccess: ({ disposition }, mode) => {
      notices.tell(`${mode === 'full' ? 'Full sync' : 'Sync'} ${accepted[disposition]}`);
      return refetchIntegration(client, integration.id);
    },
    onError: notices.tellProblem,
  });
}
