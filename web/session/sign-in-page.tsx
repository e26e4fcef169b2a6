/** Opens a session with the one-time secret in the address's fragment, then leaves no trace of it there. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api } from '../api/endpoints.ts';
import { ApiProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { isEmbedded, navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { keepDraftsOf } from '../ui/use-draft.ts';
import { takePlace } from './place.ts';
import { PlainPage } from './plain-page.tsx';

export function SignInPage() {
  const client = useQueryClient();
  const [link, setLink] = useState(() => location.hash.slice(1));
  const [problem, setProblem] = useState<unknown>();
  const sent = useRef<string | undefined>(undefined);

  useEffect(() => {
    const read = (): void => setLink(location.hash.slice(1));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);

  useEffect(() => {
    // A link works once: it must not be sent twice, whatever renders again.
    if (link === '' || sent.current === link) return;
    sent.current = link;
    setProblem(undefined);
    api.redeemLink(link, isEmbedded).then((session) => {
      const isAnother = keepDraftsOf(session);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, { signedIn: session });
      const place = takePlace();
      navigate(isAnother || place === undefined ? paths.integrations : place, { replace: true });
    }, setProblem);
  }, [link, client]);

  if (link === '')
    return (
      <PlainPage title="This sign-in link is not complete">
        <p>Copy the whole link, also the part after the # sign, into the address bar.</p>
      </PlainPage>
    );
  if (problem instanceof ApiProblem && problem.status < 500 && problem.status !== 429)
    return (
      <PlainPage title="This sign-in link no longer works">
        <p>A link opens Harmony once and for a short time. This one was used before or has run out.</p>
        <p>
          Open Integrations from Harmony again to get a new one. If you are signed in already, just go on.
        </p>
        <p>
          <a className="button button-primary" href={paths.integrations}>
            Go to Integrations
          </a>
        </p>
      </PlainPage>
    );
  return (
    <PlainPage title="Signing you in…">
      {problem === undefined ? (
        <Skeleton rows={1} />
      ) : (
        <ProblemNote
          error={problem}
          onRetry={() => {
            sent.current = undefined;
            setLink('');
            setTimeout(() => setLink(location.hash.slice(1)));
          }}
        />
      )}
    </PlainPage>
  );
}
