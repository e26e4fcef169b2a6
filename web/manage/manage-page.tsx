/** Everything about one integration. */
import { useQuery } from '@tanstack/react-query';
import { Tabs } from 'radix-ui';
import { useRef, useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { isStatus } from '../api/problem.ts';
import { integrationQuery, providersQuery } from '../api/queries.ts';
import { AccountName } from '../integrations/account-name.tsx';
import { AttentionNote } from '../integrations/attention-note.tsx';
import { SyncTimes } from '../integrations/sync-times.tsx';
import { ProgressLine } from '../live/progress-line.tsx';
import { useLiveIntegration } from '../live/use-live-integration.ts';
import { Link, navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { PlanPage } from '../two-way/plan-page.tsx';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { ProviderLogo } from '../ui/provider-logo.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { useInView } from '../ui/use-in-view.ts';
import { describeState, isSyncing } from '../words/state.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { listTabs, type Tab } from './list-tabs.tsx';
import { ManageToolbar } from './manage-toolbar.tsx';

interface ManagePageProps {
  readonly id: string;
  readonly tab: string | undefined;
  /** A plan to look at, in place of the tabs. */
  readonly planId: string | undefined;
  /** Whose conflicts are shown; of everybody without it. */
  readonly contactId: string | undefined;
}

export function ManagePage({ id, ...shown }: ManagePageProps) {
  const integration = useQuery(integrationQuery(id));
  const providers = useQuery(providersQuery);
  const error = integration.error ?? providers.error;
  const gone = isStatus(integration.error, 404);
  return (
    <>
      <Link className="back-link" href={paths.integrations}>
        {icons.back} Integrations
      </Link>
      {gone ? (
        <>
          <PageHeading title="This integration is not here any more" />
          <p>It was deleted, or it belongs to somebody else.</p>
        </>
      ) : integration.data && providers.data ? (
        <Manage
          integration={integration.data}
          provider={providers.data.find((candidate) => candidate.id === integration.data.provider)}
          {...shown}
        />
      ) : error ? (
        <ProblemNote
          error={error}
          onRetry={() => {
            void integration.refetch();
            void providers.refetch();
          }}
        />
      ) : (
        <Skeleton rows={4} tall />
      )}
    </>
  );
}

interface ManageProps extends Omit<ManagePageProps, 'id'> {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
}

function Manage({ integration, provider, tab, planId, contactId }: ManageProps) {
  const live = useLiveIntegration(integration.id, integration.phase !== 'deleting');
  const [deleting, setDeleting] = useState(false);
  const name = provider?.name ?? integration.provider;
  return (
    <>
      <header className="manage-head">
        <ProviderLogo id={integration.provider} name={name} />
        <div className="card-title">
          {/* From the tabs to a plan and back is a move, too. */}
          <PageHeading key={planId ?? 'tabs'} title={planId ? `What would change – ${name}` : name}>
            {name}
          </PageHeading>
          <AccountName {...integration} />
        </div>
        <StateBadge {...describeState(integration)} />
      </header>
      <ManageToolbar integration={integration} provider={provider} onDelete={() => setDeleting(true)} />
      <div className="manage-progress">
        {isSyncing(integration) ? (
          <ProgressLine progress={live.progress} run={integration.lastRun} />
        ) : (
          <SyncTimes integration={integration} />
        )}
      </div>
      {!planId && <AttentionNote integration={integration} provider={provider} />}
      {integration.phase !== 'connecting' &&
        (planId ? (
          <PlanPage integration={integration} name={name} planId={planId} />
        ) : (
          <ManageTabs
            id={integration.id}
            wanted={tab}
            tabs={listTabs({ integration, provider, name, feed: live.feed, contactId })}
          />
        ))}
      <DeleteDialog
        integration={integration}
        provider={provider}
        open={deleting}
        onClose={() => setDeleting(false)}
      />
    </>
  );
}

function ManageTabs({ id, wanted, tabs }: { id: string; wanted: string | undefined; tabs: readonly Tab[] }) {
  const shown = tabs.some((tab) => tab.id === wanted) ? wanted : tabs[0]?.id;
  const row = useRef<HTMLDivElement>(null);
  useInView(row, '[aria-selected="true"]', shown);
  return (
    <Tabs.Root
      value={shown ?? ''}
      onValueChange={(next) => navigate(paths.integration(id, next), { replace: true })}
    >
      <Tabs.List className="tabs" ref={row} aria-label="What to manage">
        {tabs.map((tab) => (
          <Tabs.Trigger key={tab.id} className="tab" value={tab.id}>
            {tab.label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Content key={tab.id} className="tab-body" value={tab.id}>
          {tab.body}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
