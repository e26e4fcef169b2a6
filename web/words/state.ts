/** The state of an integration in words, and the one thing to do about it. */
import type { Attention, Integration, Run } from '../../api/contract/index.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';
export interface StateWords {
  readonly tone: Tone;
  readonly text: string;
}

type Known = Pick<Integration, 'phase' | 'lastRun' | 'autoSync' | 'attention'> &
  Partial<Pick<Integration, 'authKind' | 'lastSucceededAt'>>;

export const isSyncing = (integration: Pick<Integration, 'phase' | 'lastRun'>): boolean =>
  integration.phase !== 'deleting' && integration.lastRun?.status === 'running';

/** Something is under way that will change soon, so it is worth asking often. */
export const isBusy = (integration: Pick<Integration, 'phase' | 'lastRun'>): boolean =>
  isSyncing(integration) ||
  integration.phase === 'deleting' ||
  integration.phase === 'connecting' ||
  (integration.phase === 'active' && integration.lastRun === undefined);

export const describeState = (integration: Known): StateWords =>
  integration.phase === 'active' ? describeActive(integration) : describePhase(integration);

/** A phase by itself, where nothing is known of runs. */
export function describePhase({ phase, authKind }: Pick<Known, 'phase' | 'authKind'>): StateWords {
  switch (phase) {
    case 'connecting':
      return { tone: 'warn', text: 'Sign-in not finished' };
    case 'needs_reauth':
      return {
        tone: 'bad',
        text: authKind === 'api_key' ? 'Needs a new API key' : 'Needs you to sign in again',
      };
    case 'parked':
      return { tone: 'warn', text: 'Waiting for your decision' };
    case 'deleting':
      return { tone: 'quiet', text: 'Being deleted' };
    case 'active':
      return { tone: 'good', text: 'Connected' };
  }
}

const describeRunning = ({ trigger, mode }: Pick<Run, 'trigger' | 'mode'>): string =>
  trigger === 'connect' ? 'First sync running' : mode === 'full' ? 'Full sync running' : 'Syncing now';

/** By a check that found nothing new since, which is no run of its own: by more than what lies between two marks of one run. */
export const wasCheckedAfter = ({
  lastRun,
  lastSucceededAt,
}: Pick<Integration, 'lastRun' | 'lastSucceededAt'>): boolean =>
  lastRun?.finishedAt !== undefined &&
  lastSucceededAt !== undefined &&
  Date.parse(lastSucceededAt) - Date.parse(lastRun.finishedAt) > 5_000;

function describeActive(integration: Known): StateWords {
  const { lastRun, autoSync, attention } = integration;
  if (lastRun?.status === 'running') return { tone: 'busy', text: describeRunning(lastRun) };
  if (lastRun?.status === 'failed' && !wasCheckedAfter(integration))
    return { tone: 'bad', text: 'The last sync failed' };
  if (attention) return { tone: 'warn', text: 'Needs a look' };
  if (!lastRun) return { tone: 'busy', text: 'First sync about to start' };
  return autoSync
    ? { tone: 'good', text: 'Up to date' }
    : { tone: 'quiet', text: 'Connected, Auto Sync is off' };
}

export type AttentionAction =
  | 'sign-in'
  | 'finish-sign-in'
  | 'sync'
  | 'full-sync'
  | 'choose'
  | 'plan'
  | 'activity';
export interface AttentionNotice extends Attention {
  readonly action: AttentionAction;
}

/** Codes whose way out is a new sign-in, whatever phase the integration is in. */
export const signInCodes =
  /reauth|auth_revoked|scope|forbidden|wrong_account|account_mismatch|consent|access_denied|access_ended|code_expired|authorization_failed/;

/** What the person should know and the one button that helps; undefined where all is well. */
export function describeAttention(integration: Known): AttentionNotice | undefined {
  const { lastRun } = integration;
  // A run that waited is settled as soon as the integration does not wait any more, one that failed by a check that did not.
  const isSettled = lastRun?.status === 'parked' || wasCheckedAfter(integration);
  const told = integration.attention ?? (isSettled ? undefined : lastRun?.error);
  if (integration.phase === 'deleting') return undefined;
  if (integration.phase === 'connecting')
    return {
      code: told?.code ?? 'sign_in_unfinished',
      title: told?.title ?? 'The sign-in was not finished',
      remedy: told?.remedy ?? 'Sign in to start syncing, or delete this integration.',
      action: 'finish-sign-in',
    };
  if (integration.phase === 'needs_reauth')
    return {
      code: told?.code ?? 'reauth_required',
      title: told?.title ?? 'Harmony is no longer signed in',
      remedy: told?.remedy ?? 'Sign in again. What was synced so far is kept.',
      action: 'sign-in',
    };
  if (lastRun?.status === 'running') return undefined;
  if (integration.phase === 'parked') return { ...decisionOf(integration), action: 'plan' };
  return told && { ...told, action: actionFor(told.code) };
}

/** What waits, also where a sign-in or a run that came to nothing since is what the API tells now. */
function decisionOf({ attention, lastRun }: Known): Attention {
  const told = [attention, lastRun?.error].find((each) => each?.code === 'run_parked');
  return (
    told ?? {
      code: 'run_parked',
      title: 'A sync stopped and waits for you',
      remedy: 'Look at what it would change, then carry it out or turn it down.',
    }
  );
}

function actionFor(code: string): AttentionAction {
  if (signInCodes.test(code)) return 'sign-in';
  if (code === 'cursor_expired') return 'full-sync';
  if (code === 'remote_not_found') return 'choose';
  if (code === 'run_parked' || code === 'plan_needed') return 'plan';
  // Another try helps nobody: support is asked with the id of the run, which stands there.
  if (code === 'provider_blocked' || code === 'unexpected_answer') return 'activity';
  return 'sync';
}

export const actionLabels: Readonly<Record<AttentionAction, string>> = {
  'sign-in': 'Re-authenticate',
  'finish-sign-in': 'Finish signing in',
  sync: 'Sync now',
  'full-sync': 'Trigger Full Sync',
  choose: 'Look at the list',
  plan: 'See what would change',
  activity: 'Look at the sync',
};

/** The way back in: a key for who came with a key, else the provider's own page. */
export const signInLabel = ({ authKind }: Pick<Integration, 'authKind'>): string =>
  authKind === 'api_key' ? 'Update API Key' : 'Re-authenticate';
