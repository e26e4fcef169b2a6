/** Before anything happens: what Harmony will read and change, and the choice of how to sign in. */
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { AuthKind, Provider } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Choices } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ApiKeyField } from './api-key-field.tsx';
import { WhatIsRead } from './what-is-read.tsx';

interface IntroductionDialogProps {
  readonly provider: Provider;
  readonly again: boolean;
  /** The account to choose, where only one is right. */
  readonly who: string | undefined;
  readonly offersKey: boolean;
  readonly busy: boolean;
  readonly keyError: unknown;
  readonly onSignIn: () => void;
  readonly onKey: (apiKey: string) => void;
  readonly onClose: () => void;
}

export function IntroductionDialog(props: IntroductionDialogProps) {
  const { provider, again, offersKey, busy } = props;
  const formId = useId();
  const [kind, setKind] = useState<AuthKind>('oauth');
  const [apiKey, setApiKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy) return;
    if (kind === 'oauth') props.onSignIn();
    else if (apiKey.trim() !== '') props.onKey(apiKey.trim());
  };
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={again ? `Sign in to ${provider.name} again` : `Connect ${provider.name}`}
      lead={lead(props)}
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form={formId}
            busy={busy}
            disabled={kind === 'api_key' && apiKey.trim() === ''}
          >
            {kind === 'oauth' ? `Continue to ${provider.name}` : 'Connect'}
          </Button>
        </>
      }
    >
      <WhatIsRead provider={provider} />
      <form id={formId} onSubmit={submit}>
        {offersKey && (
          <Choices
            label="How to sign in"
            value={kind}
            onChange={(next) => setKind(next === 'api_key' ? 'api_key' : 'oauth')}
          >
            <Choice value="oauth" title={`Sign in at ${provider.name}`}>
              The usual way: a window opens in which you agree.
            </Choice>
            <Choice value="api_key" title="Use an API key">
              Where your organization does not allow signing in to apps.
            </Choice>
          </Choices>
        )}
        {kind === 'api_key' && (
          <ApiKeyField provider={provider} value={apiKey} error={props.keyError} onChange={setApiKey} />
        )}
      </form>
    </Dialog>
  );
}

function lead({ provider, again, who, offersKey }: IntroductionDialogProps): ReactNode {
  if (!again)
    return offersKey
      ? `Harmony needs your permission at ${provider.name}.`
      : `A window opens in which you sign in at ${provider.name} and agree.`;
  return (
    <>
      {who ? (
        <>
          Choose the same account, <strong>{who}</strong>.{' '}
        </>
      ) : (
        'Choose the same account. '
      )}
      Everything that was synced, and your choices, are kept.
    </>
  );
}
