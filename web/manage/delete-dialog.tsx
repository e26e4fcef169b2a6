/** Deleting an integration: what goes, what stays, and a name to type so that it is never an accident. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { forgetIntegration } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Choice, Choices } from '../ui/choices.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { describeLeaving } from '../words/provider.ts';

interface DeleteDialogProps {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
  readonly open: boolean;
  readonly onClose: () => void;
}

export function DeleteDialog(props: DeleteDialogProps) {
  // Mounted anew for each opening, so that an earlier answer is not there already.
  return props.open ? <OpenDeleteDialog {...props} /> : null;
}

function OpenDeleteDialog({ integration, provider, onClose }: DeleteDialogProps) {
  const client = useQueryClient();
  const notices = useNotices();
  const [records, setRecords] = useState<'keep' | 'delete'>('delete');
  const [typed, setTyped] = useState('');
  const name = provider?.name ?? integration.provider;
  const word = integration.account?.email ?? integration.account?.name ?? name;
  const connected = integration.phase !== 'connecting';
  // Without an account there is nothing to lose by accident.
  const confirmed = !connected || typed.trim().toLowerCase() === word.toLowerCase();

  const remove = useMutation({
    mutationFn: () => api.deleteIntegration(integration.id, records),
    onSuccess: () => done(),
    onError: (error) => {
      if (isStatus(error, 404)) done();
    },
  });
  const done = (): void => {
    onClose();
    forgetIntegration(client, integration.id);
    notices.tell(
      `${name} is being deleted`,
      !connected
        ? undefined
        : records === 'keep'
          ? 'What was synced stays in Harmony.'
          : 'What was synced leaves Harmony shortly.',
    );
    navigate(paths.integrations);
  };
  return (
    <FormDialog
      onClose={onClose}
      title={`Delete ${name}?`}
      lead={
        connected ? (
          <>
            The connection to <strong>{word}</strong> ends.
          </>
        ) : (
          'The sign-in was not finished, so nothing was synced and nothing is lost.'
        )
      }
      cancelLabel="Keep it"
      submitLabel="Delete"
      look="danger"
      ready={confirmed}
      busy={remove.isPending}
      onSubmit={remove.mutate}
    >
      {connected && (
        <>
          <ul className="plain-list">
            <li>
              <strong>Goes:</strong> this connection, automatic syncing, your choices here and the history of
              syncs. Harmony’s access ends too, unless another integration of the same account needs it.
            </li>
            <li>
              <strong>Stays:</strong> everything in {name} itself. Harmony removes nothing there.
            </li>
          </ul>
          <Choices
            label="What happens to what was synced"
            value={records}
            onChange={(next) => setRecords(next === 'keep' ? 'keep' : 'delete')}
          >
            <Choice value="delete" title="Delete what was synced">
              {describeLeaving(integration, provider)}
            </Choice>
            <Choice value="keep" title="Keep what was synced">
              A copy stays in Harmony as it is now, and is not updated any more.
            </Choice>
          </Choices>
          <label className="field">
            <span>
              Type <strong className="typed-word">{word}</strong> to confirm
            </span>
            <input
              type="text"
              value={typed}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        </>
      )}
      {remove.error && !isStatus(remove.error, 404) && <ProblemNote error={remove.error} />}
    </FormDialog>
  );
}
