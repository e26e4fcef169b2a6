/** Leads through signing in, beside the window that is open for it, and out of everything that can go wrong there. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { integrationsQuery, refetchIntegration } from '../api/queries.ts';
import { ConnectedDialog } from './connected-dialog.tsx';
import { RefusedDialog } from './refused-dialog.tsx';
import { openSignInPopup } from './sign-in-popup.ts';
import { useAuthorization } from './use-authorization.ts';
import { useDiscard } from './use-discard.ts';
import { WaitingDialog } from './waiting-dialog.tsx';

export interface ConnectRequest {
  readonly provider: Provider;
  /** Absent for a new integration; else whose sign-in is finished or done again. */
  readonly integration?: Integration;
}

interface ConnectDialogProps {
  readonly request: ConnectRequest;
  /** The window for signing in, opened by the click; null where the browser blocked it. */
  readonly popup: Window | null;
  /** The person would rather use a key; absent where that is no choice. */
  readonly onUseKey: (() => void) | undefined;
  readonly onClose: () => void;
}

export function ConnectDialog({ request, popup, onUseKey, onClose }: ConnectDialogProps) {
  const { provider, integration } = request;
  const client = useQueryClient();
  const discard = useDiscard();
  const { state, begin, followLink, closeWindow } = useAuthorization();
  const isBegun = useRef(false);
  const isGivenUp = useRef(false);
  const again = integration !== undefined && integration.phase !== 'connecting';
  const who = again ? (integration.account?.email ?? integration.account?.name) : undefined;

  const signIn = (opened: Window | null, existing: Integration | undefined): void =>
    begin(opened, async () => {
      if (existing) {
        const { authorizationUrl } = await api.reauthenticate(existing.id);
        return { integrationId: existing.id, url: authorizationUrl, before: existing };
      }
      const { integration: created, authorizationUrl = '' } = await api.createIntegration(provider.id);
      if (isGivenUp.current) discard(created.id);
      void client.invalidateQueries({ queryKey: integrationsQuery.queryKey });
      return { integrationId: created.id, url: authorizationUrl, before: created };
    });
  // Once, also where React mounts twice to find faults.
  useEffect(() => {
    if (isBegun.current) return;
    isBegun.current = true;
    signIn(popup, integration);
  });
  const begun = 'integrationId' in state ? state.integrationId : undefined;
  const retry = (): void => {
    const opened = openSignInPopup(provider.name);
    const known = client
      .getQueryData(integrationsQuery.queryKey)
      ?.find((candidate) => candidate.id === begun);
    signIn(opened, known ?? integration);
  };
  const giveUp = (): void => {
    isGivenUp.current = true;
    closeWindow();
    if (!integration && begun !== undefined) discard(begun);
  };
  const cancel = (): void => {
    giveUp();
    onClose();
  };

  if (state.step === 'done')
    return (
      <ConnectedDialog
        provider={provider}
        integrationId={state.integrationId}
        again={again}
        onClose={() => {
          onClose();
          void refetchIntegration(client, state.integrationId);
        }}
      />
    );
  if (state.step === 'failed')
    return (
      <RefusedDialog
        title={state.title}
        remedy={state.remedy}
        cancelLabel={again ? 'Not now' : 'Cancel'}
        onRetry={retry}
        onCancel={cancel}
        onClose={() => {
          closeWindow();
          onClose();
        }}
      />
    );
  const isWaiting = state.step === 'waiting';
  return (
    <WaitingDialog
      provider={provider}
      url={isWaiting ? state.url : undefined}
      shown={isWaiting ? state.window : 'opening'}
      again={again}
      who={who}
      onFollowLink={followLink}
      onRetry={retry}
      onUseKey={
        onUseKey &&
        (() => {
          giveUp();
          onUseKey();
        })
      }
      onCancel={cancel}
      onClose={isWaiting ? onClose : cancel}
    />
  );
}
