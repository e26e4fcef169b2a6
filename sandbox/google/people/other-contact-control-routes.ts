/** Other contacts come, change and go by themselves at Google: here a check makes them do so. */
import { ControlError } from '../../control/control-error.ts';
import { listPage } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import { controlAccount, readSentFields } from './contact-control-routes.ts';
import { type OtherContact, type OtherContactStore, renderOtherContact } from './other-contact-store.ts';
import type { PeopleParts } from './people-parts.ts';
import { readableFields } from './person-fields.ts';

export function otherContactControlRoutes(parts: PeopleParts): ControlRoute[] {
  const path = '/google/{account}/other-contacts';
  const storeOf = (call: Call) => parts.otherContacts(controlAccount(call));
  return [
    {
      method: 'GET',
      path,
      handle: (call) => {
        const all = storeOf(call).list(parts.core.state.seq);
        return {
          status: 200,
          body: listPage(
            all.map((one) => show(one)),
            call,
          ),
        };
      },
    },
    {
      method: 'POST',
      path,
      handle: (call) => answer(201, storeOf(call).create(readSentFields(call.json()))),
    },
    {
      method: 'PATCH',
      path: `${path}/{id}`,
      handle: (call) => {
        const store = storeOf(call);
        return answer(200, store.update(find(call, store), readSentFields(call.json())));
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      handle: (call) => {
        const store = storeOf(call);
        store.remove(find(call, store).resourceName);
        return { status: 200, body: {} };
      },
    },
  ];
}

function find(call: Call, store: OtherContactStore): OtherContact {
  const id = call.param('id');
  const found = store.find(id.startsWith('otherContacts/') ? id : `otherContacts/${id}`);
  if (found === undefined) throw new ControlError(404, `${call.param('account')} has no other contact ${id}`);
  return found;
}

const show = (one: OtherContact): object => renderOtherContact(one.resourceName, readableFields, one);

const answer = (status: number, one: OtherContact): Answer => ({ status, body: show(one) });
