import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/endpoints.ts';
import { type SessionState, sessionQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { useNotices } from '../ui/notices.tsx';
import { forgetDrafts } from '../ui/use-draft.ts';

export function SignOutButton() {
  const client = useQueryClient();
  const notices = useNotices();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => {
      forgetDrafts();
      const signedOut: SessionState = { signedIn: null, ended: false };
      client.setQueryData(sessionQuery.queryKey, signedOut);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    },
    onError: notices.tellProblem,
  });
  return (
    <Button look="quiet" busy={signOut.isPending} onClick={() => signOut.mutate()}>
      Sign out
    </Button>
  );
}
