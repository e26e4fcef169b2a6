// What a plan would do, for a person to approve: counts and samples for each side, and a digest by which a plan that
// has gone stale is refused.
import { createHash } from 'node:crypto';
import type { ConflictEntry, ContactPlan, Operation } from './operations.ts';

export interface SideCounts {
  created: number;
  updated: number;
  deleted: number;
}

export interface PlanSummary {
  harmony: SideCounts;
  provider: SideCounts;
  /** Pairs that will be linked, and those that a person has to look at. */
  linked: number;
  unlinked: number;
  parked: number;
  conflicts: number;
  /** At most `samplesPerKind` operations of each kind. */
  samples: Partial<Record<Operation['kind'], Operation[]>>;
  /** The same for the same effects, whatever the order and the etags. */
  digest: string;
}

export function summarizePlan(plans: Iterable<ContactPlan>, samplesPerKind = 5): PlanSummary {
  const listed = [...plans];
  const conflicts = listed.flatMap((plan) => plan.conflicts);
  const operations = listed
    .flatMap((plan) => plan.operations)
    .map((operation) => ({ operation, effect: effectOf(operation) }))
    .sort((a, b) => (a.effect < b.effect ? -1 : a.effect > b.effect ? 1 : 0));
  const effects = [...operations.map(({ effect }) => effect), ...conflicts.map(effectOfConflict).sort()];
  const byKind = Map.groupBy(
    operations.map(({ operation }) => operation),
    ({ kind }) => kind,
  );
  const count = (kind: Operation['kind']) => byKind.get(kind)?.length ?? 0;
  return {
    harmony: {
      created: count('create_local'),
      updated: count('update_local') + count('restore_local'),
      deleted: count('archive_local'),
    },
    provider: {
      created: count('create_remote'),
      updated: count('update_remote'),
      deleted: count('delete_remote'),
    },
    linked: count('link'),
    unlinked: count('unlink'),
    parked: count('park'),
    conflicts: conflicts.length,
    samples: Object.fromEntries([...byKind].map(([kind, all]) => [kind, all.slice(0, samplesPerKind)])),
    digest: createHash('sha256').update(effects.join('\n')).digest('hex'),
  };
}

/** Deletes on both sides together, for the breaker (rule 19). */
export function countDeletes(plans: Iterable<ContactPlan>): number {
  let deletes = 0;
  for (const { operations } of plans) {
    deletes += operations.filter(({ kind }) => kind === 'archive_local' || kind === 'delete_remote').length;
  }
  return deletes;
}

/** Ids and values; etags and versions are left out, since they move without a change of meaning (rule 7). */
function effectOf(operation: Operation): string {
  const id = operation as {
    contactId?: string;
    resourceName?: string;
    reason?: string;
    candidates?: string[];
  };
  const values = 'sent' in operation ? operation.sent : 'fields' in operation ? operation.fields : {};
  return JSON.stringify([
    operation.kind,
    id.contactId ?? '',
    id.resourceName ?? '',
    id.reason ?? '',
    id.candidates ?? [],
    Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

function effectOfConflict({
  contactId = '',
  resourceName = '',
  field,
  winner,
  local,
  remote,
}: ConflictEntry): string {
  return JSON.stringify(['conflict', contactId, resourceName, field, winner, local, remote]);
}
