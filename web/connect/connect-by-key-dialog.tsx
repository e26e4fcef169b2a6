/** Connects with an API key, in place of signing in: it is tried at the provider first, and refused beside its field. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { integrationsQuery } from '../api/queries.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { ApiKeyField } from './api-key-field.tsx';
import { ConnectedDialog } from './connected-dialog.tsx';
import { useDiscard } from './use-discard.ts';
import { WhatIsRead } from './what-is-read.tsx';

export function ConnectByKeyDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const client = useQueryClient();
  const discard = useDiscard();
  const isGivenUp = useRef(false);
  const [apiKey, setApiKey] = useState('');
  const connect = useMutation({
    mutationFn: async () => {
      const created = await api.createIntegration(provider.id, apiKey.trim());
      if (isGivenUp.current) discard(created.integration.id);
      return created;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: integrationsQuery.queryKey }),
  });
  const giveUp = (): void => {
    isGivenUp.current = true;
    onClose();
  };
  if (connect.data)
    return (
      <ConnectedDialog
        provider={provider}
        integrationId={connect.data.integration.id}
        again={false}
        onClose={onClose}
      />
    );
  return (
    <FormDialog
      onClose={giveUp}
      title={`Connect ${provider.name} with an API key`}
      lead="For where your organization does not allow signing in to apps."
      submitLabel="Connect"
      ready={apiKey.trim() !== ''}
      busy={connect.isPending}
      onSubmit={connect.mutate}
    >
      <ApiKeyField provider={provider} value={apiKey} error={connect.error} onChange={setApiKey} />
      <WhatIsRead provider={provider} />
    </FormDialog>
  );
}
