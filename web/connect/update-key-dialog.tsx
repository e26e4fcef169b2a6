/** Puts a new API key in the place of the old one, which keeps working if the new one is refused. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchIntegration, storeIntegration } from '../api/queries.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ApiKeyField } from './api-key-field.tsx';

interface UpdateKeyDialogProps {
  readonly integration: Integration;
  readonly provider: Provider;
  readonly onClose: () => void;
}

export function UpdateKeyDialog({ integration, provider, onClose }: UpdateKeyDialogProps) {
  const client = useQueryClient();
  const notices = useNotices();
  const [apiKey, setApiKey] = useState('');
  const replace = useMutation({
    mutationFn: () => api.replaceApiKey(integration.id, apiKey.trim()),
    onSuccess: (changed) => {
      storeIntegration(client, changed);
      onClose();
      notices.tell('The new API key works', 'It has taken the place of the old one.');
      return refetchIntegration(client, integration.id);
    },
  });
  return (
    <FormDialog
      onClose={onClose}
      title="Update API Key"
      lead={
        <>
          Enter a key of the same account
          {integration.account && (
            <>
              , <strong>{integration.account.email ?? integration.account.name}</strong>
            </>
          )}
          . It is tried first: until it works, the old key stays in use.
        </>
      }
      submitLabel="Update API Key"
      ready={apiKey.trim() !== ''}
      busy={replace.isPending}
      onSubmit={replace.mutate}
    >
      <ApiKeyField provider={provider} value={apiKey} error={replace.error} onChange={setApiKey} />
    </FormDialog>
  );
}
