import type { Executor } from '../../../../db/client.ts';
import { findNewestMappings } from '../../../../db/queries/contact-mappings.ts';
import type { MappingVersion } from '../../../contract/mapping.ts';
import { type Mappings, presentMappings, readMappings } from '../../../read-mappings.ts';

/** The mappings in force, and the newer version that waits for its plan. */
export async function readMappingState(db: Executor, integrationId: string) {
  const inForce = await readMappings(db, integrationId);
  const newest = await findNewestMappings(db, integrationId);
  const isPending = newest !== undefined && newest.version > inForce.version;
  const pending = isPending ? { pending: { version: newest.version } } : {};
  return { ...presentMappings(inForce), about: { version: inForce.version, ...pending, nextCursor: null } };
}

interface About {
  /** The version in force. */
  readonly version: number;
  readonly pending?: { readonly version: number };
}

export function presentVersion(
  row: Mappings & {
    readonly createdBy?: string;
    readonly createdAt?: string;
    readonly approvedAt?: string | null;
    readonly rejectedAt?: string | null;
  },
  about: About,
): MappingVersion {
  return {
    version: row.version,
    state: stateOf(row, about),
    ...presentMappings(row),
    createdBy: row.createdBy ?? null,
    createdAt: row.createdAt ?? null,
  };
}

/** One that waited until a newer one took its place is a former one, which somebody may go back to. */
function stateOf(
  { version, rejectedAt }: { readonly version: number; readonly rejectedAt?: string | null },
  { version: inForce, pending }: About,
): MappingVersion['state'] {
  if (rejectedAt !== undefined && rejectedAt !== null) return 'rejected';
  if (version === inForce) return 'in_force';
  return version === pending?.version ? 'pending' : 'former';
}
