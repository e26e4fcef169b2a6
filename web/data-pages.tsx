/** The pages of what arrived, as one part of the bundle. */
import { AgendaPage } from './records/agenda-page.tsx';
import { ContactPage } from './records/contact-page.tsx';
import { ContactsPage } from './records/contacts-page.tsx';
import { DocumentPage } from './records/document-page.tsx';
import { DocumentsPage } from './records/documents-page.tsx';
import { TaskPage } from './records/task-page.tsx';
import { TasksPage } from './records/tasks-page.tsx';
import type { DataPage, Route } from './routes.ts';
import { SearchPage } from './search/search-page.tsx';

type DataRoute = Extract<Route, { page: DataPage | 'search' }>;

export default function DataPages({ route }: { route: DataRoute }) {
  if (route.page === 'search') return <SearchPage q={route.q} type={route.type} />;
  const { id, integrationId, listId, archived } = route;
  switch (route.page) {
    case 'contacts':
      return id ? (
        <ContactPage key={id} id={id} />
      ) : (
        <ContactsPage key={integrationId} integrationId={integrationId} listId={listId} archived={archived} />
      );
    case 'tasks':
      return id ? (
        <TaskPage key={id} id={id} />
      ) : (
        <TasksPage key={integrationId} integrationId={integrationId} />
      );
    case 'documents':
      return id ? (
        <DocumentPage key={id} id={id} />
      ) : (
        <DocumentsPage key={integrationId} integrationId={integrationId} />
      );
    case 'calendar':
      return <AgendaPage key={integrationId} integrationId={integrationId} />;
  }
}
