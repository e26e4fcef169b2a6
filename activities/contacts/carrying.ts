/** What the steps of carrying lists and memberships over share. */
import type { Transaction } from '../../db/client.ts';
import { holdContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { type ContactListCalls, ProviderError } from '../../providers/contract/index.ts';
import type { EffectiveDirection } from '../../sync/direction.ts';
import type { ActivityDeps } from '../deps.ts';
import type { CallOf } from './in-time.ts';

export interface Carrying {
  readonly deps: ActivityDeps;
  readonly fence: Fence;
  readonly runId: string;
  readonly isRead: boolean;
  readonly owner: { readonly workspaceId: string; readonly userId: string };
  /** By the settings of `stamp`. */
  readonly direction: EffectiveDirection;
  readonly stamp: string;
  readonly policy: 'newest' | 'harmony' | 'provider';
  /** Of the provider's groups. */
  readonly stream: string;
  /** Present where Harmony may write there. */
  readonly call: CallOf<ContactListCalls>;
}

/**
 * As `fenced`, while lists still flow as they did when this began; undefined, with nothing done, where a person has changed the
 * settings since. What was to be done stays due, and the next activity goes by what holds then.
 */
export function whileInForce<T>(
  { deps, fence, stamp }: Pick<Carrying, 'deps' | 'fence' | 'stamp'>,
  write: (tx: Transaction) => Promise<T>,
): Promise<T | undefined> {
  const { integrationId } = fence;
  return fenced(deps.db, fence, async (tx) =>
    (await holdContactSettings(tx, { integrationId, stamp })) ? write(tx) : undefined,
  );
}

/**
 * What the provider refused, as its answer. Asked of the call itself: what a new sign-in or a new token met is no answer of the
 * group's.
 */
export const orRefusal = <T>(answer: Promise<T>): Promise<T | ProviderError> =>
  answer.catch((error: unknown) => {
    if (isRefusal(error)) return error;
    throw error;
  });

function isRefusal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  return ['not_found', 'stale_version', 'invalid_request', 'already_exists'].includes(error.kind);
}

/** A name that another group has, a group that changed meanwhile, a contact that is not found: the next listing will tell. */
export const retryMs = 5 * 60 * 1000;

/** The provider takes so many memberships of one list in a call. */
export const membersAtOnce = 1000;
