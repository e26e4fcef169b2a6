// What a plan would do, for a person to approve: counts and samples for each side, and a digest by which a plan that
// has gone stale is refused.
import { createHash } from 'node:crypto';
import type { ConflictEntry, ContactPlan, Operation } from './operations.ts';
import type { ListsSummary } from './summarize-lists.ts';

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
  /** Of lists and groups; absent in the plan that a parked run leaves by itself, which shows its deletes alone. */
  lists?: ListsSummary;
  /** At most `samplesPerKind` operations of each kind. */
  samples: Partial<Record<Operation['kind'], Operation[]>>;
  /** The same for the same effects, whatever the order and the etags. */
  digest: string;
}

export interface PlanSummarizer {
  add(plan: ContactPlan): void;
  summary(): PlanSummary;
}

/** Adds up plans one by one and keeps none of them, since a plan can be about a hundred thousand contacts. */
export function createPlanSummarizer(samplesPerKind = 5): PlanSummarizer {
  const counts = new Map<Operation['kind'], number>();
  const samples = new Map<Operation['kind'], { effect: string; operation: Operation }[]>();
  const effects: string[] = [];
  let conflicts = 0;
  const count = (kind: Operation['kind']) => counts.get(kind) ?? 0;
  return {
    add(plan) {
      for (const operation of plan.operations) {
        const { kind } = operation;
        const effect = effectOf(operation);
        effects.push(hashOf(effect));
        counts.set(kind, count(kind) + 1);
        samples.set(kind, keepFirst(samples.get(kind) ?? [], { effect, operation }, samplesPerKind));
      }
      for (const conflict of plan.conflicts) effects.push(hashOf(effectOfConflict(conflict)));
      conflicts += plan.conflicts.length;
    },
    summary: () => ({
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
      conflicts,
      samples: Object.fromEntries(
        [...samples]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([kind, kept]) => [kind, kept.map(({ operation }) => operation)]),
      ),
      digest: hashOf(effects.toSorted().join('')),
    }),
  };
}

export function summarizePlan(plans: Iterable<ContactPlan>, samplesPerKind = 5): PlanSummary {
  const summarizer = createPlanSummarizer(samplesPerKind);
  for (const plan of plans) summarizer.add(plan);
  return summarizer.summary();
}

/** The `limit` least by effect, so that samples don't depend on the order. */
function keepFirst<Sample extends { effect: string }>(
  kept: readonly Sample[],
  sample: Sample,
  limit: number,
): Sample[] {
  const last = kept.at(-1);
  if (kept.length === limit && last !== undefined && last.effect <= sample.effect) return [...kept];
  return [...kept, sample]
    .sort((a, b) => (a.effect < b.effect ? -1 : a.effect > b.effect ? 1 : 0))
    .slice(0, limit);
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

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
