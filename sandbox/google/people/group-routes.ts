/** contactGroups: list, get, batchGet, create, update, delete. */
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { GoogleRefusal, invalidArgument, peopleError, personNotFound } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { hashParameters } from '../listings.ts';
import { scopesFor } from '../scopes.ts';
import { readPageSize, refuseToken } from './connections.ts';
import { sourceEtag } from './etag.ts';
import { dropMembership, modifyMembers } from './group-members.ts';
import type { GroupRecord, GroupStore } from './group-store.ts';
import type { FieldEntry } from './normalise-person.ts';
import type { PeopleParts } from './people-parts.ts';

const DEFAULT_PAGE_SIZE = 30;
const MAX_BATCH_GET = 200;
const groupFields = ['clientData', 'groupType', 'memberCount', 'metadata', 'name'];
const defaultFields = ['metadata', 'groupType', 'memberCount', 'name'];

export function groupRoutes(parts: PeopleParts): ApiRoute[] {
  const read = { scopes: scopesFor.readContacts };
  const write = { scopes: scopesFor.writeContacts };
  const nameOf = (call: Call) => `contactGroups/${call.param('groupId')}`;
  return [
    {
      method: 'GET',
      path: '/v1/contactGroups',
      ...read,
      list: true,
      handle: (call, account) => listGroups(call, account, parts),
    },
    {
      method: 'GET',
      path: '/v1/contactGroups:batchGet',
      ...read,
      handle: (call, account) => batchGet(call, account, parts),
    },
    {
      method: 'GET',
      path: '/v1/contactGroups/{groupId}',
      ...read,
      handle: (call, account) => {
        const store = parts.groups(account);
        const record = store.find(nameOf(call), parts.core.readSeq(call));
        if (record === undefined) throw personNotFound();
        const fields = readGroupFields(call.query.get('groupFields'));
        const maxMembers = Number(call.query.get('maxMembers') ?? 0);
        return { status: 200, body: renderGroup(store, nameOf(call), record, fields, maxMembers) };
      },
    },
    {
      method: 'POST',
      path: '/v1/contactGroups',
      ...write,
      handle: (call, account) => createGroup(call, account, parts),
    },
    {
      method: 'PUT',
      path: '/v1/contactGroups/{groupId}',
      ...write,
      handle: (call, account) => updateGroup(call, account, parts),
    },
    {
      method: 'DELETE',
      path: '/v1/contactGroups/{groupId}',
      ...write,
      handle: (call, account) => {
        const store = parts.groups(account);
        userGroup(store, nameOf(call));
        dropMembership(parts, account, nameOf(call), call.query.get('deleteContacts') === 'true');
        store.delete(nameOf(call));
        return { status: 200, body: {} };
      },
    },
    {
      method: 'POST',
      path: '/v1/contactGroups/{groupId}/members:modify',
      ...write,
      handle: (call, account) => modifyMembers(parts, account, nameOf(call), call.json()),
    },
  ];
}

function listGroups(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const fields = readGroupFields(call.query.get('groupFields'));
  const size = readPageSize(call.query.get('pageSize'), DEFAULT_PAGE_SIZE);
  const parameters = hashParameters([fields.join(), String(size)]);
  const request = { call, list: `contactGroups ${account.email}`, account: account.email, parameters };
  const lifetimeMs = parts.core.settings().contactSyncTokenLifetimeSeconds * 1000;
  const state = parts.listings.open(request, refuseToken(parts), lifetimeMs);
  const store = parts.groups(account);
  const rows: { name: string; record: GroupRecord | null }[] =
    state.since === null
      ? store.list(state.seq).map(({ resourceName, record }) => ({ name: resourceName, record }))
      : store
          .changes(state.since, state.seq)
          .map(({ key, version }) => ({ name: key, record: version.value }));
  const { items, ...tokens } = parts.listings.page(request, state, {
    total: rows.length,
    size,
    read: (from, to) =>
      rows.slice(from, to).map(({ name, record }) => renderGroup(store, name, record, fields, 0)),
  });
  return {
    status: 200,
    body: { ...(items.length > 0 && { contactGroups: items }), totalItems: rows.length, ...tokens },
  };
}

