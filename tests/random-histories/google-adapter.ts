/** The model of Google behind the adapter contract: listings with pages, tokens and lag, reads, and the writes of contacts. */
import {
  type ContactRecord,
  type ProviderAdapter,
  ProviderError,
  type RecordPage,
  type Session,
} from '../../providers/contract/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { contactSource, type Person, type PersonWithName } from '../../sync/person.ts';
import type { Gate } from './gate.ts';
import { Grants } from './grants.ts';
import { ModelGroups } from './model-groups.ts';

/** How Google shows itself during a pass. */
export interface Visibility {
  /** How far a listing lags behind for the n-th contact: from one to the next it flickers. Without `listing`, the first. */
  lagMs(index: number, listing?: number): number;
  getLagMs: number;
  pageSize: number;
  /** Pages with nothing on them that are not the end. */
  emptyPages?: readonly EmptyPage[];
}

export const emptyPages = ['first', 'middle', 'last'] as const;
export type EmptyPage = (typeof emptyPages)[number];

export interface RemoteWrite {
  readonly kind: 'create' | 'update' | 'remove';
  readonly name: string;
  readonly before: PersonWithName | undefined;
  readonly after: PersonWithName | undefined;
  /** What reads since the write before this one showed, of what no write of ours had removed: they may have gone since. */
  readonly shown: readonly PersonWithName[];
  /** Of a removal: the time, by Google's clock, whose state a read right before the call could show at best. */
  readonly readableMs?: number;
}

interface Listing {
  /** What is shown: persons, and of those that are deleted null, and the names that they had before. */
  readonly shown: readonly (readonly [string, PersonWithName | null, readonly string[]])[];
  /** What the next increment compares with. */
  readonly delivered: ReadonlyMap<string, PersonWithName | null>;
  readonly total: number;
  readonly isIncrement: boolean;
}

/** Google's side of tokens: they outlive worker processes. */
export class GoogleListings {
  readonly google: ModelGoogle;
  readonly groups: ModelGroups;
  visibility: Visibility = { lagMs: () => 0, getLagMs: 0, pageSize: 100 };
  /** Every write that was carried out, whether or not its answer came through. */
  readonly writes: RemoteWrite[] = [];
  /** What Google takes in no form, and how it says so. */
  readonly refusing = new Map<'create' | 'update', ProviderError['kind']>();
  /** Writes that it did not take. */
  readonly refused: ('create' | 'update')[] = [];
  private shown: PersonWithName[] = [];
  /** Living contacts of which a read said last that they are gone. */
  readonly hidden = new Set<string>();
  /** Contacts that a listing showed as deleted, or lacked as a read did once they were, and that count as gone since. */
  readonly shownDeleted = new Set<string>();
  private readonly listings = new Map<string, Listing>();
  private readonly tokens = new Map<string, ReadonlyMap<string, PersonWithName | null>>();
  private count = 0;
  readonly grants = new Grants();
  /** Whose it is. */
  readonly account: string;

  constructor(google: ModelGoogle, account: string) {
    this.google = google;
    this.account = account;
    this.groups = new ModelGroups(google);
  }

  /** The number of the listing that begins next. */
  get nextListing(): number {
    return this.count + 1;
  }

  shownSoFar(): readonly PersonWithName[] {
    const removed = new Set(this.writes.flatMap(({ kind, name }) => (kind === 'remove' ? name : [])));
    return this.shown.filter(({ resourceName }) => !removed.has(resourceName));
  }

  /** `shown`: before the call, where it is carried out much later. */
  noteWrite(write: Omit<RemoteWrite, 'shown'>, shown = this.shownSoFar()): void {
    this.writes.push({ ...write, shown });
    this.shown = [];
  }

  /** Throws where it takes no such write; a sync that goes on and on with one is ended. */
  refuse(kind: 'create' | 'update'): void {
    const why = this.refusing.get(kind);
    if (why === undefined) return;
    this.refused.push(kind);
    if (this.refused.length > 50) throw new InvariantBroken(`invariant 12: one ${kind} after another`);
    throw refusal(why, 400);
  }

  noteShown(record: ContactRecord | undefined): ContactRecord | undefined {
    if (record !== undefined) this.shown.push(record.raw as PersonWithName);
    return record;
  }

