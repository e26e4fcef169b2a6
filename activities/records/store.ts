/** What the engine asks of a kind of record: to write a page, to name what a listing did not see, to remove. */
import { hash } from 'node:crypto';
import type { Executor, Transaction } from '../../db/client.ts';
import type { MirrorContext, Mirrored, PageOutcome } from '../../db/queries/mirror.ts';
import type { StreamKey } from '../../db/queries/stream-cursors.ts';
import type { RecordBase, RecordPage } from '../../providers/contract/index.ts';
import type { ActivityDeps } from '../deps.ts';

/** Writes one page within its transaction. */
export type PageWriter = (tx: Transaction, context: MirrorContext) => Promise<PageOutcome>;

export interface UnseenQuery {
  readonly key: StreamKey;
  readonly listingId: string;
  /** Only remote ids after this one, in order. */
  readonly afterId: string;
  readonly limit: number;
}

export interface RecordStore {
  /** What the other members go by besides the page, loaded once for many pages of a stream. Absent: nothing. */
  loadSettings?(deps: Pick<ActivityDeps, 'db' | 'clock' | 'graceMs'>, key: StreamKey): Promise<unknown>;
  /** Whether the settings are still in force; if so they stay it until the transaction ends. Absent: they always are. */
  holdSettings?(tx: Transaction, key: StreamKey, settings: unknown): Promise<boolean>;
  /** Hashes and shapes the page before its transaction begins, so that the transaction stays short. */
  prepare(page: RecordPage, settings?: unknown): PageWriter;
  /**
   * The same for a complete listing into a stream that had nothing: rows are loaded without a look at what is there.
   * Where a record comes twice, or that look is needed after all, the transaction fails (`isRefusedCopy`); then `prepare`
   * has to write the page.
   * Absent: first listings are written like any other.
   */
  prepareLoad?(page: RecordPage, context: MirrorContext, settings?: unknown): PageWriter;
  /** Whether these settings let pages be loaded. Absent: they always do. */
  mayLoad?(db: Executor, settings: unknown): Promise<boolean>;
  /** Remote ids that a complete listing did not see, in order. */
  findUnseen(db: Executor, query: UnseenQuery): Promise<string[]>;
  /** Removes (or archives) by remote id. Returns how many were live. */
  remove(tx: Transaction, key: StreamKey, remoteIds: readonly string[], settings?: unknown): Promise<number>;
  /** `remove` only notes what is gone; whoever plans it counts it. */
  readonly plansRemovals?: true;
  /** Hides what we may no longer read, until a listing has it again. Returns how many were visible. Absent: they stay. */
  hide?(tx: Transaction, key: StreamKey, remoteIds: readonly string[]): Promise<number>;
  /** The etags of those that we have and show; see `FetchRequest.known`. Present where contents cost calls of their own. */
  knownEtags?(
    db: Executor,
    key: StreamKey,
    remoteIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>>;
  /** Removes all of one collection, `limit` at a time; fewer than `limit` means that all are gone. */
  purgeCollection?(tx: Transaction, collectionId: string, limit: number): Promise<number>;
  /** Removes all of an integration, at most `limit` at a time. `keep` leaves what the person wants to keep. */
  purgeIntegration(
    tx: Transaction,
    input: { integrationId: string; records: 'keep' | 'delete'; limit: number },
  ): Promise<number>;
}

/** The columns that every mirrored record has. */
export function mirror(record: RecordBase): Mirrored {
  const rawJson = JSON.stringify(record.raw);
  return {
    remoteId: record.remoteId,
    etag: record.etag ?? null,
    remoteUpdatedAt: record.updatedAt ?? null,
    contentHash: hash('sha256', rawJson, 'base64url').slice(0, 22),
    rawJson,
  };
}
