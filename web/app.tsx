/** The frame around every page and the choice of the page by address. */
import { lazy, Suspense } from 'react';
import type { Session } from '../api/contract/index.ts';
import { ConnectProvider } from './connect/connect-context.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { IntegrationsPage } from './integrations/integrations-page.tsx';
import { ManagePage } from './manage/manage-page.tsx';
import { PartBoundary } from './part-boundary.tsx';
import { isEmbedded, Link, useRoute } from './router.tsx';
import { paths, type Route } from './routes.ts';
import { SessionGate } from './session/session-gate.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { SideNav } from './side-nav.tsx';
import { TopBar } from './top-bar.tsx';
import { PageHeading } from './ui/page-heading.tsx';
import { Skeleton } from './ui/states.tsx';
import { ownerOf } from './ui/use-draft.ts';

/** Fetched when it is first opened: most visits are about settings alone. */
const DataPages = lazy(() => import('./data-pages.tsx'));

export function App() {
  const route = useRoute();
  if (route.page === 'sign-in') return <SignInPage />;
  return (
    <SessionGate>
      {(session) => (
        // Nothing that somebody has open is left open for somebody else.
        <ConnectProvider key={ownerOf(session)}>
          <Frame session={session} route={route} />
        </ConnectProvider>
      )}
    </SessionGate>
  );
}

function Frame({ session, route }: { session: Session; route: Route }) {
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      {!isEmbedded && <TopBar session={session} />}
      <div className="frame" data-embedded={isEmbedded || undefined}>
        <SideNav route={route} />
        <main id="content" tabIndex={-1}>
          <ConnectionBanner />
          <Page route={route} />
        </main>
      </div>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'integrations':
      return <IntegrationsPage />;
    case 'integration':
      return <ManagePage key={route.id} {...route} />;
    case 'sign-in':
    case 'unknown':
      return (
        <>
          <PageHeading title="There is no such page" />
          <p>
            <Link href={paths.integrations}>Go to Integrations</Link>
          </p>
        </>
      );
    default:
      return (
        <PartBoundary>
          <Suspense fallback={<Skeleton rows={6} />}>
            <DataPages route={route} />
          </Suspense>
        </PartBoundary>
      );
  }
}
