import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { forgetIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

/** Takes away an integration that somebody began to connect and gave up. */
export function useDiscard(): (id: string) => void {
  const client = useQueryClient();
  const notices = useNotices();
  return (id) => {
    const done = (): void => forgetIntegration(client, id);
    api
      .deleteIntegration(id, 'delete')
      .then(done, (error) => (isStatus(error, 404) ? done() : notices.tellProblem(error)));
  };
}
