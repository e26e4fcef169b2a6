/** Reading people: connections, get, batchGet, search. */
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { batchTooLarge, GoogleRefusal, invalidArgument, personNotFound } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { scopesFor } from '../scopes.ts';
import { listConnections } from './connections.ts';
import { renderProfile } from './own-profile.ts';
import type { PeopleParts } from './people-parts.ts';
import { type PersonField, parseMask, requiredReadMask } from './person-fields.ts';
import { searchContacts } from './search.ts';

const MAX_BATCH_GET = 200;

export function peopleReadRoutes(parts: PeopleParts): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/people/{peopleId}/connections',
      scopes: scopesFor.readContacts,
      list: true,
      handle: (call, account) => listConnections(call, account, parts),
    },
    {
      method: 'GET',
      path: '/v1/people/{peopleId}',
      scopes: scopesFor.readPeople,
      handle: (call, account) => {
        const mask = requiredReadMask(call.query);
        const person = readPerson(parts, call, account, `people/${call.param('peopleId')}`, mask);
        if (person === undefined) throw personNotFound();
        return { status: 200, body: person };
      },
    },
    {
      method: 'GET',
      path: '/v1/people:batchGet',
      scopes: scopesFor.readPeople,
      handle: (call, account) => batchGet(parts, call, account),
    },
    {
      method: 'GET',
      path: '/v1/people:searchContacts',
      scopes: scopesFor.readContacts,
      list: true,
      handle: (call, account) => {
        const mask = parseMask('readMask', call.query.get('readMask'));
        if (mask.length === 0) throw invalidArgument('readMask is required.');
        const size = Math.min(30, Number(call.query.get('pageSize') || 10));
        const found = searchContacts(parts.contacts(account), {
          query: call.query.get('query') ?? '',
          size,
          seq: parts.core.listingSeq(call),
          mask,
        });
        return {
          status: 200,
          body:
            found.length === 0
              ? '{}'
              : `{"results":[${found.map((person) => `{"person":${person}}`).join()}]}`,
        };
      },
    },
  ];
}

/** The person as JSON text; undefined where there is none of that name. */
export function readPerson(
  parts: PeopleParts,
  call: Call,
  account: GoogleAccount,
  resourceName: string,
  mask: readonly PersonField[],
): string | undefined {
  if (resourceName === 'people/me' || resourceName === `people/${account.sub}`)
    return JSON.stringify(renderProfile(account, mask));
  const store = parts.contacts(account);
  const found = store.find(resourceName, parts.core.readSeq(call));
  return found && store.render(found.name, found.record, mask);
}

function batchGet(parts: PeopleParts, call: Call, account: GoogleAccount): Answer {
  const names = call.query.getAll('resourceNames');
  const mask = requiredReadMask(call.query);
  if (names.length === 0) throw invalidArgument('Request must contain at least one resource name.');
  if (names.length > MAX_BATCH_GET)
    throw batchTooLarge(
      parts.core.settings().batchOverLimitStatus,
      `Number of resource names must be at most ${MAX_BATCH_GET}.`,
    );
  const responses = names.map((name) => {
    const asked = `"requestedResourceName":${JSON.stringify(name)}`;
    if (!name.startsWith('people/'))
      throw new GoogleRefusal(invalidArgument(`Invalid resource name: ${name}`).answer);
    const person = readPerson(parts, call, account, name, mask);
    return person === undefined
      ? `{"httpStatusCode":404,${asked},"status":{"code":5,"message":"Requested entity was not found."}}`
      : `{"httpStatusCode":200,"person":${person},${asked},"status":{}}`;
  });
  return { status: 200, body: `{"responses":[${responses.join()}]}` };
}
