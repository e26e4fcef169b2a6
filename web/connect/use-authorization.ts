/** Drives a sign-in: opens the window, listens to its message, and watches the integration in case that is missed. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Integration, OAuthMessage } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { forgetIntegration, refetchIntegration, storeIntegration } from '../api/queries.ts';
import { type Authorization, nextAuthorization, type SignInView } from './authorization.ts';
import { showInPopup } from './sign-in-popup.ts';

const watchEveryMs = 1_500;
/** A window that closes because it is done is given this long to be seen as done. */
const closedGraceMs = 2_500;
const linkLifeMs = 10 * 60_000;

export interface StartedSignIn {
  readonly integrationId: string;
  readonly url: string;
  readonly before: SignInView;
}

export interface AuthorizationControl {
  readonly state: Authorization;
  /** `opened` comes straight from the click; `start` asks the API for the address to show in it. */
  begin(opened: Window | null, start: () => Promise<StartedSignIn>): void;
  /** The person opened the link that is shown where popups are blocked. */
  followLink(): void;
  closeWindow(): void;
}

export function useAuthorization(): AuthorizationControl {
  const client = useQueryClient();
  const [state, send] = useReducer(nextAuthorization, { step: 'idle' });
  const popup = useRef<Window | null>(null);
  const waitingFor = state.step === 'waiting' ? state.integrationId : undefined;

  const begin = useCallback((opened: Window | null, start: () => Promise<StartedSignIn>) => {
    popup.current?.close();
    popup.current = opened;
    send({ type: 'begun' });
    start().then(
      ({ integrationId, url, before }) => {
        const usable = opened !== null && !opened.closed;
        if (usable) showInPopup(opened, url);
        send({ type: 'opened', integrationId, url, before, blocked: !usable });
      },
      (error) => {
        opened?.close();
        send({ type: 'problem', error });
      },
    );
  }, []);

  useEffect(() => {
    if (waitingFor === undefined) return;
    const observe = async (): Promise<Integration> => {
      const integration = await api.integration(waitingFor);
      storeIntegration(client, integration);
      return integration;
    };
    /** The callback's page speaks to its opener, and on a channel where the provider cut that tie. */
    const listen = (event: MessageEvent<unknown>): void => {
      const message = event.data as Partial<OAuthMessage> | null;
      if (event.origin !== location.origin || message?.type !== 'harmony:oauth') return;
      if (message.integrationId !== waitingFor) return;
      const told = {
        ...({ type: 'message', ok: message.ok === true } as const),
        ...(message.code === undefined ? {} : { code: message.code }),
      };
      observe().then(
        (now) => send({ ...told, now }),
        (error) => {
          if (isStatus(error, 404)) forgetIntegration(client, waitingFor);
          send(told);
        },
      );
    };
    let closedAtMs: number | undefined;
    let isMissing = false;
    const watch = async (): Promise<void> => {
      try {
        send({ type: 'observed', now: await observe() });
      } catch (error) {
        // One whose account is connected already is deleted just before the window says so.
        if (isStatus(error, 401) || (isStatus(error, 404) && isMissing)) send({ type: 'problem', error });
        isMissing = isStatus(error, 404);
      }
      if (popup.current?.closed !== true) return;
      closedAtMs ??= Date.now();
      if (Date.now() - closedAtMs >= closedGraceMs) send({ type: 'window-closed' });
    };
    const channel = new BroadcastChannel('harmony:oauth');
    channel.addEventListener('message', listen);
    window.addEventListener('message', listen);
    const watching = setInterval(() => void watch(), watchEveryMs);
    const expiry = setTimeout(() => send({ type: 'expired' }), linkLifeMs);
    return () => {
      window.removeEventListener('message', listen);
      channel.close();
      clearInterval(watching);
      clearTimeout(expiry);
    };
  }, [waitingFor, client]);

  const doneFor = state.step === 'done' ? state.integrationId : undefined;
  useEffect(() => {
    if (doneFor !== undefined) void refetchIntegration(client, doneFor);
  }, [doneFor, client]);

  return {
    state,
    begin,
    followLink: () => {
      popup.current = null;
      send({ type: 'link-followed' });
    },
    closeWindow: () => popup.current?.close(),
  };
}
