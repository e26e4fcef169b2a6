/** While the person signs in at the provider, in the window beside. */
import type { Provider } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

type ShownWindow = 'open' | 'blocked' | 'closed' | 'finishing';

interface WaitingDialogProps {
  readonly provider: Provider;
  readonly url: string;
  readonly shown: ShownWindow;
  /** The account to choose, where only one is right. */
  readonly who: string | undefined;
  readonly onFollowLink: () => void;
  readonly onRetry: () => void;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function WaitingDialog(props: WaitingDialogProps) {
  const { provider, shown } = props;
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={shown === 'blocked' ? 'Your browser blocked the window' : `Sign in at ${provider.name}`}
      lead={waitingLead(shown, provider.name, props.who)}
      actions={
        <>
          <Button onClick={props.onCancel}>Cancel</Button>
          {shown === 'blocked' && (
            <a
              className="button button-primary"
              href={props.url}
              target="_blank"
              rel="noopener opener"
              onClick={props.onFollowLink}
            >
              Open the sign-in page
            </a>
          )}
          {shown === 'closed' && (
            <Button look="primary" onClick={props.onRetry}>
              Open it again
            </Button>
          )}
        </>
      }
    >
      {(shown === 'open' || shown === 'finishing') && (
        <p className="waiting" role="status">
          <span className="spinner" aria-hidden="true" />
          {shown === 'open' ? 'Waiting for you to finish in the other window' : 'Almost done'}
        </p>
      )}
    </Dialog>
  );
}

function waitingLead(shown: ShownWindow, providerName: string, who: string | undefined): string {
  if (shown === 'blocked')
    return `Open the sign-in page of ${providerName} with the button below. This page notices when you are done.`;
  if (shown === 'finishing') return `${providerName} has agreed. Harmony is setting things up.`;
  if (shown === 'closed')
    return 'The window was closed before the sign-in was finished. If you did finish, wait a moment: this page notices.';
  return who
    ? `Choose ${who} in the window that has opened, and leave every box ticked.`
    : 'Choose your account in the window that has opened, and leave every box ticked.';
}
