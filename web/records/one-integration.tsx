/** Says that a list shows what one integration brought, and leads back to all. */
import { useQuery } from '@tanstack/react-query';
import { integrationQuery, providersQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { type DataPage, paths } from '../routes.ts';

export function OneIntegration({ id, page }: { id: string | undefined; page: DataPage }) {
  return id === undefined ? null : <Filtered id={id} page={page} />;
}

function Filtered({ id, page }: { id: string; page: DataPage }) {
  const { data: integration } = useQuery(integrationQuery(id));
  const { data: providers } = useQuery(providersQuery);
  const name = providers?.find((provider) => provider.id === integration?.provider)?.name;
  const account = integration?.account?.email ?? integration?.account?.name;
  return (
    <p className="filtered">
      Only from {name ? [name, account].filter(Boolean).join(', ') : 'one integration'}.{' '}
      <Link href={paths.data(page)}>Show all</Link>
    </p>
  );
}
