/** Carries out what a person decides on a conflict: one value for both sides, a link, or nothing. */

import type { z } from 'zod';
import type { Transaction } from '../db/client.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { valueIn } from '../db/queries/contact-columns.ts';
import {
  type ConflictWithContact,
  closeConflict,
  tieByHand,
  unparkLinks,
} from '../db/queries/contact-conflicts.ts';
import { type ContactChange, lockContact, updateContact } from '../db/queries/contact-edits.ts';
import { findNewestMappings, insertMappings, nextMappingVersion } from '../db/queries/contact-mappings.ts';
import { lockContactSettings } from '../db/queries/contact-sync-settings.ts';
import { noteContactWork, noteRemoteContacts } from '../db/queries/contact-work.ts';
import { findVisibleIntegration, type IntegrationRow } from '../db/queries/integrations-read.ts';
import { transact } from '../db/transact.ts';
import { isContactFieldName } from '../sync/contact-fields.ts';
import type { Caller } from './caller.ts';
import { type Choice, choicesOf } from './conflict-kinds.ts';
import type { resolveConflict } from './contract/conflict.ts';
import type { ApiDeps } from './deps.ts';
import { findOneWay } from './one-way-fields.ts';
import { notFound, ProblemError } from './problem.ts';
import { defaultMappings, type Mappings, readMappings } from './read-mappings.ts';
import { tellPlanners } from './tell-planners.ts';

type Decision = z.output<typeof resolveConflict>;

interface Case {
  readonly caller: Caller;
  readonly found: ConflictWithContact;
  readonly integration: IntegrationRow;
  readonly decision: Decision;
}

/** Throws 409 where it is decided already or the contact is archived, 422 where the choice does not fit its kind. */
export async function carryOutDecision(
  deps: ApiDeps,
  caller: Caller,
  found: ConflictWithContact,
  decision: Decision,
): Promise<void> {
  const { conflict } = found;
  const integration = await findVisibleIntegration(deps.db, caller, conflict.integrationId);
  if (integration === undefined) throw notFound('integration of the conflict');
  const what: Case = { caller, found, integration, decision };
  requireFit(what);
  const integrationIds = await transact(deps.db, async (tx) => {
    // Before anything that holds settings as they are: two that do, and then change them, wait for one another.
    if (decision.always) await lockSettings(tx, what);
    const { contactIds, remoteIds } = concernedBy(what);
    const noted = await noteContactWork(tx, { userId: conflict.userId, contactIds });
    await noteRemoteContacts(tx, integration.id, remoteIds);
    const resolution = resolutionOf(decision.choose);
    if (!(await closeConflict(tx, conflict.id, { resolvedBy: caller.actor, resolution }))) throw decided();
    if (decision.choose === 'link' || conflict.kind !== 'value') await unpark(tx, what);
    if (decision.choose === 'harmony' || decision.choose === 'provider') await setValue(tx, what);
    if (decision.always) await alwaysPrefer(tx, what);
    await recordAudit(tx, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: 'conflict.resolve' },
      ...{ target: conflict.id, details: { choose: decision.choose, always: decision.always } },
    });
    return noted;
  });
  tellPlanners(deps, integration, integrationIds);
}

/** Whom a decision has planned again; whoever could have been one of a pair that is linked is, once that is found out. */
function concernedBy({ found: { conflict }, decision }: Case): {
  contactIds: readonly string[];
  remoteIds: readonly string[];
} {
  if (decision.choose === 'dismiss') return { contactIds: [], remoteIds: [] };
  if (decision.choose === 'link') {
    const { contactId, remoteId } = pairOf(conflict, decision);
    return { contactIds: [contactId], remoteIds: [remoteId] };
  }
  return {
    contactIds: conflict.contactId === null ? [] : [conflict.contactId],
    remoteIds: conflict.kind === 'value' || conflict.remoteId === null ? [] : [conflict.remoteId],
  };
}

const resolutionOf = (choose: Choice): string =>
  choose === 'dismiss' ? 'dismissed' : choose === 'link' ? 'linked' : choose;

function requireFit({ found: { conflict }, decision: { choose, candidate, always } }: Case): void {
  if (conflict.resolvedAt !== null) throw decided();
  const choices = choicesOf(conflict);
  if (!choices.includes(choose)) {
    throw unfit(
      'choose',
      `A conflict of kind ${conflict.kind} can not be decided with \`${choose}\`.`,
      `Choose ${oneOf(choices)}.`,
    );
  }
  if (choose === 'link') {
    if (conflict.candidates?.includes(candidate as string)) return;
    throw unfit(
      'candidate',
      'It is none of the candidates of this conflict.',
      'Take one of its `candidates`.',
    );
  }
  if (always && conflict.field === null)
    throw unfit('always', 'It is about no single field.', 'Leave it out.');
}

