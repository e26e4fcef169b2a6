/**
 * What page tokens and sync tokens mean, for every Google listing. A listing shows one moment of the world (its `seq`)
 * from the first page to the last, and its sync token asks for what came after that moment: changes made while a client
 * pages are never lost.
 */
import { createHash } from 'node:crypto';
import type { Call } from '../core/call.ts';
import type { Table } from '../core/durable-state.ts';
import { decodeToken, encodeToken, endOfListing } from '../core/paging.ts';
import type { World } from '../core/provider.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import type { GoogleSettings } from './settings.ts';

/** Where a listing stands. */
export interface ListingState {
  /** The moment that is shown. */
  seq: number;
  /** Set in an incremental listing: what changed after this is shown. */
  since: number | null;
  /** When the full listing began that the sync tokens go back to, ms. */
  fullAt: number;
  /** Items before this one were on earlier pages. */
  position: number;
  page: number;
  /** Where a truncate-list fault made the listing end. */
  end?: number;
}

interface TokenContent extends ListingState {
  /** Which listing of which account, in which world, made with which parameters. */
  list: string;
  world: string;
  generation: number;
  parameters: string;
}

export interface ListingRequest {
  call: Call;
  /** Names the listing: `connections ada@example.com`. */
  list: string;
  account: string;
  /** What must stay the same from page to page. */
  parameters: string;
  /** What must stay the same from the full listing to an incremental one; default `parameters`. */
  syncParameters?: string;
}

/** `ListingRequest.parameters` of what a call asks for. */
export function hashParameters(parameters: readonly string[]): string {
  return createHash('sha256').update(parameters.join('\n')).digest('base64url').slice(0, 12);
}

/** Why a token is refused; each API has its own error for it. */
export type TokenProblem = 'expired' | 'parameters-differ' | 'unreadable';

export interface ListedPage<T> {
  items: T[];
  nextPageToken?: string;
  /** Set on the last page only. */
  nextSyncToken?: string;
}

export class Listings {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #generations: Table<number>;
  #world = '';

  constructor(core: SandboxCore<GoogleSettings>) {
    this.#core = core;
    this.#generations = core.state.table('google.sync-generations');
  }

  loadWorld(world: World): void {
    this.#world = world.id;
  }

  /** Makes every sync token that the account was given until now too old. */
  expire(account: string): void {
    this.#generations.set(account, this.#generation(account) + 1);
  }

  /**
   * Reads `pageToken` and `syncToken` of a request.
   * @param refuse throws the API's own error.
   * @param lifetimeMs how long after its full listing a sync token lives; unlimited when absent.
   */
  open(request: ListingRequest, refuse: (problem: TokenProblem) => never, lifetimeMs?: number): ListingState {
    const pageToken = request.call.query.get('pageToken') || null;
    const syncToken = request.call.query.get('syncToken') || null;
    if (pageToken !== null) {
      const content = decodeToken<TokenContent>('page', pageToken);
      if (content === undefined || content.list !== request.list) return refuse('unreadable');
      if (content.parameters !== request.parameters) return refuse('parameters-differ');
      this.#checkAge(content, request, refuse, content.since === null ? undefined : lifetimeMs);
      return content;
    }
    const seq = this.#core.listingSeq(request.call);
    if (syncToken === null) return { seq, since: null, fullAt: this.#core.clock.now(), position: 0, page: 0 };
    const content = decodeToken<TokenContent>('sync', syncToken);
    if (content === undefined || content.list !== request.list) return refuse('unreadable');
    this.#checkAge(content, request, refuse, lifetimeMs);
    if (content.parameters !== (request.syncParameters ?? request.parameters))
      return refuse('parameters-differ');
    // A lag that grew meanwhile must not take back what was already shown.
    return {
      seq: Math.max(seq, content.seq),
      since: content.seq,
      fullAt: content.fullAt,
      position: 0,
      page: 0,
    };
  }

  /** Cuts the page of `size` items that the state asks for out of `total`, and makes the tokens that follow it. */
  page<T>(
    request: ListingRequest,
    state: ListingState,
    source: { total: number; size: number; read: (from: number, to: number) => T[] },
  ): ListedPage<T> {
    const cut = request.call.truncateKeep;
    const end = Math.min(state.end ?? source.total, endOfListing(source.total, cut));
    const every = this.#core.settings().emptyPageEvery;
    const isEmpty = every > 0 && state.page % every === every - 1;
    const to = isEmpty ? state.position : Math.min(end, state.position + source.size);
    const items = to > state.position ? source.read(state.position, to) : [];
    const content = {
      list: request.list,
      world: this.#world,
      generation: this.#generation(request.account),
      parameters: request.parameters,
      seq: state.seq,
      fullAt: state.fullAt,
    };
    if (to < end) {
      const next = { ...content, since: state.since, position: to, page: state.page + 1 };
      return { items, nextPageToken: encodeToken('page', end < source.total ? { ...next, end } : next) };
    }
    const parameters = request.syncParameters ?? request.parameters;
    return { items, nextSyncToken: encodeToken('sync', { ...content, parameters }) };
  }

  #checkAge(
    content: TokenContent,
    request: ListingRequest,
    refuse: (problem: TokenProblem) => never,
    lifetimeMs: number | undefined,
  ): void {
    const isTooOld = lifetimeMs !== undefined && content.fullAt + lifetimeMs <= this.#core.clock.now();
    const isOutdated = content.since !== null && content.generation !== this.#generation(request.account);
    if (content.world !== this.#world || isTooOld || isOutdated) refuse('expired');
  }

  #generation(account: string): number {
    return this.#generations.get(account) ?? 0;
  }
}
