/** Says what Harmony will read, then leads through signing in, and out of everything that can go wrong there. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { forgetIntegration, integrationsQuery } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useNotices } from '../ui/notices.tsx';
import { useAuthorization } from './use-authorization.ts';
import { WhatIsRead } from './what-is-read.tsx';

export interface ConnectRequest {
  readonly provider: Provider;
  /** Absent for a new integration; else whose sign-in is finished or done again. */
  readonly integration?: Integration;
}

export function ConnectDialog({ request, onClose }: { request: ConnectRequest; onClose: () => void }) {
  const { provider, integration } = request;
  const client = useQueryClient();
  const notices = useNotices();
  const { state, begin, followLink, closeWindow } = useAuthorization();
  const again = integration !== undefined && integration.phase !== 'connecting';
  const who = integration?.account?.email ?? integration?.account?.name;

  const signIn = (existing: Integration | undefined): void =>
    begin(provider.name, async () => {
      if (existing) {
        const { authorizationUrl } = await api.reauthenticate(existing.id);
        return { integrationId: existing.id, url: authorizationUrl, before: existing };
      }
      const created = await api.createIntegration(provider.id);
      void client.invalidateQueries({ queryKey: integrationsQuery.queryKey });
      return {
        integrationId: created.integration.id,
        url: created.authorizationUrl ?? '',
        before: created.integration,
      };
    });
  const begun = 'integrationId' in state ? state.integrationId : undefined;
  const retry = (): void => {
    const known = client
      .getQueryData(integrationsQuery.queryKey)
      ?.find((candidate) => candidate.id === begun);
    signIn(known ?? integration);
  };
  const giveUp = (): void => {
    closeWindow();
    onClose();
    if (integration || begun === undefined) return;
    api.deleteIntegration(begun, 'delete').then(() => forgetIntegration(client, begun), notices.tellProblem);
  };

  if (state.step === 'done') {
    const chooses = provider.collectionNoun && !again;
    return (
      <Dialog
        open
        onClose={onClose}
        title={again ? 'Signed in again' : `${provider.name} is connected`}
        lead={
          again
            ? 'Harmony catches up with what changed meanwhile.'
            : 'The first sync has started. You can close this page: it goes on without it.'
        }
        actions={
          <>
            <Button onClick={onClose}>Done</Button>
            {chooses && (
              <Button
                look="primary"
                onClick={() => {
                  onClose();
                  navigate(paths.integration(state.integrationId, 'collections'));
                }}
              >
                Choose {provider.collectionNoun?.many}
              </Button>
            )}
          </>
        }
      />
    );
  }
  if (state.step === 'failed')
    return (
      <Dialog
        open
        onClose={() => {
          closeWindow();
          onClose();
        }}
        title={state.title}
        lead={state.remedy}
        actions={
          <>
            <Button onClick={giveUp}>{again ? 'Not now' : 'Cancel'}</Button>
            <Button look="primary" onClick={retry}>
              Try again
            </Button>
          </>
        }
      />
    );
  if (state.step === 'waiting')
    return (
      <Dialog
        open
        onClose={onClose}
        title={state.window === 'blocked' ? 'Your browser blocked the window' : `Sign in at ${provider.name}`}
        lead={waitingLead(state.window, provider.name, again ? who : undefined)}
        actions={
          <>
            <Button onClick={giveUp}>Cancel</Button>
            {state.window === 'blocked' && (
              <a
                className="button button-primary"
                href={state.url}
                target="_blank"
                rel="noopener opener"
                onClick={followLink}
              >
                Open the sign-in page
              </a>
            )}
            {state.window === 'closed' && (
              <Button look="primary" onClick={retry}>
                Open it again
              </Button>
            )}
          </>
        }
      >
        {(state.window === 'open' || state.window === 'finishing') && (
          <p className="waiting" role="status">
            <span className="spinner" aria-hidden="true" />
            {state.window === 'open' ? 'Waiting for you to finish in the other window' : 'Almost done'}
          </p>
        )}
      </Dialog>
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={again ? `Sign in to ${provider.name} again` : `Connect ${provider.name}`}
      lead={again ? againLead(who) : `A window opens in which you sign in at ${provider.name} and agree.`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={state.step === 'starting'} onClick={() => signIn(integration)}>
            Continue to {provider.name}
          </Button>
        </>
      }
    >
      <WhatIsRead provider={provider} />
    </Dialog>
  );
}

function againLead(who: string | undefined): ReactNode {
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

function waitingLead(
  shown: 'open' | 'blocked' | 'closed' | 'finishing',
  providerName: string,
  who: string | undefined,
): string {
  if (shown === 'blocked')
    return `Open the sign-in page of ${providerName} with the button below. This page notices when you are done.`;
  if (shown === 'finishing') return `${providerName} has agreed. Harmony is setting things up.`;
  if (shown === 'closed')
    return 'The window was closed before the sign-in was finished. If you did finish, wait a moment: this page notices.';
  return who
    ? `Choose ${who} in the window that has opened, and leave every box ticked.`
    : 'Choose your account in the window that has opened, and leave every box ticked.';
}