function batchGet(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const names = call.query.getAll('resourceNames');
  if (names.length === 0 || names.length > MAX_BATCH_GET)
    throw invalidArgument(`resourceNames must hold 1 to ${MAX_BATCH_GET} names.`);
  const fields = readGroupFields(call.query.get('groupFields'));
  const maxMembers = Number(call.query.get('maxMembers') ?? 0);
  const store = parts.groups(account);
  const responses = names.map((requestedResourceName) => {
    const record = store.find(requestedResourceName, parts.core.readSeq(call));
    if (record === undefined)
      return { requestedResourceName, status: { code: 5, message: 'Requested entity was not found.' } };
    return {
      requestedResourceName,
      status: {},
      contactGroup: renderGroup(store, requestedResourceName, record, fields, maxMembers),
    };
  });
  return { status: 200, body: { responses } };
}

interface GroupBody {
  contactGroup?: { name?: string; clientData?: FieldEntry[]; etag?: string };
  readGroupFields?: string;
  updateGroupFields?: string;
}

function createGroup(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const body = (call.json() ?? {}) as GroupBody;
  const store = parts.groups(account);
  const name = readNewName(store, body);
  const { resourceName, record } = store.create(name, body.contactGroup?.clientData);
  const fields = readGroupFields(body.readGroupFields ?? null, ['metadata', 'groupType', 'name']);
  return { status: 200, body: renderGroup(store, resourceName, record, fields, 0) };
}

function updateGroup(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  const body = (call.json() ?? {}) as GroupBody;
  const store = parts.groups(account);
  const resourceName = `contactGroups/${call.param('groupId')}`;
  const record = userGroup(store, resourceName);
  const sentEtag = body.contactGroup?.etag;
  if (sentEtag !== undefined && sentEtag !== groupEtag(resourceName, record))
    throw new GoogleRefusal(
      peopleError(400, 'FAILED_PRECONDITION', 'Contact group etag is stale.', {
        reason: 'failedPrecondition',
      }),
    );
  const mask = readGroupFields(body.updateGroupFields ?? null, ['name']);
  const changes: Partial<GroupRecord> = {};
  if (mask.includes('name')) changes.name = readNewName(store, body, resourceName);
  if (mask.includes('clientData')) changes.clientData = body.contactGroup?.clientData ?? [];
  const updated = store.update(resourceName, record, changes);
  const fields = readGroupFields(body.readGroupFields ?? null, ['metadata', 'groupType', 'name']);
  return { status: 200, body: renderGroup(store, resourceName, updated, fields, 0) };
}

/** Throws 409 where another group has the name: documented. */
function readNewName(store: GroupStore, body: GroupBody, except?: string): string {
  const name = body.contactGroup?.name?.trim() ?? '';
  if (name === '') throw invalidArgument('Contact group name is required.');
  if (store.isTaken(name, except))
    throw new GoogleRefusal(
      peopleError(409, 'ALREADY_EXISTS', 'Contact group name already exists.', { reason: 'alreadyExists' }),
    );
  return name;
}

function userGroup(store: GroupStore, resourceName: string): GroupRecord {
  const record = store.find(resourceName);
  if (record === undefined) throw personNotFound();
  if (record.system) throw invalidArgument('System contact groups cannot be changed.');
  return record;
}

function readGroupFields(text: string | null, otherwise: string[] = defaultFields): string[] {
  const fields = (text ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter(Boolean);
  for (const field of fields)
    if (!groupFields.includes(field)) throw invalidArgument(`Invalid groupFields mask path: "${field}".`);
  return fields.length === 0 ? otherwise : fields;
}

const groupEtag = (resourceName: string, record: GroupRecord): string =>
  sourceEtag(resourceName, record.revision).slice(1);

/** A group as the API serves it; null is the tombstone of a sync answer. */
export function renderGroup(
  store: GroupStore,
  resourceName: string,
  record: GroupRecord | null,
  fields: readonly string[],
  maxMembers: number,
): object {
  if (record === null) return { resourceName, metadata: { deleted: true } };
  const count = fields.includes('memberCount') ? store.countMembers(resourceName) : 0;
  return {
    resourceName,
    etag: groupEtag(resourceName, record),
    ...(fields.includes('metadata') && record.updateTime && { metadata: { updateTime: record.updateTime } }),
    ...(fields.includes('groupType') && {
      groupType: record.system ? 'SYSTEM_CONTACT_GROUP' : 'USER_CONTACT_GROUP',
    }),
    ...(fields.includes('name') && { name: record.name, formattedName: store.formattedName(record) }),
    ...(fields.includes('clientData') && record.clientData && { clientData: record.clientData }),
    ...(count > 0 && { memberCount: count }),
    ...(maxMembers > 0 && { memberResourceNames: store.members(resourceName, maxMembers) }),
  };
}
