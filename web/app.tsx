/** The frame around every page and the choice of the page by address. */
import type { Session } from '../api/contract/index.ts';
import { ConnectProvider } from './connect/connect-context.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { IntegrationsPage } from './integrations/integrations-page.tsx';
import { ManagePage } from './manage/manage-page.tsx';
import { AgendaPage } from './records/agenda-page.tsx';
import { ContactsPage } from './records/contacts-page.tsx';
import { Link, useRoute } from './router.tsx';
import { paths, type Route } from './routes.ts';
import { SessionGate } from './session/session-gate.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { SignOutButton } from './session/sign-out-button.tsx';
import { icons } from './ui/icons.tsx';
import { PageHeading } from './ui/page-heading.tsx';
import { Wordmark } from './ui/wordmark.tsx';

export function App() {
  const route = useRoute();
  if (route.page === 'sign-in') return <SignInPage />;
  return (
    <SessionGate>
      {(session) => (
        <ConnectProvider>
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
      <header className="top-bar">
        <Wordmark />
        <div className="who">
          <span className="who-name">{session.user?.name ?? session.workspace.name}</span>
          <SignOutButton />
        </div>
      </header>
      <div className="frame">
        <nav className="side-nav" aria-label="Settings and data">
          <p className="nav-title">User preferences</p>
          <NavLink
            href={paths.integrations}
            current={route.page === 'integrations' || route.page === 'integration'}
            icon={icons.link}
            text="Integrations"
          />
          <p className="nav-title">What has arrived</p>
          <NavLink
            href={paths.calendar()}
            current={route.page === 'calendar'}
            icon={icons.calendar}
            text="Calendar"
          />
          <NavLink
            href={paths.contacts()}
            current={route.page === 'contacts'}
            icon={icons.people}
            text="Contacts"
          />
        </nav>
        <main id="content" tabIndex={-1}>
          <ConnectionBanner />
          <Page route={route} />
        </main>
      </div>
    </>
  );
}

function NavLink(props: { href: string; current: boolean; icon: React.ReactNode; text: string }) {
  return (
    <Link className="nav-link" href={props.href} aria-current={props.current ? 'page' : undefined}>
      {props.icon}
      {props.text}
    </Link>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'integrations':
      return <IntegrationsPage />;
    case 'integration':
      return <ManagePage key={route.id} id={route.id} tab={route.tab} />;
    case 'contacts':
      return <ContactsPage key={route.integrationId} integrationId={route.integrationId} />;
    case 'calendar':
      return <AgendaPage key={route.integrationId} integrationId={route.integrationId} />;
    default:
      return (
        <>
          <PageHeading title="There is no such page" />
          <p>
            <Link href={paths.integrations}>Go to Integrations</Link>
          </p>
        </>
      );
  }
}
