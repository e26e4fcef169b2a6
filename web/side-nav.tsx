import { type ReactNode, useRef } from 'react';
import { Link } from './router.tsx';
import { paths, type Route } from './routes.ts';
import { icons } from './ui/icons.tsx';
import { useInView } from './ui/use-in-view.ts';

const dataLinks = [
  { page: 'search', href: paths.search(), icon: icons.search, text: 'Search' },
  { page: 'calendar', href: paths.data('calendar'), icon: icons.calendar, text: 'Calendar' },
  { page: 'contacts', href: paths.data('contacts'), icon: icons.people, text: 'Contacts' },
  { page: 'tasks', href: paths.data('tasks'), icon: icons.tasks, text: 'Tasks' },
  { page: 'documents', href: paths.data('documents'), icon: icons.document, text: 'Documents' },
] as const;

export function SideNav({ route }: { route: Route }) {
  const row = useRef<HTMLElement>(null);
  useInView(row, '[aria-current]', route.page);
  return (
    <nav className="side-nav" ref={row} aria-label="Settings and data">
      <p className="nav-title">User preferences</p>
      <NavLink
        href={paths.integrations}
        current={route.page === 'integrations' || route.page === 'integration'}
        icon={icons.link}
        text="Integrations"
      />
      <p className="nav-title">What has arrived</p>
      {dataLinks.map(({ page, href, icon, text }) => (
        <NavLink key={page} href={href} current={route.page === page} icon={icon} text={text} />
      ))}
    </nav>
  );
}

function NavLink(props: { href: string; current: boolean; icon: ReactNode; text: string }) {
  return (
    <Link className="nav-link" href={props.href} aria-current={props.current ? 'page' : undefined}>
      {props.icon}
      {props.text}
    </Link>
  );
}
