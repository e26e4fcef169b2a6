/** What the settings of an integration make of a page of remote contacts. */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLinks, type LinkBases } from '../schema/index.ts';
import type { ListFlow } from './contact-list-members.ts';
import type { Mirrored } from './mirror.ts';

/** Values by the contact's field names, custom ones as `custom.<name>`. */
export type ContactValues = Readonly<Record<string, string | null>>;

export interface MappedContact {
  readonly values: ContactValues;
  /** Remote ids of the groups that it is in. */
  readonly groups: readonly string[];
}

export interface ContactRow extends Mirrored {
  readonly formerRemoteIds: readonly string[];
  /** A create of ours made it, once; which one, and for whom, the planner finds out. */
  readonly isMarked: boolean;
  /** Maps the raw record, asked only for rows that changed. */
  readonly mapped: () => MappedContact;
}

export interface KnownVersions {
  readonly etag: string | null;
  readonly remoteUpdatedAt: string | null;
  readonly supersededEtags: readonly string[] | null;
  /** ISO 8601 UTC: since when it counts as gone; null: it does not. */
  readonly goneSince: string | null;
}

export interface MirrorRules {
  /** ISO 8601 UTC. */
  readonly now: string;
  /** `quick`: into Harmony at once, where nobody edited meanwhile. `none`: contacts are not mapped. */
  readonly path: 'quick' | 'plan' | 'none';
  readonly mappingVersion: number;
  /** Fields that the provider may write into Harmony. */
  readonly fields: readonly string[];
  readonly lists: ListFlow;
  /** Remote ids of the groups that a contact joined or left between two raw records of it. */
  readonly groupsMoved: (before: unknown, after: unknown) => readonly string[];
  /**
   * Whether the user has contacts that this integration does not feed, with which new ones may match. Asked by the
   * connection of the transaction that it is for: one that waits for another connection can wait for ever. Where the answer
   * is no, no other account brings any and no person makes any until that transaction ends.
   */
  readonly hasOthers: (db: Executor) => Promise<boolean>;
  readonly isStale: (row: Mirrored, known: KnownVersions) => boolean;
  /** What both sides agreed on while that was not written down. */
  readonly impliedBases: (shadow: unknown, mappingVersion: number) => LinkBases;
  /** Former ids to rename, and those whose present one is another contact's, or `isTaken`. */
  readonly planRenames: (
    rows: readonly ContactRow[],
    isLinked: (remoteId: string) => boolean,
    isTaken: (remoteId: string) => boolean,
  ) => {
    readonly renames: readonly { from: string; to: string }[];
    readonly collisions: readonly { from: readonly string[]; to: string }[];
  };
}

/** Links by their remote ids. */
export const linksNamed = (remoteIds: readonly string[]): SQL =>
  sql`${contactLinks.remoteId} = any(${sql.param([...remoteIds])}::text[])`;
