/** The one way in which a person's edit of a list is carried out, and its answer. */
import type { Request } from 'express';
import { recordAudit } from '../db/queries/audit.ts';
import { lockContactList, updateContactList } from '../db/queries/contact-list-edits.ts';
import { type ContactListRow, findContactList, type LinkedList } from '../db/queries/contact-lists-read.ts';
import { noteListWork } from '../db/queries/contact-work.ts';
import { transact } from '../db/transact.ts';
import type { Caller } from './caller.ts';
import type { ContactList } from './contract/contact-list.ts';
import type { ApiDeps } from './deps.ts';
import { requireMatch } from './precondition.ts';
import { presentContactList } from './present.ts';
import { notFound, ProblemError } from './problem.ts';
import { tellPlanners } from './tell-planners.ts';

export interface ContactListEdit {
  readonly action: 'rename' | 'archive' | 'restore';
  readonly change: { readonly name?: string; readonly archivedAt?: string | null };
  /** With If-Match, where the caller sent it. */
  readonly req: Request;
}

/** Throws the 404 problem for an unknown list (an archived one, unless it is to be restored), 412, and 422 for a provider's own. */
export async function editContactList(
  deps: ApiDeps,
  caller: Caller,
  listId: string,
  edit: ContactListEdit,
): Promise<ContactList> {
  const found = await findContactList(deps.db, caller, listId);
  if (found === undefined) throw notFound('contact list');
  const integrationIds = await transact(deps.db, async (tx) => {
    const noted = await noteListWork(tx, { userId: found.list.userId, listIds: [listId] });
    const list = await lockContactList(tx, caller, listId);
    if (list === undefined) throw notFound('contact list');
    if (list.archivedAt !== null && edit.action !== 'restore') throw listArchived(listId);
    requireMatch(edit.req, list);
    if (list.system) throw systemList(list);
    if (!isChange(list, edit)) return [];
    await updateContactList(tx, listId, edit.change);
    await recordAudit(tx, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor },
      ...{ action: `contact-list.${edit.action}`, target: listId },
    });
    return noted;
  });
  tellPlanners(deps, found.list, integrationIds);
  return describeContactList(deps, caller, listId);
}

/** Throws the 404 problem where it is unknown or archived. */
export async function requireContactList(deps: ApiDeps, caller: Caller, listId: string): Promise<LinkedList> {
  const found = await findContactList(deps.db, caller, listId);
  if (found === undefined) throw notFound('contact list');
  if (found.list.archivedAt !== null) throw listArchived(listId);
  return found;
}

export async function describeContactList(
  deps: ApiDeps,
  caller: Caller,
  listId: string,
): Promise<ContactList> {
  const found = await findContactList(deps.db, caller, listId);
  if (found === undefined) throw notFound('contact list');
  return presentContactList(found);
}

function isChange(list: ContactListRow, { change }: ContactListEdit): boolean {
  const { name, archivedAt } = change;
  if (name !== undefined) return name !== list.name;
  return (archivedAt === null) !== (list.archivedAt === null);
}

const listArchived = (id: string): ProblemError =>
  notFound('contact list', `It is archived: POST /v1/contact-lists/${id}/restore brings it back.`);

function systemList({ name }: ContactListRow): ProblemError {
  return new ProblemError('not_supported', {
    detail: `${name} is a list of the provider's own: it can't be renamed or removed.`,
    remedy: 'For another name, make a list of your own.',
  });
}
