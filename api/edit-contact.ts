/** The one way in which a person's edit of a contact is carried out, and its answer. */
import type { Request } from 'express';
import type { Transaction } from '../db/client.ts';
import { recordAudit } from '../db/queries/audit.ts';
import {
  type ContactChange,
  differingFields,
  type EditedContact,
  lockContact,
  updateContact,
} from '../db/queries/contact-edits.ts';
import { noteContactWork } from '../db/queries/contact-work.ts';
import { type ContactRow, findContact } from '../db/queries/contacts-read.ts';
import { transact } from '../db/transact.ts';
import type { Caller } from './caller.ts';
import type { ContactWarning, WrittenContact } from './contract/contact.ts';
import type { ApiDeps } from './deps.ts';
import { etagOf, requireMatch } from './precondition.ts';
import { presentContact } from './present.ts';
import { contactArchived, notFound, ProblemError } from './problem.ts';
import { tellPlanners } from './tell-planners.ts';
import { warnOfOneWay } from './warn-of-one-way.ts';

/** Postgres counts custom fields for nobody: the limit holds here. */
const maxCustomFields = 50;

export interface ContactEdit {
  readonly action: 'change' | 'archive' | 'restore';
  readonly change: ContactChange & { readonly archivedAt?: string | null };
  /** With If-Match, where the caller sent it. */
  readonly req: Request;
}

/** Throws the 404 problem for an unknown contact (an archived one, unless it is to be restored) and 412 for another version. */
export async function editContact(
  deps: ApiDeps,
  caller: Caller,
  contactId: string,
  edit: ContactEdit,
): Promise<WrittenContact> {
  const found = await findContact(deps.db, caller, contactId);
  if (found === undefined) throw notFound('contact');
  const edited = await transact(deps.db, async (tx) => {
    const integrationIds = await noteContactWork(tx, {
      userId: found.contact.userId,
      contactIds: [contactId],
    });
    const contact = await lockContact(tx, caller, contactId);
    return { integrationIds, ...(await changeLocked(tx, caller, { contactId, contact, edit })) };
  });
  if (edited.fields.length > 0) tellPlanners(deps, edited.contact, edited.integrationIds);
  return describeWritten(deps, caller, edited.contact, {
    fields: edit.action === 'change' ? edited.fields : [],
    archived: edit.action === 'archive',
  });
}

async function changeLocked(
  tx: Transaction,
  caller: Caller,
  input: { contactId: string; contact: ContactRow | undefined; edit: ContactEdit },
): Promise<{ contact: ContactRow; fields: readonly string[] }> {
  const { contactId, contact, edit } = input;
  if (contact === undefined) throw notFound('contact');
  if (contact.archivedAt !== null && edit.action !== 'restore') throw contactArchived(contactId);
  requireMatch(edit.req, contact);
  const { archivedAt, ...change } = edit.change;
  const isMoved = archivedAt !== undefined && (archivedAt === null) !== (contact.archivedAt === null);
  const fields = [...differingFields(contact, change), ...(isMoved ? ['archivedAt'] : [])];
  if (fields.length === 0) return { contact, fields };
  const changed = await updateContact(tx, contact, edit.change);
  refuseTooMany(changed, contact);
  await recordAudit(tx, {
    ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: `contact.${edit.action}` },
    ...{ target: contactId, details: { fields, version: changed.version } },
  });
  return { contact: changed, fields };
}

/** Throws the 400 problem where a change adds custom fields beyond what a contact may have; a sync may have brought more. */
export function refuseTooMany(changed: ContactRow, before?: ContactRow): void {
  const count = countCustomFields(changed);
  if (count <= Math.max(maxCustomFields, before === undefined ? 0 : countCustomFields(before))) return;
  throw new ProblemError('invalid_request', {
    detail: `The contact would have ${count} custom fields; ${maxCustomFields} is the most.`,
    remedy: 'Remove some with null.',
    errors: [{ path: 'customFields', message: `more than ${maxCustomFields}` }],
  });
}

const countCustomFields = ({ customFields }: ContactRow): number => Object.keys(customFields ?? {}).length;

/** The answer to a write: the contact, and what the caller may not expect of it. */
export async function describeWritten(
  deps: ApiDeps,
  caller: Caller,
  { id }: EditedContact['contact'],
  written: { fields: readonly string[]; archived: boolean },
): Promise<WrittenContact> {
  const found = await findContact(deps.db, caller, id);
  if (found === undefined) throw notFound('contact');
  const warnings: ContactWarning[] = await warnOfOneWay(deps, caller, id, written);
  return { ...presentContact(found), ...(warnings.length === 0 ? {} : { warnings }) };
}

export const contactHeaders = (contact: { readonly version: number }) => ({ ETag: etagOf(contact) });
