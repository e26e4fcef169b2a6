/** otherContacts: list, search, copyOtherContactToMyContactsGroup. */
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { invalidArgument, personNotFound } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { hashParameters } from '../listings.ts';
import { scopesFor } from '../scopes.ts';
import { readPageSize, readSources, refuseToken } from './connections.ts';
import type { PersonFields } from './normalise-person.ts';
import { renderOtherContact, withoutMetadata } from './other-contact-store.ts';
import type { PeopleParts } from './people-parts.ts';
import { type PersonField, parseMask } from './person-fields.ts';

const DEFAULT_PAGE_SIZE = 100;

export function otherContactRoutes(parts: PeopleParts): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/otherContacts',
      scopes: scopesFor.readOtherContacts,
      list: true,
      handle: (call, account) => listOtherContacts(call, account, parts),
    },
    {
      method: 'GET',
      path: '/v1/otherContacts:search',
      scopes: scopesFor.readOtherContacts,
      list: true,
      handle: (call, account) => {
        const mask = requiredMask(call);
        const query = (call.query.get('query') ?? '').toLowerCase();
        const size = Math.min(30, Number(call.query.get('pageSize') || 10));
        const found = parts
          .otherContacts(account)
          .list(parts.core.listingSeq(call))
          .filter(({ fields }) => query !== '' && JSON.stringify(fields).toLowerCase().includes(`"${query}`))
          .slice(0, size)
          .map((one) => ({ person: renderOtherContact(one.resourceName, mask, one) }));
        return { status: 200, body: found.length === 0 ? {} : { results: found } };
      },
    },
    {
      method: 'POST',
      path: '/v1/otherContacts/{otherContactId}:copyOtherContactToMyContactsGroup',
      scopes: scopesFor.writeContacts,
      handle: (call, account) => copyOtherContact(call, account, parts),
    },
  ];
}

function requiredMask(call: Call): PersonField[] {
  const mask = parseMask('readMask', call.query.get('readMask'));
  if (mask.length === 0) throw invalidArgument('readMask is required.');
  return mask;
}

function listOtherContacts(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const mask = requiredMask(call);
  const size = readPageSize(call.query.get('pageSize'), DEFAULT_PAGE_SIZE);
  const parameters = hashParameters([mask.join(), readSources(call.query).join(), String(size)]);
  const request = { call, list: `otherContacts ${account.email}`, account: account.email, parameters };
  const lifetimeMs = parts.core.settings().contactSyncTokenLifetimeSeconds * 1000;
  const state = parts.listings.open(request, refuseToken(parts), lifetimeMs);
  const store = parts.otherContacts(account);
  const rows: object[] =
    state.since === null
      ? store.list(state.seq).map((one) => renderOtherContact(one.resourceName, mask, one))
      : store
          .changes(state.since, state.seq)
          .map(({ key, version }) => renderOtherContact(key, mask, version.value ?? 'deleted'));
  const { items, nextPageToken, nextSyncToken } = parts.listings.page(request, state, {
    total: rows.length,
    size,
    read: (from, to) => rows.slice(from, to),
  });
  return {
    status: 200,
    body: {
      ...(items.length > 0 && { otherContacts: items }),
      ...(nextPageToken && { nextPageToken }),
      ...(nextSyncToken && call.query.get('requestSyncToken') === 'true' && { nextSyncToken }),
      totalSize: rows.length,
    },
  };
}

function copyOtherContact(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const body = (call.json() ?? {}) as { copyMask?: string; readMask?: string };
  const copyMask = parseMask('copyMask', body.copyMask ?? null);
  if (copyMask.length === 0) throw invalidArgument('copyMask is required.');
  const resourceName = `otherContacts/${call.param('otherContactId')}`;
  const source = parts.otherContacts(account).find(resourceName, parts.core.state.seq);
  if (source === undefined) throw personNotFound();
  const fields: PersonFields = {
    memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/myContacts' } }],
  };
  const copied = withoutMetadata(source.fields);
  for (const field of copyMask) if (copied[field]) fields[field] = copied[field];
  const store = parts.contacts(account);
  const { name, record } = store.create(fields);
  parts.otherContacts(account).remove(resourceName);
  const readMask = parseMask('readMask', body.readMask ?? null);
  return {
    status: 200,
    body: store.render(name, record, readMask.length > 0 ? readMask : [...copyMask, 'metadata']),
  };
}
