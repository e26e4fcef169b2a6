/** A plan as a person reads it: counts, samples with the names of those they are about, and groups to decide on. */

import type { Executor } from '../db/client.ts';
import { findContacts } from '../db/queries/contact-plan-source.ts';
import { findLinks } from '../db/queries/contact-planning.ts';
import type { PlanRow } from '../db/queries/contact-plans.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { ContactFields } from '../sync/contact-fields.ts';
import type { Operation } from '../sync/operations.ts';
import type { PlanSummary } from '../sync/plan-summary.ts';
import type { Plan, PlanDecision, PlanReview, PlanSample } from './contract/plan.ts';
import { nameOf } from './name-contact.ts';
import { fieldsOf } from './read-pair.ts';
import { contactFieldsOfPerson } from './read-person.ts';

/** Groups shown at most; the others stay parked and are in the next plan. */
const groupsAtMost = 200;

interface ReviewGroup {
  readonly contactIds: readonly string[];
  readonly resourceNames: readonly string[];
}

/** Who could be the same people in more than one way; none before it is ready. */
export const reviewGroupsOf = ({ review }: Pick<PlanRow, 'review'>): readonly ReviewGroup[] =>
  (review ?? []) as unknown as readonly ReviewGroup[];

export async function presentPlan(db: Executor, integration: IntegrationRow, row: PlanRow): Promise<Plan> {
  const summary = row.summary as PlanSummary | null;
  const groups = reviewGroupsOf(row).slice(0, groupsAtMost);
  const operations = Object.values(summary?.samples ?? {}).flat();
  const contactIds = [...operations.flatMap(contactIdOf), ...groups.flatMap((group) => group.contactIds)];
  const remoteIds = [...operations.flatMap(remoteIdOf), ...groups.flatMap((group) => group.resourceNames)];
  const contacts = await readContacts(db, integration, contactIds);
  const remotes = await readRemotes(db, integration, remoteIds);
  return {
    id: row.id,
    integrationId: row.integrationId,
    reason: row.reason,
    status: row.status,
    syncDirection: row.syncDirection,
    mappingVersion: row.mappingVersion,
    ...(row.runId === null ? {} : { runId: row.runId }),
    ...(summary === null
      ? {}
      : {
          counts: countsOf(summary),
          samples: operations.map((operation) => sampleOf(operation, { contacts, remotes })),
          ...(summary.lists === undefined ? {} : { lists: summary.lists }),
          review: groups.map((group) => reviewOf(group, { contacts, remotes })),
        }),
    ...(row.decisions === null ? {} : { decisions: row.decisions as unknown as PlanDecision[] }),
    ...(row.error === null ? {} : { error: row.error }),
    createdAt: row.createdAt,
    ...(row.appliedAt === null ? {} : { appliedAt: row.appliedAt }),
  };
}

interface Names {
  readonly contacts: ReadonlyMap<string, ContactFields>;
  readonly remotes: ReadonlyMap<string, ContactFields>;
}

async function readContacts(
  db: Executor,
  { userId }: IntegrationRow,
  ids: readonly string[],
): Promise<Map<string, ContactFields>> {
  const rows = await findContacts(db, userId, [...new Set(ids)]);
  return new Map([...rows].map(([id, row]) => [id, fieldsOf(row)]));
}

async function readRemotes(
  db: Executor,
  { id: integrationId }: IntegrationRow,
  ids: readonly string[],
): Promise<Map<string, ContactFields>> {
  const rows = await findLinks(db, { integrationId, remoteIds: [...new Set(ids)], contactIds: [] });
  return new Map(rows.map(({ remoteId, shadow }) => [remoteId, contactFieldsOfPerson(shadow)]));
}

const countsOf = ({ harmony, provider, linked, unlinked, parked, conflicts }: PlanSummary) => ({
  ...{ harmony, provider, linked, unlinked, parked, conflicts },
});

const sides: Readonly<Record<Operation['kind'], Pick<PlanSample, 'side' | 'action'>>> = {
  create_local: { side: 'harmony', action: 'create' },
  update_local: { side: 'harmony', action: 'update' },
  restore_local: { side: 'harmony', action: 'restore' },
  archive_local: { side: 'harmony', action: 'delete' },
  create_remote: { side: 'provider', action: 'create' },
  update_remote: { side: 'provider', action: 'update' },
  delete_remote: { side: 'provider', action: 'delete' },
  link: { side: 'none', action: 'link' },
  unlink: { side: 'none', action: 'unlink' },
  tombstone: { side: 'none', action: 'unlink' },
  rebase: { side: 'none', action: 'link' },
  park: { side: 'none', action: 'park' },
};

function sampleOf(operation: Operation, { contacts, remotes }: Names): PlanSample {
  const [contactId = null] = contactIdOf(operation);
  const [remoteId = null] = remoteIdOf(operation);
  const values = 'sent' in operation ? operation.sent : 'fields' in operation ? operation.fields : {};
  const known = contacts.get(contactId ?? '') ?? remotes.get(remoteId ?? '') ?? values;
  return {
    ...sides[operation.kind],
    ...{ contactId, remoteId, name: nameOf(known) },
    fields: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value ?? null])),
    reason: 'reason' in operation ? operation.reason : null,
  };
}

function reviewOf(group: ReviewGroup, { contacts, remotes }: Names): PlanReview {
  const candidate = (known: ReadonlyMap<string, ContactFields>) => (id: string) => {
    const fields = known.get(id) ?? {};
    return { id, name: nameOf(fields), email: fields.email ?? null };
  };
  return {
    contacts: group.contactIds.map(candidate(contacts)),
    remotes: group.resourceNames.map(candidate(remotes)),
  };
}

const contactIdOf = (operation: Operation): string[] =>
  'contactId' in operation && operation.contactId !== undefined ? [operation.contactId] : [];

const remoteIdOf = (operation: Operation): string[] =>
  'resourceName' in operation && operation.resourceName !== undefined ? [operation.resourceName] : [];
