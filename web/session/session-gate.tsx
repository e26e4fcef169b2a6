/** Shows the page to a signed-in person, and says plainly what to do to everybody else. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { Session } from '../../api/contract/index.ts';
import { sessionQuery } from '../api/queries.ts';
import { currentPath } from '../router.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { forgetPlace, keepPlace } from './place.ts';
import { PlainPage } from './plain-page.tsx';

export function SessionGate({ children }: { children: (session: Session) => ReactNode }) {
  const session = useQuery(sessionQuery);
  if (session.data?.signedIn) return children(session.data.signedIn);
  if (session.data)
    return session.data.ended ? (
      <SessionEnded />
    ) : (
      <PlainPage title="You are not signed in">
        <p>Open Integrations from Harmony, or use the sign-in link that you were given.</p>
        <p className="muted">
          Running Harmony on this machine? The terminal that started it shows a sign-in link.
        </p>
      </PlainPage>
    );
  if (session.error)
    return (
      <PlainPage title="Harmony can’t be reached">
        <ProblemNote error={session.error} onRetry={() => void session.refetch()} />
      </PlainPage>
    );
  return (
    <main className="plain-page">
      <Skeleton rows={3} tall />
    </main>
  );
}

function SessionEnded() {
  useEffect(() => {
    keepPlace(currentPath());
    // Whoever signs in in another tab goes on here without it.
    return forgetPlace;
  }, []);
  return (
    <PlainPage title="Your session has ended">
      <p>For your safety a session ends after a while. Your integrations keep syncing meanwhile.</p>
      <p>
        Open Integrations from Harmony again, or use a new sign-in link: then this tab is back where you were.
      </p>
    </PlainPage>
  );
}