  page(cursor: string | null, cut: 'truncated' | 'empty' | undefined): RecordPage {
    const [kind, id = '', position = '0', former] = cursor?.split('/') ?? [];
    if (kind === 'page') return this.pageOf(id, Number(position), former === 'empty');
    const before = cursor === null ? undefined : this.tokens.get(cursor);
    if (cursor !== null && before === undefined) throw expired();
    const listing = `l${++this.count}`;
    this.listings.set(listing, this.list(before, cut));
    return this.pageOf(listing, 0, false);
  }

  expireTokens(): void {
    this.tokens.clear();
    this.listings.clear();
    this.groups.expireTokens();
  }

  private list(
    before: ReadonlyMap<string, PersonWithName | null> | undefined,
    cut: 'truncated' | 'empty' | undefined,
  ): Listing {
    const delivered = new Map<string, PersonWithName | null>(before);
    const shown: [string, PersonWithName | null, readonly string[]][] = [];
    for (const [index, name] of this.google.names().entries()) {
      if (cut === 'empty' || (cut === 'truncated' && index % 2 === 0)) continue;
      const lagMs = this.visibility.lagMs(index, this.count);
      const person = this.google.get(name, lagMs);
      if (person === undefined) continue;
      const isNews = before?.get(name) !== person;
      delivered.set(name, person);
      if (before === undefined ? person === null : !isNews) continue;
      const gone = person === null ? this.google.tombstone(name, lagMs) : undefined;
      shown.push([name, person, gone?.metadata?.previousResourceNames ?? []]);
    }
    return { shown, delivered, total: shown.length, isIncrement: before !== undefined };
  }

  private pageOf(id: string, position: number, isAfterEmpty: boolean): RecordPage {
    const listing = this.listings.get(id);
    if (listing === undefined) throw expired();
    const { pageSize, emptyPages: empty = [] } = this.visibility;
    const left = listing.shown.length - position;
    const place = position === 0 ? 'first' : left > 0 ? 'middle' : 'last';
    if (empty.includes(place) && !isAfterEmpty)
      return { upserts: [], deletions: [], next: { kind: 'more', cursor: `page/${id}/${position}/empty` } };
    const end = position + pageSize;
    const upserts: ContactRecord[] = [];
    const deletions: string[] = [];
    for (const [name, person, former] of listing.shown.slice(position, end)) {
      if (person !== null) upserts.push(toRecord(person, listing.isIncrement));
      else {
        this.shownDeleted.add(name);
        deletions.push(name, ...former);
      }
    }
    // The last page is empty where the pages are filled to the brim: an empty page is not the end, nor the end empty.
    if (end <= listing.shown.length || (left > 0 && empty.includes('last')))
      return { upserts, deletions, next: { kind: 'more', cursor: `page/${id}/${end}` } };
    const token = `token/${id}`;
    this.tokens.set(token, listing.delivered);
    return { upserts, deletions, next: { kind: 'done', cursor: token }, total: listing.total };
  }
}

export function createModelAdapter(listings: GoogleListings, gate: Gate): ProviderAdapter {
  const { oauth: _, streams, ...declared } = googleContacts;
  const { grants } = listings;
  return {
    ...declared,
    streams: streams.filter(({ name }) => name !== 'other_contacts'),
    oauth: () => grants.client(),
    openSession: ({ accessToken }) =>
      openSession(listings, {
        toProvider: (passage, run) =>
          gate.toProvider(passage, (fault) => {
            grants.require(accessToken);
            return run(fault);
          }),
      }),
    // The model's errors are the contract's; anything else is a process that died or a bug in the model.
    classify(error) {
      if (error instanceof ProviderError) return error;
      throw error;
    },
  };
}

