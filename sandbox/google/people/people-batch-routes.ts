/** batchCreateContacts, batchUpdateContacts, batchDeleteContacts. */
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { batchTooLarge, GoogleRefusal, invalidArgument, personNotFound } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { scopesFor } from '../scopes.ts';
import type { PeopleParts } from './people-parts.ts';
import { checkUpdate, readNewContact, readUpdateMask } from './people-write-routes.ts';
import { parseMask } from './person-fields.ts';

const MAX_WRITES = 200;
const MAX_DELETES = 500;

export function peopleBatchRoutes(parts: PeopleParts): ApiRoute[] {
  const route = (
    name: string,
    handle: (parts: PeopleParts, account: GoogleAccount, body: Record<string, unknown>) => Answer,
  ): ApiRoute => ({
    method: 'POST',
    path: `/v1/people:${name}`,
    scopes: scopesFor.writeContacts,
    handle: (call, account) => handle(parts, account, readObject(call)),
  });
  return [
    route('batchCreateContacts', batchCreate),
    route('batchUpdateContacts', batchUpdate),
    route('batchDeleteContacts', batchDelete),
  ];
}

/** Throws where a batch is empty or too large. */
function checkSize(parts: PeopleParts, order: { what: string; size: number; limit: number }): void {
  const message = `${order.what} must hold 1 to ${order.limit} entries.`;
  if (order.size === 0) throw invalidArgument(message);
  if (order.size > order.limit) throw batchTooLarge(parts.core.settings().batchOverLimitStatus, message);
}

function readObject(call: Call): Record<string, unknown> {
  const body = call.json();
  if (typeof body !== 'object' || body === null) throw invalidArgument('Request body must be an object.');
  return body as Record<string, unknown>;
}

/** With an empty readMask nothing comes back, so that the new names stay unknown: documented. */
function batchCreate(parts: PeopleParts, account: GoogleAccount, body: Record<string, unknown>): Answer {
  const { contacts } = body;
  if (!Array.isArray(contacts)) throw invalidArgument('contacts must be a list.');
  checkSize(parts, { what: 'contacts', size: contacts.length, limit: MAX_WRITES });
  const mask = parseMask('readMask', body.readMask as string | null);
  const store = parts.contacts(account);
  const read = contacts.map((contact: { contactPerson?: unknown }) =>
    readNewContact(parts, account, contact.contactPerson),
  );
  const created = read.map((fields) => {
    const { name, record } = store.create(fields);
    return `{"httpStatusCode":200,"person":${store.render(name, record, mask)},"requestedResourceName":"${name}","status":{}}`;
  });
  return { status: 200, body: mask.length === 0 ? '{}' : `{"createdPeople":[${created.join()}]}` };
}

function batchUpdate(parts: PeopleParts, account: GoogleAccount, body: Record<string, unknown>): Answer {
  const contacts = Object.entries((body.contacts ?? {}) as Record<string, unknown>);
  checkSize(parts, { what: 'contacts', size: contacts.length, limit: MAX_WRITES });
  const mask = parseMask('readMask', body.readMask as string | null);
  const updateMask = readUpdateMask(body.updateMask as string | null);
  const store = parts.contacts(account);
  const each = parts.core.settings().batchStaleEtag === 'each';
  const check = (name: string, body: unknown) => checkUpdate(parts, account, { name, body, updateMask });
  // Where one entry fails all, nothing may be written: every entry is checked before the first is applied.
  if (!each) for (const [name, person] of contacts) check(name, person);
  const results = contacts.map(([name, person]) => {
    const asked = `"requestedResourceName":${JSON.stringify(name)}`;
    try {
      const checked = check(name, person);
      const record = store.update(checked.name, checked.record, checked.fields);
      const text = store.render(checked.name, record, mask);
      return `${JSON.stringify(name)}:{"httpStatusCode":200,"person":${text},${asked},"status":{}}`;
    } catch (error) {
      if (!each || !(error instanceof GoogleRefusal)) throw error;
      const { code, message } = (error.answer.body as { error: { code: number; message: string } }).error;
      const status = JSON.stringify({ code: code === 404 ? 5 : 9, message });
      return `${JSON.stringify(name)}:{"httpStatusCode":${code},${asked},"status":${status}}`;
    }
  });
  return { status: 200, body: mask.length === 0 ? '{}' : `{"updateResult":{${results.join()}}}` };
}

function batchDelete(parts: PeopleParts, account: GoogleAccount, body: Record<string, unknown>): Answer {
  const names = body.resourceNames;
  if (!Array.isArray(names)) throw invalidArgument('resourceNames must be a list.');
  checkSize(parts, { what: 'resourceNames', size: names.length, limit: MAX_DELETES });
  const store = parts.contacts(account);
  const found = names.map((name: string) => store.find(name)?.name);
  if (found.includes(undefined)) throw personNotFound();
  for (const name of new Set(found)) store.delete(name as string);
  return { status: 200, body: {} };
}
