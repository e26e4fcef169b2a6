/** What nobody asked to forget is forgotten after its time (docs/operating.md). */
import { pruneChanges } from '../../db/queries/changes.ts';
import { prunePlans } from '../../db/queries/contact-plans.ts';
import { pruneWork } from '../../db/queries/contact-queue.ts';
import { pruneWrites } from '../../db/queries/contact-writes.ts';
import { pruneHiddenDocuments } from '../../db/queries/documents.ts';
import { pruneLeases } from '../../db/queries/grant-leases.ts';
import { pruneIdempotencyKeys } from '../../db/queries/idempotency.ts';
import { pruneSessions } from '../../db/queries/identity.ts';
import { pruneEvents } from '../../db/queries/integration-events.ts';
import { pruneAttempts } from '../../db/queries/oauth-attempts.ts';
import { pruneLimits } from '../../db/queries/provider-limits.ts';
import { pruneRuns } from '../../db/queries/runs.ts';
import { pruneTaskWrites } from '../../db/queries/task-writes.ts';
import { pruneTombstones } from '../../db/queries/tombstones.ts';
import { pruneInbox } from '../../db/queries/webhook-inbox.ts';
import { isoAt, nowMs } from '../clock.ts';
import { type ActivityDeps, defaultRetention } from '../deps.ts';

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

export async function pruneOld(deps: Pick<ActivityDeps, 'db' | 'clock' | 'retention'>): Promise<void> {
  const retention = deps.retention ?? defaultRetention;
  await pruneEvents(deps.db, retention.eventsMs);
  await pruneLimits(deps.db);
  await pruneLeases(deps.db, isoAt(nowMs(deps) - 10 * minuteMs));
  await pruneHiddenDocuments(deps.db, retention.hiddenMs);
  await pruneInbox(deps.db, retention.inboxMs);
  await pruneIdempotencyKeys(deps.db);
  await pruneSessions(deps.db);
  await pruneAttempts(deps.db, dayMs);
  await pruneTaskWrites(deps.db, 7 * dayMs);
  await pruneChanges(deps.db, 30 * dayMs);
  await pruneRuns(deps.db, retention.runsMs);
  await prunePlans(deps.db, retention.runsMs);
  await pruneTombstones(deps.db, retention.tombstonesMs);
  await pruneWrites(deps.db, retention.tombstonesMs);
  await pruneWork(deps.db);
}
