/** What the steps of carrying lists and memberships over share. */
import type { Transaction } from '../../db/client.ts';
import { holdContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import type { ContactListCalls } from '../../providers/contract/index.ts';
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

/** A name that another group has, a group that changed meanwhile, a contact that is not found: the next listing will tell. */
export const retryMs = 5 * 60 * 1000;

/** The provider takes so many memberships of one list in a call. */
export const membersAtOnce = 1000;
