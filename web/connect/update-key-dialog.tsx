/** Puts a new API key in the place of the old one, which keeps working if the new one is refused. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchIntegration, storeIntegration } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
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
  const formId = useId();
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
  const empty = apiKey.trim() === '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!empty && !replace.isPending) replace.mutate();
  };
  return (
    <Dialog
      open
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
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} busy={replace.isPending} disabled={empty}>
            Update API Key
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <ApiKeyField provider={provider} value={apiKey} error={replace.error} onChange={setApiKey} />
      </form>
    </Dialog>
  );
}
