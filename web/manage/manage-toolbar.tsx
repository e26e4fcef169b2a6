/** The four things that can be done to any integration, on every Manage view. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { useConnect } from '../connect/connect-context.tsx';
import { useStartSync } from '../integrations/use-actions.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { signInLabel } from '../words/state.ts';
import { ConnectionReportDialog } from './connection-report-dialog.tsx';

interface ManageToolbarProps {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
  readonly onDelete: () => void;
}

export function ManageToolbar({ integration, provider, onDelete }: ManageToolbarProps) {
  const connect = useConnect();
  const sync = useStartSync(integration);
  const test = useMutation({ mutationFn: () => api.testConnection(integration.id) });
  const [reporting, setReporting] = useState(false);
  const { phase, authKind } = integration;
  const signIn = (): void => {
    setReporting(false);
    if (provider) connect({ provider, integration });
  };
  const runTest = (): void => {
    setReporting(true);
    test.mutate();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div className="toolbar" role="group" aria-label="Actions">
      <Button
        icon={icons.sync}
        busy={sync.isPending}
        disabled={phase !== 'active' && phase !== 'parked'}
        onClick={() => sync.mutate('full')}
      >
        Trigger Full Sync
      </Button>
      <Button icon={icons.test} disabled={phase === 'connecting' || phase === 'deleting'} onClick={runTest}>
        Test Connection
      </Button>
      <Button icon={icons.key} disabled={!provider || phase === 'deleting'} onClick={signIn}>
        Re-authenticate
      </Button>
      {authKind === 'api_key' && (
        <Button icon={icons.key} disabled={!provider || phase === 'deleting'} onClick={signIn}>
          Update API Key
        </Button>
      )}
      <Button look="danger" icon={icons.trash} disabled={phase === 'deleting'} onClick={onDelete}>
        Delete
      </Button>
      <ConnectionReportDialog
        open={reporting}
        onClose={() => setReporting(false)}
        provider={provider}
        report={test.data}
        error={test.error}
        busy={test.isPending}
        onRetest={runTest}
        onSignIn={signIn}
        signInLabel={signInLabel(integration)}
      />
    </div>
  );
}
