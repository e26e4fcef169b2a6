/** While the person signs in at the provider, in the window beside; and what Harmony will read and change there. */
import type { Provider } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { WhatIsRead } from './what-is-read.tsx';

type ShownWindow = 'opening' | 'open' | 'blocked' | 'closed' | 'finishing';

interface WaitingDialogProps {
  readonly provider: Provider;
  /** Where the window leads; not known while it opens. */
  readonly url: string | undefined;
  readonly shown: ShownWindow;
  /** Whether the account is connected already, so that the person knows what that means. */
  readonly again: boolean;
  /** The account to choose, where only one is right. */
  readonly who: string | undefined;
  readonly onFollowLink: () => void;
  readonly onRetry: () => void;
  /** Absent where a key is no choice. */
  readonly onUseKey: (() => void) | undefined;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function WaitingDialog(props: WaitingDialogProps) {
  const { provider, shown, again, onUseKey } = props;
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={shown === 'blocked' ? 'Your browser blocked the window' : `Sign in at ${provider.name}`}
      lead={waitingLead(shown, provider.name, props.who)}
      actions={
        <>
          {onUseKey && shown !== 'finishing' && (
            <Button look="quiet" onClick={onUseKey}>
              Use an API key instead
            </Button>
          )}
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
      {isBusy(shown) && (
        <p className="waiting" role="status">
          <span className="spinner" aria-hidden="true" />
          {shown === 'finishing' ? 'Almost done' : 'Waiting for you to finish in the other window'}
        </p>
      )}
      {!again && shown !== 'finishing' && <WhatIsRead provider={provider} />}
    </Dialog>
  );
}

const isBusy = (shown: ShownWindow): boolean => shown !== 'blocked' && shown !== 'closed';

function waitingLead(shown: ShownWindow, providerName: string, who: string | undefined): string {
  if (shown === 'blocked')
    return `Open the sign-in page of ${providerName} with the button below. This page notices when you are done.`;
  if (shown === 'finishing') return `${providerName} has agreed. Harmony is setting things up.`;
  if (shown === 'closed')
    return 'The window was closed before the sign-in was finished. If you did finish, wait a moment: this page notices.';
  return who
    ? `Choose ${who} in the window that has opened, and leave every box ticked. Everything that was synced, and your choices, are kept.`
    : 'Choose your account in the window that has opened, and leave every box ticked.';
}
