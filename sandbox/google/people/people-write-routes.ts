/** Writing contacts one by one; the batch variants are in people-batch-routes.ts. */
import type { Call } from '../../core/call.ts';
import type { GoogleAccount } from '../accounts.ts';
import { GoogleRefusal, invalidArgument, peopleError, personNotFound } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { scopesFor } from '../scopes.ts';
import { sourceId } from './contact-seed.ts';
import type { ContactRecord } from './contact-store.ts';
import { personEtag, sourceEtag } from './etag.ts';
import { joinableSystemGroups } from './group-store.ts';
import { groupOf, type PersonFields, readPersonFields } from './normalise-person.ts';
import type { PeopleParts } from './people-parts.ts';
import { type PersonField, parseMask, readableFields, writableSubfields } from './person-fields.ts';

const writableFields = readableFields.filter((field) => writableSubfields[field] !== undefined);
const myContacts = { contactGroupMembership: { contactGroupResourceName: 'contactGroups/myContacts' } };

export function peopleWriteRoutes(parts: PeopleParts): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1/people:createContact',
      scopes: scopesFor.writeContacts,
      handle: (call, account) => {
        const mask = answerMask(call);
        const store = parts.contacts(account);
        const { name, record } = store.create(readNewContact(parts, account, call.json()));
        return { status: 200, body: store.render(name, record, mask) };
      },
    },
    {
      method: 'PATCH',
      path: '/v1/people/{peopleId}:updateContact',
      scopes: scopesFor.writeContacts,
      handle: (call, account) => {
        const mask = answerMask(call);
        const updateMask = readUpdateMask(call.query.get('updatePersonFields'));
        const name = `people/${call.param('peopleId')}`;
        const checked = checkUpdate(parts, account, { name, body: call.json(), updateMask });
        const store = parts.contacts(account);
        const record = store.update(checked.name, checked.record, checked.fields);
        return { status: 200, body: store.render(checked.name, record, mask) };
      },
    },
    {
      method: 'DELETE',
      path: '/v1/people/{peopleId}:deleteContact',
      scopes: scopesFor.writeContacts,
      handle: (call, account) => {
        const store = parts.contacts(account);
        const found = store.find(`people/${call.param('peopleId')}`);
        if (found === undefined) throw personNotFound();
        store.delete(found.name);
        return { status: 200, body: {} };
      },
    },
  ];
}

/** `personFields` of a write: all fields when it is not set. */
function answerMask(call: Call): readonly PersonField[] {
  const mask = parseMask('personFields', call.query.get('personFields'));
  return mask.length === 0 ? readableFields : mask;
}

/** Throws 400 where nothing, or something that cannot be written, is named. */
export function readUpdateMask(text: string | null): PersonField[] {
  const mask = parseMask('updatePersonFields', text);
  if (mask.length === 0)
    throw invalidArgument('updatePersonFields mask is required. Please specify one or more valid paths.');
  for (const field of mask)
    if (writableSubfields[field] === undefined)
      throw invalidArgument(`Invalid updatePersonFields mask path: "${field}" cannot be updated.`);
  return mask;
}

/** The fields of a new contact. Throws 400 for a broken rule. */
export function readNewContact(parts: PeopleParts, account: GoogleAccount, body: unknown): PersonFields {
  const fields = dropEmpty(readPersonFields(body ?? {}, writableFields));
  if (fields.memberships === undefined) fields.memberships = [myContacts];
  checkMemberships(parts, account, fields);
  return fields;
}

/** What an update would do, under its etag. Throws 404, 400 for a missing or stale etag, 400 for a broken rule. */
export function checkUpdate(
  parts: PeopleParts,
  account: GoogleAccount,
  update: { name: string; body: unknown; updateMask: readonly PersonField[] },
): { name: string; record: ContactRecord; fields: PersonFields } {
  const fields = readPersonFields(update.body, update.updateMask);
  const found = parts.contacts(account).find(update.name);
  if (found === undefined) throw personNotFound();
  checkEtag(parts, update.body as SentPerson, found);
  checkMemberships(parts, account, fields, found.record);
  return { ...found, fields };
}

interface SentPerson {
  etag?: string;
  metadata?: { sources?: { type?: string; id?: string; etag?: string }[] };
}

/**
 * Google demands the contact source and its etag, and answers a stale one with 400 failedPrecondition.
 * https://developers.google.com/people/api/rest/v1/people/updateContact
 */
function checkEtag(
  parts: PeopleParts,
  sent: SentPerson,
  found: { name: string; record: ContactRecord },
): void {
  const id = sourceId(found.name);
  const source = sent.metadata?.sources?.find(
    (one) => one.type === 'CONTACT' && (one.id === undefined || one.id === id),
  );
  if (source === undefined)
    throw invalidArgument('Request person.metadata.sources is required and must have one contact source.');
  const etag = sourceEtag(found.name, found.record.revision);
  const isCurrent = source.etag !== undefined ? source.etag === etag : sent.etag === personEtag(etag);
  if (source.etag === undefined && sent.etag === undefined)
    throw invalidArgument(
      'Request must set person.etag or person.metadata.sources.etag for the source that is being updated.',
    );
  if (!isCurrent) throw staleEtag(parts.core.settings().staleEtagMessage);
}

export const staleEtag = (message: string): GoogleRefusal =>
  new GoogleRefusal(peopleError(400, 'FAILED_PRECONDITION', message, { reason: 'failedPrecondition' }));

/** At least one group, all of them there; of the system's groups only two can be joined. */
function checkMemberships(
  parts: PeopleParts,
  account: GoogleAccount,
  fields: PersonFields,
  before?: ContactRecord,
): void {
  if (fields.memberships === undefined) return;
  const groups = fields.memberships.map(groupOf);
  if (groups.length === 0 || groups.includes(undefined))
    throw invalidArgument('person.memberships must contain at least one contact group membership.');
  for (const group of groups as string[]) {
    const record = parts.groups(account).find(group);
    if (record === undefined) throw invalidArgument(`Contact group does not exist: ${group}`);
    const isMember = before !== undefined && parts.groups(account).isMember(group, before);
    if (record.system && !isMember && !joinableSystemGroups.includes(group))
      throw invalidArgument('Contacts can be added only to user groups, myContacts and starred.');
  }
}

function dropEmpty(fields: PersonFields): PersonFields {
  return Object.fromEntries(Object.entries(fields).filter(([, entries]) => entries.length > 0));
}