function openSession(listings: GoogleListings, gate: Pick<Gate, 'toProvider'>): Session {
  const { google, groups } = listings;
  const read = (name: string): ContactRecord | undefined => {
    const person = google.get(name, listings.visibility.getLagMs) ?? google.successorOf(name);
    if (!person) return undefined;
    const record = toRecord(person);
    return record.remoteId === name ? record : { ...record, formerRemoteIds: [name] };
  };
  return {
    whoAmI: () => gate.toProvider({ call: 'get' }, () => ({ id: listings.account, name: listings.account })),
    fetchPage: ({ stream, cursor }) =>
      gate.toProvider({ call: 'list' }, (fault) => {
        const cut = fault === 'truncated' || fault === 'empty' ? fault : undefined;
        if (stream === 'contacts') return listings.page(cursor, cut);
        const isEmptyFirst = listings.visibility.emptyPages?.includes('first') === true;
        if (isEmptyFirst && cursor?.startsWith('after/') !== true)
          return { upserts: [], deletions: [], next: { kind: 'more', cursor: `after/${cursor ?? ''}` } };
        const from = cursor?.replace(/^after\//, '') || null;
        return groups.page(from, {
          isShown: (index) => cut === undefined || (cut === 'truncated' && index % 2 === 1),
          lagMs: (index) => listings.visibility.lagMs(index),
        });
      }),
    confirmGone: ({ stream, remoteIds }) =>
      gate.toProvider({ call: 'get' }, () => {
        if (stream !== 'contacts') {
          const isThere = (id: string) => groups.shownAt(id, listings.visibility.getLagMs) != null;
          return { gone: remoteIds.filter((id) => !isThere(id)) };
        }
        const found = remoteIds.flatMap((name) => read(name) ?? []);
        const gone = remoteIds.filter((name) => read(name) === undefined);
        for (const name of remoteIds) listings.hidden.delete(name);
        for (const name of gone) (google.get(name) ? listings.hidden : listings.shownDeleted).add(name);
        return {
          gone,
          renamed: found.filter(({ formerRemoteIds }) => formerRemoteIds !== undefined),
        };
      }),
    contactLists: groups.calls(gate),
    contacts: {
      get: (remoteId) => gate.toProvider({ call: 'get', remoteId }, () => listings.noteShown(read(remoteId))),
      getMany: (remoteIds) =>
        gate.toProvider(
          { call: 'get', ...(remoteIds[0] === undefined ? {} : { remoteId: remoteIds[0] }) },
          () => ({
            found: remoteIds.flatMap((name) => read(name) ?? []),
            gone: remoteIds.filter((name) => read(name) === undefined),
          }),
        ),
      create: (person) =>
        gate.toProvider({ call: 'write' }, () => {
          listings.refuse('create');
          const after = google.create(person as Person);
          listings.noteWrite({ kind: 'create', name: after.resourceName, before: undefined, after });
          return toRecord(after);
        }),
      update: (remoteId, { mask, person }) =>
        gate.toProvider({ call: 'write', remoteId }, () => {
          listings.refuse('update');
          const before = google.get(remoteId) ?? google.successorOf(remoteId);
          const after = google.update(before?.resourceName ?? remoteId, mask, person as Person);
          if (after === 'not_found') throw refusal('not_found', 404);
          if (after === 'failed_precondition') throw refusal('stale_version', 400);
          listings.noteWrite({
            kind: 'update',
            name: after.resourceName,
            before: before ?? undefined,
            after,
          });
          return toRecord(after);
        }),
      remove(remoteId) {
        const shown = listings.shownSoFar();
        const readableMs = google.nowMs - listings.visibility.getLagMs;
        return gate.toProvider({ call: 'write', remoteId }, () => {
          const before = google.get(remoteId) ?? google.successorOf(remoteId);
          if (!before) return;
          google.delete(before.resourceName);
          const removal = { kind: 'remove', name: before.resourceName, before, after: undefined } as const;
          listings.noteWrite({ ...removal, readableMs }, shown);
        });
      },
    },
  };
}

/**
 * As the real adapter hands it over: with the etag and the time of the contact's own source, and without photos, which it
 * does not ask for; increments tell former names.
 */
function toRecord({ photos: _, ...known }: PersonWithName, isIncrement = false): ContactRecord {
  const { previousResourceNames: former, ...metadata } = known.metadata ?? {};
  const person = isIncrement || former === undefined ? known : { ...known, metadata };
  const source = contactSource(person);
  return {
    remoteId: person.resourceName,
    raw: person,
    ...(source?.etag === undefined ? {} : { etag: source.etag }),
    ...(source?.updateTime === undefined ? {} : { updatedAt: source.updateTime }),
    ...(former === undefined || !isIncrement ? {} : { formerRemoteIds: former }),
  };
}

const expired = () => refusal('cursor_expired', 400);

function refusal(kind: ProviderError['kind'], httpStatus: number): ProviderError {
  return new ProviderError({ kind, message: 'Refused by the model of Google.', httpStatus });
}
