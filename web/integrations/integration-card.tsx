/** One connection at a glance: whose, how it is, what needs doing. */
import { useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { ProgressLine } from '../live/progress-line.tsx';
import { useLiveIntegration } from '../live/use-live-integration.ts';
import { DeleteDialog } from '../manage/delete-dialog.tsx';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { ProviderLogo } from '../ui/provider-logo.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { describeState, isSyncing } from '../words/state.ts';
import { AccountName } from './account-name.tsx';
import { AttentionNote } from './attention-note.tsx';
import { IntegrationMenu } from './integration-menu.tsx';
import { SyncTimes } from './sync-times.tsx';

interface IntegrationCardProps {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
  /** Whether to follow its progress live. */
  readonly follow: boolean;
}

export function IntegrationCard({ integration, provider, follow }: IntegrationCardProps) {
  const { progress } = useLiveIntegration(integration.id, follow);
  const [deleting, setDeleting] = useState(false);
  const name = provider?.name ?? integration.provider;
  return (
    <li className="card" data-integration={integration.id}>
      <div className="card-head">
        <ProviderLogo id={integration.provider} name={name} />
        <div className="card-title">
          <h3>
            <Link className="card-link" href={paths.integration(integration.id)}>
              {name}
            </Link>
          </h3>
          <AccountName {...integration} />
        </div>
        <IntegrationMenu integration={integration} name={name} onDelete={() => setDeleting(true)} />
      </div>
      <div className="card-state">
        <StateBadge {...describeState(integration)} />
      </div>
      <div className="card-body">
        {isSyncing(integration) ? (
          <ProgressLine progress={progress} run={integration.lastRun} />
        ) : (
          <SyncTimes integration={integration} />
        )}
      </div>
      <AttentionNote integration={integration} provider={provider} />
      <DeleteDialog
        integration={integration}
        provider={provider}
        open={deleting}
        onClose={() => setDeleting(false)}
      />
    </li>
  );
}
