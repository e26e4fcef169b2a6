/** Rule 13, late: what a create made after it was taken for lost is recognised by its marker whenever it shows up. */
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import type { NewContactWrite } from '../../db/queries/contact-outcome.ts';
import { findLinks, type LinkRow } from '../../db/queries/contact-planning.ts';
import { findLostCreates } from '../../db/queries/contact-writes.ts';
import type { RemoteCreate } from '../../sync/operations.ts';
import { markersOf, type Person } from '../../sync/person.ts';
import { isUntouched } from '../../sync/recover-create.ts';

/** The contact that one of our creates sent. */
export interface Origin {
  /** Of the create. */
  readonly opId: string;
  readonly contactId: string;
  /** What was sent. */
  readonly body: unknown;
  readonly isUntouched: boolean;
  /** The living remote contact that the contact is tied to already: this one is its double. */
  readonly keeper?: string;
  /** Those that it was tied to, and that are gone. */
  readonly gone: readonly string[];
}

/** By remote id, for those among `loose` that a create of ours made which was taken for lost. */
export async function findOrigins(
  tx: Transaction,
  integrationId: string,
  loose: readonly LinkRow[],
): Promise<Map<string, Origin>> {
  const marked = loose.map((link) => ({ link, markers: markersOf(link.shadow as Person) }));
  const creates = await findLostCreates(tx, { integrationId, ids: marked.flatMap(({ markers }) => markers) });
  if (creates.length === 0) return new Map();
  const contactIds = creates.map(({ recordId }) => recordId);
  const ties = await findLinks(tx, { integrationId, remoteIds: [], contactIds });
  return new Map(
    marked.flatMap(({ link, markers }) => {
      const create = creates.find(({ id }) => markers.includes(id));
      if (create === undefined) return [];
      const own = ties.filter(({ contactId }) => contactId === create.recordId);
      const keeper = own.find(({ tombstonedAt }) => tombstonedAt === null)?.remoteId;
      const { body } = create.operation as unknown as RemoteCreate;
      const gone = own.filter(({ tombstonedAt }) => tombstonedAt !== null).map(({ remoteId }) => remoteId);
      const origin: Origin = {
        ...{ opId: create.id, contactId: create.recordId, body, gone },
        isUntouched: isUntouched(link.shadow as Person, body),
        ...(keeper === undefined ? {} : { keeper }),
      };
      return [[link.remoteId, origin] as const];
    }),
  );
}

/** What the intent to delete a double says. */
export interface DoubleRemoval {
  /** The contact that it is a double of. */
  readonly keeper: string;
  /** What the create sent that made it. */
  readonly body: Person;
}

/** The intent to delete a double; its executor looks at both before it does. */
export function spareDouble(double: {
  integrationId: string;
  runId: string;
  now: string;
  remoteId: string;
  keeper: string;
  body: unknown;
}): NewContactWrite {
  const { integrationId, runId, now, remoteId, keeper, body } = double;
  return {
    ...{ id: newId('op'), integrationId, runId, remoteId, kind: 'delete', localVersion: 0 },
    // A double has no contact of its own.
    recordId: remoteId,
    operation: { kind: 'delete_double', resourceName: remoteId, keeper, body },
    ...{ createdAt: now, dueAt: now },
  };
}
