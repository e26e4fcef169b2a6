/** Failures in words for the person: what, whose, and what to do next. */
import type { Attention } from '../db/schema/index.ts';
import type { AuthKind, ProviderAdapter, ProviderEnvironment } from '../providers/contract/index.ts';
import type { FailureType } from './failure.ts';

/** A failure as it comes back through a workflow. */
export interface FailureNote {
  /** One of FailureType, or 'Internal', or Temporal's own timeout. */
  readonly type: string;
  readonly missing?: string;
  /** Of the credential that was refused, where one was. */
  readonly credentialVersion?: number;
}

/** Failures that only signing in again can mend. */
export const needsSignIn = (note: FailureNote): boolean =>
  note.type === 'ReauthRequired' || note.type === 'MissingScope';

/** Of a run or check that a sign-in overtook. */
export const signInReplaced = ({ displayName }: ProviderAdapter): Attention => ({
  code: 'sign_in_replaced',
  title: `${displayName} refused the former sign-in, which was replaced while this went on.`,
  remedy: 'Nothing to do: the next sync uses the new one.',
});

/** What the integration can't do without the scope, in the adapter's own words. */
export function purposeOf(
  adapter: ProviderAdapter,
  environment: ProviderEnvironment,
  scope: string | undefined,
): string {
  const need = adapter.oauth?.(environment).scopes.find((candidate) => candidate.scope === scope);
  return need?.purpose ?? 'read what it needs';
}

/** Whose failure it is. */
export interface Party {
  readonly adapter: ProviderAdapter;
  readonly environment: ProviderEnvironment;
  /** How the integration signs in; absent: by OAuth. */
  readonly authKind?: AuthKind;
}

export function describeFailure(
  note: FailureNote,
  { adapter, environment, authKind = 'oauth' }: Party,
): Attention {
  const name = adapter.displayName;
  if (authKind === 'api_key' && needsSignIn(note)) return describeKeyFailure(note, { adapter, environment });
  switch (note.type as FailureType) {
    case 'ReauthRequired':
      return {
        code: 'reauth_required',
        title: `${name} no longer lets Harmony in: the access was ended or has run out.`,
        remedy: 'Re-authenticate with the same account. Everything synced so far is kept.',
      };
    case 'MissingScope':
      return {
        code: 'missing_scope',
        title: `Harmony was not allowed to ${purposeOf(adapter, environment, note.missing)} in ${name}.`,
        remedy: 'Re-authenticate and leave every box on the consent page ticked.',
      };
    case 'WriteRefused':
      return {
        code: 'missing_write_scope',
        title: `Harmony may read ${name}, but was not allowed to ${purposeOf(adapter, environment, note.missing)} there. Your edits are kept and wait.`,
        remedy:
          'Re-authenticate and leave every box on the consent page ticked, or let the integration only read.',
      };
    case 'RateLimited':
      return {
        code: 'rate_limited',
        title: `${name} has been limiting Harmony's requests for too long to finish this sync.`,
        remedy:
          'Nothing to do now: the next sync goes on where this one stopped. If it stays, sync less often.',
      };
    case 'ProviderBlocked':
      return {
        code: 'provider_blocked',
        title: `${name} has blocked Harmony's requests.`,
        remedy: `Trying again does not help. Ask an administrator of your ${name} account, or contact support with the id of this run.`,
      };
    case 'ProviderUnavailable':
      return {
        code: 'provider_unavailable',
        title: `${name} did not answer, or not properly, however often Harmony tried.`,
        remedy:
          'Nothing to do now: the next sync goes on where this one stopped. Test Connection shows whether it is back.',
      };
    case 'NotFound':
      return {
        code: 'remote_not_found',
        title: `Something that Harmony reads in ${name} is no longer there.`,
        remedy: 'Use Refresh List and untick what is gone, then sync again.',
      };
    case 'CursorExpired':
      return {
        code: 'cursor_expired',
        title: `${name} keeps asking for a new complete listing.`,
        remedy: 'Trigger a full sync. If it fails again, contact support with the id of this run.',
      };
    case 'InvalidRequest':
    case 'StaleVersion':
    case 'SchemaDrift':
      return {
        code: 'unexpected_answer',
        title: `${name} answered in a way that Harmony does not understand.`,
        remedy: 'Contact support with the id of this run: this needs a newer version of Harmony.',
      };
    case 'FencedOff':
    case 'IntegrationGone':
      return {
        code: 'superseded',
        title: 'Another operation took over before this one was finished.',
        remedy: 'Nothing to do: the later operation covers it.',
      };
    default:
      return {
        code: 'internal',
        title: 'Harmony could not finish this because of a fault of its own.',
        remedy: 'It will be tried again by itself. If it stays, contact support with the id of this run.',
      };
  }
}

/** A key can't be signed in again: it is replaced. */
function describeKeyFailure(note: FailureNote, { adapter, environment }: Party): Attention {
  const { displayName: name } = adapter;
  if (note.type === 'MissingScope') {
    return {
      code: 'missing_scope',
      title: `The API key does not allow Harmony to ${purposeOf(adapter, environment, note.missing)} in ${name}.`,
      remedy: `Make an API key at ${name} that does, and replace the one that is here with it.`,
    };
  }
  return {
    code: 'reauth_required',
    title: `${name} no longer accepts the API key: it was revoked or has run out.`,
    remedy: `Make a new API key for the same account at ${name} and replace the one that is here with it. Everything synced so far is kept.`,
  };
}
