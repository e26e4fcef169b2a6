/** Before anything happens: what Harmony will read and change, and the choice of how to sign in. */
import { type ReactNode, useState } from 'react';
import type { AuthKind, Provider } from '../../api/contract/index.ts';
import { Choice, Choices } from '../ui/choices.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
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
  const [kind, setKind] = useState<AuthKind>('oauth');
  const [apiKey, setApiKey] = useState('');
  return (
    <FormDialog
      onClose={props.onClose}
      title={again ? `Sign in to ${provider.name} again` : `Connect ${provider.name}`}
      lead={lead(props)}
      submitLabel={kind === 'oauth' ? `Continue to ${provider.name}` : 'Connect'}
      ready={kind === 'oauth' || apiKey.trim() !== ''}
      busy={busy}
      onSubmit={() => (kind === 'oauth' ? props.onSignIn() : props.onKey(apiKey.trim()))}
    >
      <WhatIsRead provider={provider} />
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
    </FormDialog>
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
