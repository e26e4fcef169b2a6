/** people/me/connections: the account's contacts, whole or since a sync token. */
import type { Call } from '../../core/call.ts';
import { encodeJsonList } from '../../core/json-list.ts';
import type { Answer } from '../../core/provider.ts';
import type { SeededSnapshot } from '../../core/seeded-table.ts';
import type { GoogleAccount } from '../accounts.ts';
import { errorInfo, GoogleRefusal, invalidArgument, peopleError } from '../errors.ts';
import { hashParameters, type TokenProblem } from '../listings.ts';
import type { ContactStore } from './contact-store.ts';
import type { PeopleParts } from './people-parts.ts';
import { type PersonField, requiredReadMask } from './person-fields.ts';
import { sortedOrder } from './sort-order.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;
const DEFAULT_ORDER = 'LAST_MODIFIED_ASCENDING';

export function listConnections(call: Call, account: GoogleAccount, parts: PeopleParts): Answer {
  if (call.param('peopleId') !== 'me') throw invalidArgument('Only people/me is a valid resource name.');
  const { query } = call;
  const mask = requiredReadMask(query);
  const size = readPageSize(query.get('pageSize'), DEFAULT_PAGE_SIZE);
  const order = query.get('sortOrder') ?? DEFAULT_ORDER;
  const parameters = hashParameters([mask.join(), readSources(query).join(), order, String(size)]);
  const request = { call, list: `connections ${account.email}`, account: account.email, parameters };
  const settings = parts.core.settings();
  const state = parts.listings.open(
    request,
    refuseToken(parts),
    settings.contactSyncTokenLifetimeSeconds * 1000,
  );
  if (state.since === null && state.page === 0)
    parts.guard.countAgainst('people', `full sync ${account.email}`, settings.fullSyncFirstPagesPerMinute);
  const store = parts.contacts(account);
  const source =
    state.since === null
      ? wholeListing(store, store.snapshot(state.seq), mask, order)
      : changedContacts(store, state.since, state.seq, mask);
  const { items, nextPageToken, nextSyncToken } = parts.listings.page(request, state, { ...source, size });
  const rest = JSON.stringify({
    ...(nextPageToken && { nextPageToken }),
    ...(nextSyncToken && query.get('requestSyncToken') === 'true' && { nextSyncToken }),
    totalPeople: source.total,
    totalItems: source.total,
  });
  if (items.length === 0) return { status: 200, body: rest };
  return { status: 200, body: encodeJsonList('{"connections":[', items, `],${rest.slice(1)}`) };
}

interface Source {
  total: number;
  read: (from: number, to: number) => string[];
}

function wholeListing(
  store: ContactStore,
  snapshot: SeededSnapshot,
  mask: PersonField[],
  order: string,
): Source {
  if (order === DEFAULT_ORDER)
    return {
      total: snapshot.total,
      read: (from, to) => store.renderRange(snapshot, from, to, mask),
    };
  const names = sortedOrder(store, snapshot, order);
  return {
    total: names.length,
    read: (from, to) => names.slice(from, to).map((name) => store.renderAsOf(name, snapshot.seq, mask)),
  };
}

function changedContacts(store: ContactStore, since: number, seq: number, mask: PersonField[]): Source {
  const changes = store.changes(since, seq);
  return {
    total: changes.length,
    read: (from, to) =>
      changes
        .slice(from, to)
        .map(({ name, version }) =>
          version.value === null
            ? store.renderTombstone(name)
            : store.render(name, version.value, mask, true),
        ),
  };
}

/** 0 and absent are the default; throws 400 below that; what is above the maximum is cut to it. */
export function readPageSize(text: string | null, defaultSize: number): number {
  if (text === null || text === '' || text === '0') return defaultSize;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 0)
    throw invalidArgument(`Page size must be between 1 and ${MAX_PAGE_SIZE}, inclusive.`);
  return Math.min(size, MAX_PAGE_SIZE);
}

/** `sources`, which People documents as a mask: repeated or comma separated. */
export function readSources(query: URLSearchParams): string[] {
  return query.getAll('sources').join().split(',').filter(Boolean).sort();
}

/** People's errors for tokens. Documented: the reason EXPIRED_SYNC_TOKEN. The status is a setting. */
export function refuseToken(parts: PeopleParts): (problem: TokenProblem) => never {
  return (problem) => {
    if (problem === 'unreadable') throw invalidArgument('Page token or sync token is invalid.');
    if (problem === 'parameters-differ')
      throw invalidArgument(
        'Request parameters must match the parameters of the first call that provided the page token or sync token.',
      );
    const status = parts.core.settings().expiredContactSyncTokenStatus;
    throw new GoogleRefusal(
      peopleError(
        status,
        'FAILED_PRECONDITION',
        'Sync token is expired. Clear local cache and retry call without the sync token.',
        {
          details: [errorInfo('EXPIRED_SYNC_TOKEN')],
          reason: 'failedPrecondition',
        },
      ),
    );
  };
}
