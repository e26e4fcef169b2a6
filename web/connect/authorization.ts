/** How a sign-in at a provider goes, step by step. Pure: the hook beside it brings the events. */
import type { Attention, Integration } from '../../api/contract/index.ts';
import { describeProblem } from '../api/problem.ts';
import { describeOutcome } from '../words/outcome.ts';

/** What can be seen of an integration from outside while somebody signs in. */
export type SignInView = Pick<Integration, 'phase' | 'lastRun' | 'attention'>;

export type Authorization =
  | { readonly step: 'idle' }
  | {
      readonly step: 'starting';
      /** Of a sign-in that is begun again. */
      readonly integrationId?: string;
    }
  | {
      readonly step: 'waiting';
      readonly integrationId: string;
      readonly url: string;
      /** `finishing`: the provider has agreed, and Harmony is still taking it up. */
      readonly window: 'open' | 'blocked' | 'closed' | 'finishing';
      /** As it was when the sign-in began. */
      readonly before: SignInView;
    }
  | { readonly step: 'done'; readonly integrationId: string }
  | {
      readonly step: 'failed';
      readonly integrationId: string | undefined;
      readonly title: string;
      readonly remedy: string;
    };

export type AuthorizationEvent =
  | { readonly type: 'begun' }
  | {
      readonly type: 'opened';
      readonly integrationId: string;
      readonly url: string;
      readonly blocked: boolean;
      readonly before: SignInView;
    }
  | { readonly type: 'link-followed' }
  | { readonly type: 'window-closed' }
  | { readonly type: 'expired' }
  | { readonly type: 'observed'; readonly now: SignInView }
  | { readonly type: 'message'; readonly ok: boolean; readonly code?: string; readonly now?: SignInView }
  | { readonly type: 'problem'; readonly error: unknown };

export function nextAuthorization(state: Authorization, event: AuthorizationEvent): Authorization {
  const known = idOf(state);
  if (event.type === 'begun')
    return { step: 'starting', ...(known === undefined ? {} : { integrationId: known }) };
  if (event.type === 'opened')
    return {
      step: 'waiting',
      integrationId: event.integrationId,
      url: event.url,
      window: event.blocked ? 'blocked' : 'open',
      before: event.before,
    };
  if (event.type === 'problem') {
    const { title, text } = describeProblem(event.error);
    return { step: 'failed', integrationId: known, title, remedy: text };
  }
  if (state.step !== 'waiting') return state;
  const { integrationId } = state;
  switch (event.type) {
    case 'link-followed':
      return { ...state, window: 'open' };
    case 'window-closed':
      return state.window === 'open' ? { ...state, window: 'closed' } : state;
    case 'expired':
      return { step: 'failed', integrationId, ...describeOutcome('expired') };
    case 'message':
      if (event.ok && event.code === 'pending') return { ...state, window: 'finishing' };
      if (event.ok) return { step: 'done', integrationId };
      return {
        step: 'failed',
        integrationId,
        ...((event.now && newAttention(state.before, event.now)) ?? describeOutcome(event.code)),
      };
    case 'observed': {
      if (hasSignedIn(state.before, event.now)) return { step: 'done', integrationId };
      const told = newAttention(state.before, event.now);
      return told ? { step: 'failed', integrationId, ...told } : state;
    }
  }
}

const idOf = (state: Authorization): string | undefined =>
  'integrationId' in state ? state.integrationId : undefined;

/** Works without the popup's message: the integration itself shows that the sign-in has been taken. */
function hasSignedIn(before: SignInView, now: SignInView): boolean {
  const wasSignedIn = before.phase === 'active' || before.phase === 'parked';
  if (!wasSignedIn) return now.phase === 'active' || now.phase === 'parked';
  return now.lastRun?.trigger === 'reauthenticated' && now.lastRun.id !== before.lastRun?.id;
}

function newAttention(before: SignInView, now: SignInView): Pick<Attention, 'title' | 'remedy'> | undefined {
  const { attention } = now;
  if (!attention) return undefined;
  const known = before.attention;
  if (known && known.code === attention.code && known.title === attention.title) return undefined;
  return { title: attention.title, remedy: attention.remedy };
}
