/** User preferences > Integrations: what is connected, and what can be. */
import { useQuery } from '@tanstack/react-query';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { integrationsQuery, providersQuery } from '../api/queries.ts';
import { PageHeading } from '../ui/page-heading.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import { isSyncing } from '../words/state.ts';
import { AvailableCard } from './available-card.tsx';
import { IntegrationCard } from './integration-card.tsx';

/** Each followed integration holds one of the browser's six connections; the rest is asked for now and then. */
const followedAtOnce = 2;

export function IntegrationsPage() {
  const providers = useQuery(providersQuery);
  const integrations = useQuery(integrationsQuery);
  const active = providers.isPending ? undefined : integrations.data;
  return (
    <>
      <PageHeading title="Integrations" />
      <p className="lead">
        Connect the services you use. Harmony keeps a current copy, so that your Companion can work with it.
      </p>
      <section aria-labelledby="active">
        <h2 id="active">Active Integrations</h2>
        {active ? (
          <ActiveList integrations={active} providers={providers.data ?? []} />
        ) : integrations.error ? (
          <ProblemNote error={integrations.error} onRetry={() => void integrations.refetch()} />
        ) : (
          <Skeleton rows={2} tall />
        )}
      </section>
      {/* Only once the height of what stands above is known: nothing jumps. */}
      {(active || integrations.error) && (
        <section aria-labelledby="available">
          <h2 id="available">Available Integrations</h2>
          {providers.data ? (
            <ul className="card-grid">
              {providers.data.map((provider) => (
                <AvailableCard
                  key={provider.id}
                  provider={provider}
                  connected={(integrations.data ?? []).some(({ provider: id }) => id === provider.id)}
                />
              ))}
            </ul>
          ) : providers.error ? (
            <ProblemNote error={providers.error} onRetry={() => void providers.refetch()} />
          ) : (
            <Skeleton rows={2} tall />
          )}
        </section>
      )}
    </>
  );
}

function ActiveList(props: { integrations: readonly Integration[]; providers: readonly Provider[] }) {
  const { integrations, providers } = props;
  if (integrations.length === 0)
    return (
      <EmptyState title="Nothing is connected yet">
        <p>Choose a service below. It takes about a minute, and you can undo it at any time.</p>
      </EmptyState>
    );
  const followed = new Set(
    integrations
      .filter(isSyncing)
      .slice(0, followedAtOnce)
      .map(({ id }) => id),
  );
  return (
    <ul className="card-grid">
      {integrations.map((integration) => (
        <IntegrationCard
          key={integration.id}
          integration={integration}
          provider={providers.find(({ id }) => id === integration.provider)}
          follow={followed.has(integration.id)}
        />
      ))}
    </ul>
  );
}
