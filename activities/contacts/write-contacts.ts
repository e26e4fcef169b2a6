/** Carries intents out at the provider, batch by batch, for one integration of an account at a time. */
import { Context } from '@temporalio/activity';
import type { ContactWrite } from '../../db/queries/contact-planning.ts';
import { dueWrites } from '../../db/queries/contact-writes.ts';
import { releaseLease, takeLease, writerLease } from '../../db/queries/grant-leases.ts';
import { ProviderError } from '../../providers/contract/index.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { mainStream } from './account-streams.ts';
import { carryLists } from './carry-lists.ts';
import { carryOut } from './carry-out.ts';
import { loadContactSync } from './contact-sync.ts';
import type { Writing } from './writing.ts';

export interface WriteContactsInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly runId: string;
  /** This run asked the provider what changed before it writes. */
  readonly isRead: boolean;
}

export interface WriteContactsResult {
  /**
   * `more`: call again. `later`: call again in `waitMs`, something is backing off. `blocked`: the provider lets Harmony
   * read but not write; everything stays planned.
   */
  readonly next: 'more' | 'later' | 'done' | 'blocked';
  readonly waitMs?: number;
  readonly pushed: number;
  /** The scope that is missing, with `blocked`. */
  readonly missing?: string;
}

/** One activity works this long at most and leaves the rest to the next one. */
const workForMs = 45_000;
/**
 * As many writes are taken up together as take about this long: what is sent is never much older than what a person sees,
 * and a worker that dies leaves few creates whose outcome is unknown.
 */
const batchMs = 1000;
const firstBatch = 5;
const mostAtOnce = 100;
/** A worker that died holds up other integrations of the account no longer than this. */
const leaseMs = 45_000;

export function createWriteContacts(deps: ActivityDeps) {
  return async function writeContacts(input: WriteContactsInput): Promise<WriteContactsResult> {
    const written = await writeDue(deps, input);
    if (written.next === 'more' || written.next === 'blocked') return written;
    // Lists come last: by now the contacts that go on them are there.
    return { ...written, pushed: written.pushed + (await carryLists(deps, input)) };
  };
}

async function writeDue(deps: ActivityDeps, input: WriteContactsInput): Promise<WriteContactsResult> {
  const { integrationId, runId } = input;
  const first = await takeUp(deps, integrationId, firstBatch);
  const sync = first.soonest === undefined ? undefined : await loadContactSync(deps.db, integrationId);
  if (sync === undefined) return { next: 'done', pushed: 0 };
  const access = await openProviderAccess(deps, integrationId);
  const lease = writerLease(access.grantKey, integrationId);
  const fence = { integrationId, generation: input.generation };
  const writing: Writing = { deps, sync, fence, runId, stream: mainStream(access.adapter) };
  try {
    return await writeAll(writing, access, { lease, first });
  } finally {
    await releaseLease(deps.db, lease);
  }
}

async function writeAll(
  writing: Writing,
  access: ProviderAccess,
  { lease, first }: { lease: { key: string; holder: string }; first: Due },
): Promise<WriteContactsResult> {
  const { deps, sync } = writing;
  const context = Context.current();
  const endAtMs = nowMs(deps) + workForMs;
  const progress = { pushed: 0 };
  let due = first;
  // Only as it begins: a try that was given up finds the lease with the next one, and ends.
  let given: { supersedes?: string } = { supersedes: sync.integrationId };
  for (;;) {
    context.cancellationSignal.throwIfAborted();
    const { writes, soonest, nowAtMs } = due;
    if (soonest === undefined) return { next: 'done', ...progress };
    if (writes.length === 0) {
      const waitMs = Math.max(1, Date.parse(soonest) - nowAtMs);
      return { next: 'later', ...progress, waitMs };
    }
    const lent = { now: isoAt(nowAtMs), until: isoAt(nowAtMs + leaseMs) };
    if (!(await takeLease(deps.db, { ...lease, ...lent, ...given }))) throw accountIsBusy();
    given = {};
    try {
      await carryOut(writing, access, { writes, progress });
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'forbidden') {
        return {
          next: 'blocked',
          ...progress,
          ...(error.missing === undefined ? {} : { missing: error.missing }),
        };
      }
      throw error;
    }
    const tookMs = Math.max(1, nowMs(deps) - nowAtMs);
    if (nowMs(deps) > endAtMs) return { next: 'more', ...progress };
    const limit = Math.min(mostAtOnce, Math.max(1, Math.round((writes.length * batchMs) / tookMs)));
    due = await takeUp(deps, sync.integrationId, limit);
  }
}

/** What is due sooner than this is waited for by the run itself; the rest by the next check. */
const longestWaitMs = 20_000;

interface Due {
  /** To be written now. */
  readonly writes: readonly ContactWrite[];
  /** When the first one is due, of those that are due now or soon. */
  readonly soonest: string | undefined;
  readonly nowAtMs: number;
}

async function takeUp(deps: ActivityDeps, integrationId: string, limit: number): Promise<Due> {
  const nowAtMs = nowMs(deps);
  const now = isoAt(nowAtMs + longestWaitMs);
  const soon = await dueWrites(deps.db, { integrationId, now, limit });
  const writes = soon.filter(({ dueAt }) => Date.parse(dueAt) <= nowAtMs);
  return { writes, soonest: soon[0]?.dueAt, nowAtMs };
}

const accountIsBusy = (): ProviderError =>
  new ProviderError({
    kind: 'rate_limited',
    message: 'Another integration is writing to this account.',
    retryAfterMs: 2000,
  });
