/** It worked: what has arrived so far, and what to do next. */
import { useQuery } from '@tanstack/react-query';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { integrationQuery } from '../api/queries.ts';
import { ProgressLine } from '../live/progress-line.tsx';
import { useLiveIntegration } from '../live/use-live-integration.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { describeArrived } from '../words/provider.ts';

interface ConnectedDialogProps {
  readonly provider: Provider;
  readonly integrationId: string;
  readonly again: boolean;
  readonly onClose: () => void;
}

export function ConnectedDialog({ provider, integrationId, again, onClose }: ConnectedDialogProps) {
  const { data: integration } = useQuery(integrationQuery(integrationId));
  const { progress } = useLiveIntegration(integrationId, !again);
  const ended = integration && describeFirstSync(integration, provider);
  const leave = (tab: string): void => {
    onClose();
    navigate(paths.integration(integrationId, tab));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={again ? 'Signed in again' : `${provider.name} is connected`}
      lead={
        again
          ? 'Harmony catches up with what changed meanwhile.'
          : ended === undefined &&
            'The first sync has started. You can close this page: it goes on without it.'
      }
      actions={
        <>
          <Button onClick={onClose}>Done</Button>
          {!again && provider.collectionNoun && (
            <Button look="primary" onClick={() => leave('collections')}>
              Choose {provider.collectionNoun.many}
            </Button>
          )}
        </>
      }
    >
      {!again && (
        <div className="first-sync" role="status">
          {ended ?? <ProgressLine progress={progress} run={integration?.lastRun} />}
        </div>
      )}
    </Dialog>
  );
}

/** undefined while it runs. */
function describeFirstSync(integration: Integration, provider: Provider): string | undefined {
  const status = integration.lastRun?.status;
  if (status === undefined || status === 'running') return undefined;
  if (status !== 'succeeded') return 'The first sync needs a look: its card says what to do.';
  return `${describeArrived(integration, provider)} have arrived.`;
}
