/** The documents that arrived, the last edited first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { documentsQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { Paged } from '../ui/paged.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { OneIntegration } from './one-integration.tsx';

export function DocumentsPage({ integrationId }: { integrationId: string | undefined }) {
  const documents = useInfiniteQuery(documentsQuery({ integrationId }));
  return (
    <>
      <PageHeading title="Documents" />
      <p className="lead">
        The pages that your Companion can read.{' '}
        <Link href={paths.search({ type: 'document' })}>Search in them</Link>
      </p>
      <OneIntegration id={integrationId} page="documents" />
      <Paged
        query={documents}
        empty={
          <EmptyState title="No documents yet">
            <p>
              Connect Notion under <Link href={paths.integrations}>Integrations</Link>.
            </p>
          </EmptyState>
        }
      >
        {(found) => (
          <ul className="rows">
            {found.map((document) => (
              <li key={document.id} className="row row-link document-row">
                {icons.document}
                <div className="row-main">
                  <Link href={paths.item('documents', document.id)}>{document.title || 'Untitled'}</Link>
                </div>
                <span className="muted row-side">
                  edited <Time at={document.lastEditedAt ?? document.updatedAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </>
  );
}
