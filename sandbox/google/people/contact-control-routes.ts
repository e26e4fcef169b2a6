/** The account's owner at work in Google's own contacts page, for checks: no etag needed, everything moves as it would. */
import { z } from 'zod';

import { ControlError, parseControl } from '../../control/control-error.ts';
import { listingRange } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import { encodeJsonList } from '../../core/json-list.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import { findAccount, type GoogleAccount, googleAccounts } from '../accounts.ts';
import { GoogleRefusal } from '../errors.ts';
import type { ContactRecord } from './contact-store.ts';
import { type PersonFields, readPersonFields } from './normalise-person.ts';
import type { PeopleParts } from './people-parts.ts';
import { readNewContact } from './people-write-routes.ts';
import { type PersonField, readableFields, writableSubfields } from './person-fields.ts';

export function contactControlRoutes(parts: PeopleParts): ControlRoute[] {
  const base = '/google/{account}/contacts';
  // A resource name holds a slash; it may come encoded, as it is, or without its `people/`.
  const both = (route: ControlRoute): ControlRoute[] => [
    route,
    { ...route, path: route.path.replace('/contacts/', '/contacts/people/') },
  ];
  return [
    { method: 'GET', path: base, handle: (call) => listContacts(call, parts) },
    {
      method: 'POST',
      path: base,
      handle: (call) => {
        const account = controlAccount(call);
        const fields = refusing(() => readNewContact(parts, account, call.json()));
        const { name, record } = parts.contacts(account).create(fields);
        return { status: 201, body: parts.contacts(account).render(name, record, readableFields) };
      },
    },
    ...both({
      method: 'GET',
      path: `${base}/{id}`,
      handle: (call) => answerContact(call, parts, (found) => found),
    }),
    ...both({
      method: 'PATCH',
      path: `${base}/{id}`,
      handle: (call) => {
        const fields = readSentFields(call.json());
        return answerContact(call, parts, ({ name, record }, account) => ({
          name,
          record: parts.contacts(account).update(name, record, fields),
        }));
      },
    }),
    ...both({
      method: 'DELETE',
      path: `${base}/{id}`,
      handle: (call) => {
        const { account, name } = find(call, parts);
        parts.contacts(account).delete(name);
        return { status: 200, body: {} };
      },
    }),
    ...both({
      method: 'POST',
      path: `${base}/{id}/rename`,
      handle: (call) =>
        answerContact(call, parts, ({ name, record }, account) =>
          parts.contacts(account).rename(name, record),
        ),
    }),
    ...both({ method: 'POST', path: `${base}/{id}/restore`, handle: (call) => restore(call, parts) }),
    ...both({ method: 'POST', path: `${base}/{id}/merge`, handle: (call) => merge(call, parts) }),
  ];
}

/** The account that a control path names. Throws 404. */
export function controlAccount(call: Call): GoogleAccount {
  const name = call.param('account');
  const account = findAccount(name) ?? googleAccounts.find((one) => one.sub === name);
  if (account === undefined) throw new ControlError(404, `no Google account ${name}`);
  return account;
}

/** Runs what may refuse as the API does, and refuses as the control surface does. */
export function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GoogleRefusal)) throw error;
    const { message } = (error.answer.body as { error: { message: string } }).error;
    throw new ControlError(error.answer.status, message);
  }
}

function listContacts(call: Call, parts: PeopleParts): Answer {
  const { limit, offset } = listingRange(call);
  const store = parts.contacts(controlAccount(call));
  const snapshot = store.snapshot(parts.core.state.seq);
  const end = Math.min(snapshot.total, offset + limit);
  // Encoded in slices: a hundred thousand contacts as texts at once would take a gigabyte.
  const slices: Buffer[] = [];
  for (let from = offset; from < end; from += SLICE) {
    const items = store.renderRange(snapshot, from, Math.min(end, from + SLICE), readableFields);
    slices.push(encodeJsonList(from === offset ? '' : ',', items, ''));
  }
  const nextCursor = end < snapshot.total ? `"${end}"` : 'null';
  const tail = Buffer.from(`],"nextCursor":${nextCursor}}`);
  return { status: 200, body: Buffer.concat([Buffer.from('{"data":['), ...slices, tail]) };
}

const SLICE = 2000;

interface Found {
  name: string;
  record: ContactRecord;
}

function resourceNameOf(call: Call): string {
  const id = call.param('id');
  return id.startsWith('people/') ? id : `people/${id}`;
}

function find(call: Call, parts: PeopleParts): Found & { account: GoogleAccount } {
  const account = controlAccount(call);
  const found = parts.contacts(account).find(resourceNameOf(call));
  if (found === undefined)
    throw new ControlError(404, `${account.email} has no contact ${resourceNameOf(call)}`);
  return { account, ...found };
}

function answerContact(
  call: Call,
  parts: PeopleParts,
  change: (found: Found, account: GoogleAccount) => Found,
): Answer {
  const { account, ...found } = find(call, parts);
  const { name, record } = refusing(() => change(found, account));
  return { status: 200, body: parts.contacts(account).render(name, record, readableFields) };
}

/** The fields that the body sets; null or an empty list clears one. */
export function readSentFields(body: unknown): PersonFields {
  const sent = (body ?? {}) as Record<string, unknown>;
  const fields = readableFields.filter((field) => writableSubfields[field] !== undefined && field in sent);
  return refusing(() => readPersonFields(sent, fields));
}

function restore(call: Call, parts: PeopleParts): Answer {
  const account = controlAccount(call);
  const name = resourceNameOf(call);
  const record = parts.contacts(account).restore(name);
  if (record === undefined) throw new ControlError(404, `${account.email} has no deleted contact ${name}`);
  return { status: 200, body: parts.contacts(account).render(name, record, readableFields) };
}

/** Whether the merged ones show as deleted, or as former names of the one that is kept; which, no source states. */
const mergeOrder = z.strictObject({
  with: z.array(z.string()).min(1),
  as: z.enum(['deletion', 'former-name']).default('deletion'),
});

/** `{with: [resource names]}`: their entries join the contact's, and they are gone. */
function merge(call: Call, parts: PeopleParts): Answer {
  const { with: others, as } = parseControl(mergeOrder, call.json());
  return answerContact(call, parts, ({ name, record }, account) => {
    const store = parts.contacts(account);
    const fields: PersonFields = {};
    let kept = record;
    for (const other of others) {
      const found = store.find(other.startsWith('people/') ? other : `people/${other}`);
      if (found === undefined || found.name === name)
        throw new ControlError(404, `${account.email} has no other contact ${other}`);
      const theirs = store.allFields(found.name, found.record);
      const own = store.allFields(name, record);
      for (const field of mergedFields) {
        const seen = new Set((own[field] ?? []).map(essenceOf));
        const added = (theirs[field] ?? []).filter((entry) => !seen.has(essenceOf(entry)));
        const before = fields[field] ?? own[field] ?? [];
        if (added.length > 0) fields[field] = [...before, ...added].map(({ metadata: _, ...entry }) => entry);
      }
      if (as === 'deletion') store.delete(found.name);
      else kept = store.joinInto(found.name, { name, record: kept });
    }
    return { name, record: store.update(name, kept, fields) };
  });
}

const mergedFields: PersonField[] = [
  'addresses',
  'clientData',
  'emailAddresses',
  'memberships',
  'organizations',
  'phoneNumbers',
  'urls',
  'userDefined',
];

function essenceOf(entry: Record<string, unknown>): string {
  const { metadata: _, ...rest } = entry;
  return JSON.stringify(rest.key === undefined ? (rest.value ?? rest) : rest);
}
