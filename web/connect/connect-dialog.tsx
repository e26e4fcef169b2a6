/** Says what Harmony will read, then leads through signing in, and out of everything that can go wrong there. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { CreatedIntegration, Integration, Provider } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { forgetIntegration, integrationsQuery, refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';
import { ConnectedDialog } from './connected-dialog.tsx';
import { IntroductionDialog } from './introduction-dialog.tsx';
import { RefusedDialog } from './refused-dialog.tsx';
import { useAuthorization } from './use-authorization.ts';
import { useConnectByKey } from './use-connect-by-key.ts';
import { WaitingDialog } from './waiting-dialog.tsx';

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
  const isGivenUp = useRef(false);
  const create = async (apiKey?: string): Promise<CreatedIntegration> => {
    const created = await api.createIntegration(provider.id, apiKey);
    if (isGivenUp.current) discard(created.integration.id);
    return created;
  };
  const byKey = useConnectByKey(create);
  const again = integration !== undefined && integration.phase !== 'connecting';
  const who = again ? (integration.account?.email ?? integration.account?.name) : undefined;

  const signIn = (existing: Integration | undefined): void =>
    begin(provider.name, async () => {
      if (existing) {
        const { authorizationUrl } = await api.reauthenticate(existing.id);
        return { integrationId: existing.id, url: authorizationUrl, before: existing };
      }
      const created = await create();
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
  const discard = (id: string): void => {
    const done = (): void => forgetIntegration(client, id);
    api
      .deleteIntegration(id, 'delete')
      .then(done, (error) => (isStatus(error, 404) ? done() : notices.tellProblem(error)));
  };
  const giveUp = (): void => {
    isGivenUp.current = true;
    closeWindow();
    onClose();
    if (!integration && begun !== undefined) discard(begun);
  };

  const connected = state.step === 'done' ? state.integrationId : byKey.data?.integration.id;
  if (connected !== undefined)
    return (
      <ConnectedDialog
        provider={provider}
        integrationId={connected}
        again={again}
        onClose={() => {
          onClose();
          void refetchIntegration(client, connected);
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
        onCancel={giveUp}
        onClose={() => {
          closeWindow();
          onClose();
        }}
      />
    );
  if (state.step === 'waiting')
    return (
      <WaitingDialog
        provider={provider}
        url={state.url}
        shown={state.window}
        who={who}
        onFollowLink={followLink}
        onRetry={retry}
        onCancel={giveUp}
        onClose={onClose}
      />
    );
  return (
    <IntroductionDialog
      provider={provider}
      again={again}
      who={who}
      offersKey={integration === undefined && provider.authKinds.includes('api_key')}
      busy={state.step === 'starting' || byKey.isPending}
      keyError={byKey.error}
      onSignIn={() => signIn(integration)}
      onKey={(apiKey) => byKey.mutate(apiKey)}
      onClose={giveUp}
    />
  );
}
