/** What a plan shows to a person, as rows: planned once more, the same is the same row. */
import { createHash } from 'node:crypto';
import type { NewConflict } from '../../db/queries/contact-outcome.ts';
import type { ConflictEntry, Park } from '../../sync/operations.ts';
import type { ConflictPolicy, Side } from '../../sync/plan-field.ts';
import type { ContactSync } from './contact-sync.ts';

/** The plan that meets a conflict. */
export interface Planning {
  readonly sync: Pick<ContactSync, 'workspaceId' | 'userId' | 'integrationId'>;
  readonly runId: string;
  /** ISO 8601 UTC. */
  readonly now: string;
}

/** Two values that met, whoever won. The same ones that meet again from the same base are the same conflict. */
export function conflictOfValues(planning: Planning, entry: ConflictEntry): NewConflict {
  const { contactId = null, resourceName = null, field, winner, local, remote, base, rule, policy } = entry;
  const parts = [contactId, resourceName, field, winner, local, remote, base?.local, base?.remote];
  return {
    ...rowOf(planning, parts),
    ...{ contactId, remoteId: resourceName, kind: 'value', field, winner, rule, policy },
    ...{ localValue: local, remoteValue: remote, hasBase: base !== null },
    ...{ baseLocal: base?.local ?? null, baseRemote: base?.remote ?? null },
  };
}

/** Two names of a list that met; `winner` is the side whose name both have then. */
export function conflictOfListName(
  planning: Planning,
  of: {
    readonly listId: string;
    readonly remoteId: string;
    readonly winner: Side;
    readonly harmonyName: string;
    readonly providerName: string;
    /** null: they never agreed on one. */
    readonly baseName: string | null;
    readonly policy: ConflictPolicy;
  },
): NewConflict {
  const { listId, remoteId, winner, harmonyName, providerName, baseName, policy } = of;
  return {
    ...rowOf(planning, ['list_name', listId, remoteId, winner, harmonyName, providerName, baseName]),
    ...{ listId, remoteId, kind: 'list_name', winner, policy },
    ...{ localValue: harmonyName, remoteValue: providerName, hasBase: baseName !== null },
    ...{ baseLocal: baseName, baseRemote: baseName },
  };
}

/** A contact or a remote contact that waits for a person. */
export function conflictOfPark(
  planning: Planning,
  { reason, field, candidates }: Omit<Park, 'kind'>,
  of: { readonly contactId: string | null; readonly remoteId: string | undefined },
): NewConflict {
  const { contactId, remoteId } = of;
  return {
    ...rowOf(planning, [reason, contactId, remoteId, field, candidates]),
    ...{ contactId, remoteId: remoteId ?? null, kind: reason },
    ...{ field: field ?? null, candidates: candidates ?? null },
  };
}

/** What is asked or told about one create of ours, once, however those that it names are called by now. */
export function conflictOfCreate(
  planning: Planning,
  park: Omit<Park, 'kind'>,
  of: { readonly opId: string; readonly contactId: string; readonly remoteId: string | undefined },
): NewConflict {
  return {
    ...conflictOfPark(planning, park, of),
    id: rowOf(planning, [park.reason, of.opId]).id,
  };
}

function rowOf({ sync, runId, now }: Planning, parts: readonly unknown[]) {
  const { workspaceId, userId, integrationId } = sync;
  const digest = createHash('sha256')
    .update(JSON.stringify([integrationId, ...parts]))
    .digest('hex');
  return { id: `cfl_${digest.slice(0, 32)}`, workspaceId, userId, integrationId, runId, at: now };
}
