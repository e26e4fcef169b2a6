/** Puts a contact on a list, or takes it off. Repeats change nothing. */
import { recordAudit } from '../../../db/queries/audit.ts';
import { lockContact } from '../../../db/queries/contact-edits.ts';
import { lockContactList, setMembership } from '../../../db/queries/contact-list-edits.ts';
import type { ContactListRow } from '../../../db/queries/contact-lists-read.ts';
import { noteContactWork, noteMemberWork } from '../../../db/queries/contact-work.ts';
import { findContact } from '../../../db/queries/contacts-read.ts';
import { transact } from '../../../db/transact.ts';
import type { Caller } from '../../caller.ts';
import { listMembership } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import type { ApiDeps } from '../../deps.ts';
import { requireContactList } from '../../edit-contact-list.ts';
import { contactArchived, notFound, ProblemError } from '../../problem.ts';
import { tellPlanners } from '../../tell-planners.ts';
import { membershipParams } from './contact-list-params.ts';

const route = {
  path: '/v1/contact-lists/{id}/members/{contactId}',
  tag: 'Contacts',
  auth: 'caller',
  params: membershipParams,
} as const;

export const addMember = defineRoute({
  ...route,
  method: 'put',
  summary: 'Put a contact on a list',
  description:
    'A repeat changes nothing. The contact gets a new version. 422 for a list of the provider’s own that takes nobody (`takesMembers`).',
  responses: { 200: { description: 'It is on the list', schema: listMembership } },
  handler: async ({ deps, caller, params }) => {
    const { id: listId, contactId } = params;
    await changeMembership(deps, caller, { listId, contactId, member: true });
    return { status: 200, body: { listId, contactId, member: true } };
  },
});

export const removeMember = defineRoute({
  ...route,
  method: 'delete',
  summary: 'Take a contact off a list',
  description: 'A repeat changes nothing. The contact itself stays.',
  responses: { 200: { description: 'It is not on the list', schema: listMembership } },
  handler: async ({ deps, caller, params }) => {
    const { id: listId, contactId } = params;
    await changeMembership(deps, caller, { listId, contactId, member: false });
    return { status: 200, body: { listId, contactId, member: false } };
  },
});

async function changeMembership(
  deps: ApiDeps,
  caller: Caller,
  change: { listId: string; contactId: string; member: boolean },
): Promise<void> {
  const { listId, contactId } = change;
  const { list, takesMembers } = await requireContactList(deps, caller, listId);
  const found = await findContact(deps.db, caller, contactId);
  if (found === undefined) throw notFound('contact');
  if (found.contact.userId !== list.userId) {
    throw new ProblemError('conflict', {
      detail: 'The contact and the list belong to different users.',
      remedy: 'Name a list of the same user.',
    });
  }
  const integrationIds = await transact(deps.db, async (tx) => {
    const { userId } = list;
    const noted = await noteContactWork(tx, { userId, contactIds: [contactId] });
    const contact = await lockContact(tx, caller, contactId);
    if (contact === undefined) throw notFound('contact');
    if (contact.archivedAt !== null) throw contactArchived(contactId);
    // Held, so that the list is not archived meanwhile.
    if ((await lockContactList(tx, caller, listId)) === undefined) throw notFound('contact list');
    await noteMemberWork(tx, { userId, contactId, listId });
    if (!(await setMembership(tx, change))) return [];
    if (change.member && !takesMembers) throw takesNobody(list);
    await recordAudit(tx, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor, target: contactId },
      ...{ action: change.member ? 'contact.join-list' : 'contact.leave-list', details: { listId } },
    });
    return noted;
  });
  tellPlanners(deps, list, integrationIds);
}

const takesNobody = ({ name }: ContactListRow): ProblemError =>
  new ProblemError('not_supported', {
    detail: `${name} is a list of the provider's own on which nobody can be put: contacts can only be taken off it.`,
    remedy: 'Put the contact on a list of your own instead.',
  });