/** "`harmony`, `provider` or `dismiss`". */
const oneOf = (choices: readonly Choice[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(choices.map((choice) => `\`${choice}\``));

/** Sets the chosen value in Harmony, whose planner carries it over. */
async function setValue(tx: Transaction, { caller, found, integration, decision }: Case): Promise<void> {
  const { conflict } = found;
  const { contactId, field } = conflict;
  if (contactId === null || field === null) return;
  const contact = await lockContact(tx, caller, contactId);
  if (contact === undefined || contact.archivedAt !== null) {
    throw new ProblemError('conflict', {
      detail: 'The contact is archived or gone, so it takes no value.',
      remedy: 'Restore it first, or dismiss the conflict.',
    });
  }
  const value = decision.choose === 'harmony' ? conflict.localValue : conflict.remoteValue;
  const change: ContactChange = isContactFieldName(field)
    ? { [field]: value }
    : { customFields: { [field.replace(/^custom\./, '')]: value } };
  if (valueIn(contact, field) === value) return;
  await requireLasting(tx, caller, { contactId, field }, (id) =>
    decision.choose === 'harmony'
      ? id === integration.id
      : conflict.rule === 'other_source' && id !== integration.id,
  );
  await updateContact(tx, contact, change);
  await recordAudit(tx, {
    ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: 'contact.change' },
    ...{ target: contactId, details: { fields: [field], conflictId: conflict.id } },
  });
}

/** Throws the 409 problem where one of the accounts that `decides` would bring its own value back with the next sync. */
async function requireLasting(
  tx: Transaction,
  caller: Caller,
  { contactId, field }: { contactId: string; field: string },
  decides: (integrationId: string) => boolean,
): Promise<void> {
  const oneWay = await findOneWay(tx, caller, contactId);
  if (!oneWay.some(({ integration, fields }) => decides(integration.id) && fields.has(field))) return;
  throw new ProblemError('conflict', {
    detail: `${field} only flows from the provider, so its value there would come back.`,
    remedy: 'Let the field flow both ways first, or change the value at the provider.',
  });
}

async function unpark(tx: Transaction, { caller, found: { conflict }, decision }: Case): Promise<void> {
  const { integrationId, contactId, remoteId, kind: reason } = conflict;
  if (decision.choose === 'dismiss') return;
  if (decision.choose !== 'link') return unparkLinks(tx, { integrationId, contactId, remoteId, reason });
  const pair = pairOf(conflict, decision);
  // Tied to one that is archived, the remote contact would be deleted for that, or bring it back.
  const isThere = (await lockContact(tx, caller, pair.contactId))?.archivedAt === null;
  if (isThere && (await tieByHand(tx, { integrationId, ...pair }))) return;
  throw new ProblemError('conflict', {
    detail: 'One of the two is gone or archived, or belongs to another one by now.',
    remedy: 'Read the conflict again, and choose another candidate or dismiss it.',
  });
}

/** Candidates are remote contacts for a contact, and contacts for a remote one. */
function pairOf(
  { contactId, remoteId }: ConflictWithContact['conflict'],
  { candidate = '' }: Decision,
): { contactId: string; remoteId: string } {
  return contactId === null
    ? { contactId: candidate, remoteId: remoteId ?? '' }
    : { contactId, remoteId: candidate };
}

async function lockSettings(tx: Transaction, { integration }: Case): Promise<void> {
  if ((await lockContactSettings(tx, integration.id)) === undefined) throw notFound('integration');
}

/** A new version of the mappings, in force at once: who wins writes nothing by itself. */
async function alwaysPrefer(tx: Transaction, { caller, found, integration, decision }: Case): Promise<void> {
  const inForce = await readMappings(tx, integration.id);
  const newest: Mappings = (await findNewestMappings(tx, integration.id)) ?? defaultMappings;
  if (newest.version !== inForce.version) {
    throw new ProblemError('conflict', {
      detail: 'A change of the mappings waits for its plan, so they can not be changed now.',
      remedy: 'Apply or reject the plan first, or decide this once, without `always`.',
    });
  }
  const { field } = found.conflict;
  if (!inForce.fields.some((mapping) => mapping.field === field)) {
    throw unfit(
      'always',
      `${field} is mapped no more, so there is nothing to prefer a side for.`,
      'Leave it out, or map the field first.',
    );
  }
  const conflictPolicy = decision.choose as 'harmony' | 'provider';
  const fields = inForce.fields.map((mapping) =>
    mapping.field === field ? { ...mapping, conflictPolicy } : mapping,
  );
  const version = await nextMappingVersion(tx, integration.id);
  await insertMappings(tx, {
    ...{ integrationId: integration.id, version, objects: inForce.objects, fields },
    ...{ createdBy: caller.actor, approved: true },
  });
}

const decided = (): ProblemError =>
  new ProblemError('conflict', {
    detail: 'Somebody has decided this already.',
    remedy: 'Read it again to see how. A value can still be changed in the contact itself.',
  });

const unfit = (path: string, detail: string, remedy: string): ProblemError =>
  new ProblemError('invalid_request', { status: 422, detail, remedy, errors: [{ path, message: detail }] });
