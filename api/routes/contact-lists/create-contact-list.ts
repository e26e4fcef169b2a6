import { recordAudit } from '../../../db/queries/audit.ts';
import { insertContactList } from '../../../db/queries/contact-list-edits.ts';
import { noteListWork } from '../../../db/queries/contact-work.ts';
import { transact } from '../../../db/transact.ts';
import { contactList, writeContactList } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import { describeContactList } from '../../edit-contact-list.ts';
import { etagOf } from '../../precondition.ts';
import { requireUser } from '../../require-user.ts';
import { tellPlanners } from '../../tell-planners.ts';

export const createContactList = defineRoute({
  method: 'post',
  path: '/v1/contact-lists',
  summary: 'Create a contact list',
  description: 'It goes to every integration of its user that writes to its provider.',
  tag: 'Contacts',
  auth: 'caller',
  body: writeContactList,
  responses: {
    201: {
      description: 'The list',
      schema: contactList,
      headers: { ETag: 'Its version, quoted', Location: 'Where it is' },
    },
  },
  handler: async ({ deps, caller, body, newId }) => {
    const userId = requireUser(caller);
    const { workspaceId, actor } = caller;
    const id = newId('lst');
    const integrationIds = await transact(deps.db, async (tx) => {
      const noted = await noteListWork(tx, { userId, listIds: [id] });
      await insertContactList(tx, { id, workspaceId, userId, name: body.name });
      await recordAudit(tx, { workspaceId, actor, action: 'contact-list.create', target: id });
      return noted;
    });
    tellPlanners(deps, caller, integrationIds);
    const list = await describeContactList(deps, caller, id);
    return { status: 201, headers: { ETag: etagOf(list), Location: `/v1/contact-lists/${id}` }, body: list };
  },
});
