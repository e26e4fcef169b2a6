/** What the steps of one write at the provider share: prepare, call, acknowledge, settle. */
import type { Transaction } from '../../db/client.ts';
import type { ContactWrite, LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import type { Fence } from '../../db/queries/fence.ts';
import type { ContactPlan, RemoteWrite } from '../../sync/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import type { ContactSync } from './contact-sync.ts';

export interface Writing {
  readonly deps: ActivityDeps;
  readonly sync: ContactSync;
  readonly fence: Fence;
  readonly runId: string;
  readonly stream: string;
}

/** What is kept of an operation that was sent; absent on those that were sent before it was kept. */
export interface SentBy {
  /** Of the mappings by which it was planned: what they say of a field may not hold any more once it is known to have arrived. */
  readonly mappingVersion?: number;
  /** Per field the row of rule 8 that decided. */
  readonly rules?: ContactPlan['rules'];
}

export interface PreparedWrite {
  readonly write: ContactWrite;
  readonly operation: RemoteWrite;
  /** Per field the row of rule 8 that decided; absent on deletes. */
  readonly rules?: ContactPlan['rules'];
  /** As it is before the write; absent on creates and doubles. */
  readonly link?: LinkRow;
  readonly contact?: PlannedContact;
}

/** What the preparation of one intent goes by. */
export interface Step extends Writing {
  readonly tx: Transaction;
  readonly now: string;
  /** Those that the intents are about, locked. */
  readonly contacts: ReadonlyMap<string, PlannedContact>;
}
