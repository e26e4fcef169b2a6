/** What the steps of carrying lists and memberships over share. */
import type { Fence } from '../../db/queries/fence.ts';
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
  readonly direction: EffectiveDirection;
  readonly policy: 'newest' | 'harmony' | 'provider';
  /** Present where Harmony may write there. */
  readonly call: CallOf<ContactListCalls>;
}

/** A name that another group has, a group that changed meanwhile, a contact that is not found: the next listing will tell. */
export const retryMs = 5 * 60 * 1000;

/** The provider takes so many memberships of one list in a call. */
export const membersAtOnce = 1000;
