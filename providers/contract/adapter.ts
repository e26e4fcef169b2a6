/** What a provider's folder must offer. A missing capability is an absent member, never a stub that throws. */
import type { ProviderError } from './error.ts';
import type { AnyRecord, ContactListRecord, ContactRecord, RecordKind, TaskRecord } from './records.ts';

export type AuthKind = 'oauth' | 'api_key';

/** The secrets of one connection. They live encrypted in `credentials` and cross no other boundary. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** ISO 8601 UTC; absent where the provider names no lifetime. */
  readonly expiresAt?: string;
  /** What was granted, as the provider names it; absent where it has no scopes. */
  readonly scopes?: readonly string[];
}

/** The account on the other side, as the person would recognise it. */
export interface RemoteAccount {
  /** The provider's stable id (never an e-mail). */
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  /**
   * Whose grant it is at the provider, where an account has several people who each grant their own (a Linear
   * organization). Absent: the account has one grant.
   */
  readonly grantId?: string;
}

/** What a code is exchanged for. */
export interface CodeGrant extends Tokens {
  /** Whose grant it is, where the answer says so; else the session is asked. */
  readonly account?: RemoteAccount;
}

/** A scope that the integration asks for, and what it can't do without it. */
export interface ScopeNeed {
  readonly scope: string;
  /** Other granted scopes that include this one. */
  readonly satisfiedBy?: readonly string[];
  /** e.g. "read your calendar events"; completes "Harmony was not allowed to …". */
  readonly purpose: string;
  /** Without a required scope the integration can't work at all. */
  readonly required: boolean;
  /** Needed where Harmony writes at the provider; one that only reads goes without. */
  readonly toWrite?: true;
  /** The provider's object whose mapping needs it: asked for only once that mapping is switched on. */
  readonly enabledBy?: ProviderObject;
}

/** The provider's own name of a thing that an object mapping maps: `otherContact`. */
export type ProviderObject = string;

/** Where the provider is and who we are there; live or stand-in differ in nothing else. */
export interface ProviderEnvironment {
  readonly live: boolean;
  /** Origin of the data API, e.g. `https://www.googleapis.com`; adapters with several origins use `origins`. */
  readonly origins: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Secret that signs the provider's pushes, where it has one for the whole app. */
  readonly webhookSecret?: string;
}

/** Which environment variables configure a provider, and where it is live; `readProviderEnvironments` reads it. */
export interface EnvironmentDescriptor {
  /** Live when the client id and secret are both set; the stand-in otherwise. */
  readonly variables: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly webhookSecret?: string;
  };
  /** By the adapter's own names for them. */
  readonly liveOrigins: Readonly<Record<string, string>>;
  /** The app that the stand-in knows at its start; every origin is then the stand-in's own. */
  readonly standIn: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly webhookSecret?: string;
  };
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** S256 challenge of the verifier. */
  readonly codeChallenge: string;
  /** The account to preselect when signing in again. */
  readonly loginHint?: string;
  /** The objects whose mappings are switched on, for scopes that only they need (`ScopeNeed.enabledBy`). */
  readonly objects?: readonly ProviderObject[];
}

export interface CodeExchange {
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly signal: AbortSignal;
}

export interface OAuthClient {
  readonly scopes: readonly ScopeNeed[];
  /** `false`: the provider is not known to check a PKCE verifier, so none is sent; state and secret protect the code. */
  readonly pkce?: false;
  authorizationUrl(request: AuthorizationRequest): string;
  exchange(exchange: CodeExchange): Promise<CodeGrant>;
  /** Throws ProviderError `auth_revoked` when the grant is gone. A returned refreshToken replaces the old one. */
  refresh(tokens: Tokens, signal: AbortSignal): Promise<Tokens>;
  /** Ends the whole grant; already revoked counts as done. */
  revoke(tokens: Tokens, signal: AbortSignal): Promise<void>;
}

export type StreamName = string;

export interface StreamDefinition {
  readonly name: StreamName;
  /** Shown to people: "calendar events". */
  readonly label: string;
  readonly kind: RecordKind;
  /** One cursor per collection, else one for the integration. */
  readonly perCollection: boolean;
  /** `tombstones`: deletions come in increments; `absence`: only a complete listing shows them. */
  readonly deletions: 'tombstones' | 'absence';
  /**
   * A complete listing is due this long after the last one began, in milliseconds (cursors that die of age,
   * deletions that show only by absence). Absent: never by age.
   */
  readonly fullListingEveryMs?: number;
  /**
   * Beside it: up to `spreadMs` (milliseconds) later, each integration at an age of its own, and by the age `latestMs` however
   * rarely it is checked. Absent: all at the same age.
   */
  readonly fullListingSpread?: { readonly spreadMs: number; readonly latestMs: number };
  /** The scope that listing it needs, one of `OAuthClient.scopes`; absent where the provider has no scopes. */
  readonly scope?: string;
  /**
   * A collection that answers `not_found` is gone, or only out of our reach: it is marked missing until the list of collections
   * has it again, and the others go on. Absent: the run fails and says so.
   */
  readonly notFoundHides?: true;
  /** Pages are small, so this many records are gathered for one commit. Absent: each page is committed by itself. */
  readonly gatherUpTo?: number;
  /** How many ids `Session.confirmGone` takes at most; 200 where absent. */
  readonly confirmAtOnce?: number;
  /** Read only while an object mapping of this provider object is switched on. Absent: always read. */
  readonly enabledBy?: ProviderObject;
}

/** The streams that are read while the mappings of these objects are switched on. */
export function streamsFor(
  { streams }: { readonly streams: readonly StreamDefinition[] },
  objects: readonly ProviderObject[],
): readonly StreamDefinition[] {
  return streams.filter(({ enabledBy }) => enabledBy === undefined || objects.includes(enabledBy));
}

export interface RemoteCollection {
  readonly remoteId: string;
  readonly name: string;
  readonly color?: string;
  readonly primary?: boolean;
  /** Whether a newly found one starts ticked. */
  readonly subscribedByDefault: boolean;
}

/** An opaque, versioned position in a stream; only the adapter that made it reads it. */
export type Cursor = string;

export interface FetchRequest {
  readonly stream: StreamName;
  /** The collection's remote id, on streams that have collections. */
  readonly collection?: string;
  /** null starts a complete listing. */
  readonly cursor: Cursor | null;
  readonly signal: AbortSignal;
  /**
   * The `etag`s under which we hold those of these records that we have, by remote id: a provider whose listings come
   * without the contents need not be asked for contents again that can't have changed.
   */
  readonly known?: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Only whether anything is new is asked: nobody keeps the page, so contents that cost calls of their own may be left out. */
  readonly peek?: boolean;
}

export interface RecordPage<R extends AnyRecord = AnyRecord> {
  readonly upserts: readonly R[];
  /** Remote ids that the provider says are gone. */
  readonly deletions: readonly string[];
  /** Remote ids that were seen and are as we hold them, said only of records that `FetchRequest.known` knew. */
  readonly unchanged?: readonly string[];
  /** Remote ids that may exist still, but that we may no longer read: they are hidden, not removed. */
  readonly lost?: readonly string[];
  /** `more`: go on with this cursor. `done`: the listing is complete; a null cursor means that no increment exists. */
  readonly next:
    | { readonly kind: 'more'; readonly cursor: Cursor }
    | { readonly kind: 'done'; readonly cursor: Cursor | null };
  /** The failure that cut this page short, after part of it had been read: `next` goes on with the rest. */
  readonly cutShortBy?: ProviderError;
  /** How many records the whole listing will have, where the provider tells. */
  readonly total?: number;
}

export interface GoneRequest {
  readonly stream: StreamName;
  readonly collection?: string;
  readonly remoteIds: readonly string[];
  readonly signal: AbortSignal;
}

/** What became of records that a complete listing lacked; those named in neither list are there. */
export interface Absence {
  /** The provider positively says that they do not exist (in the collection, where one was named). */
  readonly gone: readonly string[];
  /** They may exist still, but we may no longer read them: they are hidden, not removed. */
  readonly lost?: readonly string[];
  /** They live on under another id, with the asked one among their `formerRemoteIds`. */
  readonly renamed?: readonly ContactRecord[];
}

/** A connection opened with an access token; made for a few calls and thrown away. Every method throws ProviderError only. */
export interface Session {
  /** undefined: the provider took the token, and does not say whose it is. */
  whoAmI(signal: AbortSignal): Promise<RemoteAccount | undefined>;
  /** What the token allows by now, as `Tokens.scopes` names it; absent where the provider can't be asked. */
  grantedScopes?(signal: AbortSignal): Promise<readonly string[]>;
  fetchPage(request: FetchRequest): Promise<RecordPage>;
  /**
   * Present where the provider has something to tick. A complete list; `known` are remote ids that we have already, for a
   * provider whose own list may lack some.
   */
  listCollections?(signal: AbortSignal, known?: readonly string[]): Promise<RemoteCollection[]>;
  /**
   * What became of at most `confirmAtOnce` remote ids: asked before a record is swept that a complete listing lacked.
   * Absent where no such question can be asked.
   */
  confirmGone?(request: GoneRequest): Promise<Absence>;
  readonly watches?: WatchCalls;
  /** Present where tasks can be written. */
  readonly tasks?: TaskCalls;
  /** Present where contacts can be written. */
  readonly contacts?: ContactCalls;
  /** Present where lists of contacts can be written. */
  readonly contactLists?: ContactListCalls;
}

/** Contacts that were asked for by id; an id named in neither list was not answered, and may exist. */
export interface FoundContacts {
  /** One that has another id by now comes with the asked one among its `formerRemoteIds`. */
  readonly found: readonly ContactRecord[];
  readonly gone: readonly string[];
}

export interface ContactChange {
  /** The provider's fields that are replaced whole; what is not named stays as it is. */
  readonly mask: readonly string[];
  /** In the provider's own form, with the version mark of what was read: the precondition of the change. */
  readonly person: unknown;
}

/**
 * Reading and writing single contacts. One caller at a time per account: providers ask for mutations one after another.
 * A write that fails with `outcomeUnknown` may have been carried out; a create is then never simply sent again, but
 * looked for by its marker. A missing scope is `forbidden` and named in `missing`.
 */
export interface ContactCalls {
  /** As listings show it: the same fields, of contacts alone. undefined where it does not exist or is deleted. */
  get(remoteId: string, signal: AbortSignal): Promise<ContactRecord | undefined>;
  /** As `get`, for at most 200 ids in one call. */
  getMany(remoteIds: readonly string[], signal: AbortSignal): Promise<FoundContacts>;
  /** `person` is in the provider's own form and carries its marker. Throws `invalid_request` where a value is refused. */
  create(person: unknown, signal: AbortSignal): Promise<ContactRecord>;
  /**
   * Answers the contact with the version mark for the next change. Throws `stale_version` where it changed since it was
   * read (read and plan again), `not_found`, `invalid_request` where a value or a missing version mark is refused.
   */
  update(remoteId: string, change: ContactChange, signal: AbortSignal): Promise<ContactRecord>;
  /** One that does not exist counts as removed. There is no precondition: read before. */
  remove(remoteId: string, signal: AbortSignal): Promise<void>;
}

export interface MemberChange {
  /** Remote ids of contacts; at most 1,000 to add and to remove together. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What was not done of a `MemberChange`; the rest was. */
export interface MemberChangeOutcome {
  /** Contacts that do not exist. */
  readonly notFound: readonly string[];
  /** Contacts that stayed because they are in no other list, and must be in one. */
  readonly lastList: readonly string[];
}

/** Writing lists of contacts. Errors as with `ContactCalls`; a name that another list has is `already_exists`. */
export interface ContactListCalls {
  /** A second create after an unknown outcome answers `already_exists`: adopt the list of that name from a listing. */
  create(name: string, signal: AbortSignal): Promise<ContactListRecord>;
  /** Throws `stale_version` where an `etag` is given and the list changed since. */
  rename(
    remoteId: string,
    change: { readonly name: string; readonly etag?: string },
    signal: AbortSignal,
  ): Promise<ContactListRecord>;
  /** Its members stay. One that does not exist counts as removed. */
  remove(remoteId: string, signal: AbortSignal): Promise<void>;
  /**
   * Adds and removes members; a repeat changes nothing. It moves the members' own version marks, so a change of one of
   * them that was planned before meets `stale_version`.
   */
  changeMembers(remoteId: string, change: MemberChange, signal: AbortSignal): Promise<MemberChangeOutcome>;
}

/** A task as the provider has it now, and the collection that it is in. */
export interface RemoteTask {
  readonly record: TaskRecord;
  readonly collection: string;
}

export interface NewTask {
  /** Chosen by us: a second create with the same id must not make a second task. */
  readonly remoteId: string;
  readonly collection: string;
  readonly title: string;
  /** Markdown. */
  readonly description?: string;
  readonly assigneeRemoteId?: string;
}

export interface TaskChange {
  readonly title?: string;
  /** null clears it. */
  readonly description?: string | null;
  /** A state by its name. */
  readonly state?: string;
  /** null assigns nobody. */
  readonly assigneeRemoteId?: string | null;
}

/** Writing tasks. A refusal by the provider is a ProviderError `invalid_request` whose message may reach the person. */
export interface TaskCalls {
  /** undefined where it does not exist or is in the trash. */
  find(remoteId: string, signal: AbortSignal): Promise<RemoteTask | undefined>;
  create(task: NewTask, signal: AbortSignal): Promise<RemoteTask>;
  change(remoteId: string, change: TaskChange, signal: AbortSignal): Promise<RemoteTask>;
}

/** A subscription for pushes about one collection (`collection`) or the list of collections (absent). */
export interface WatchRequest {
  readonly channelId: string;
  readonly address: string;
  readonly token: string;
  readonly collection?: string;
  /** ISO 8601 UTC that we would like; the provider may shorten it. */
  readonly expiresAt: string;
  readonly signal: AbortSignal;
}

export interface Watch {
  readonly channelId: string;
  readonly resourceId: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

export interface WatchCalls {
  open(request: WatchRequest): Promise<Watch>;
  /** A channel that is already gone counts as stopped. */
  stop(watch: { channelId: string; resourceId: string; signal: AbortSignal }): Promise<void>;
}

export interface PushRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/** What a push says once its form is read; trust comes from the watch's token or the signature. */
export type PushNotice =
  | {
      readonly kind: 'channel';
      readonly channelId: string;
      readonly channelToken: string;
      readonly deliveryId: string;
      readonly initial: boolean;
      /** What the provider answered, or would have, when the channel was opened. */
      readonly watch?: Pick<Watch, 'resourceId' | 'expiresAt'>;
    }
  | {
      /** A push addressed to an account, signature already verified. */
      readonly kind: 'account';
      readonly accountId: string;
      readonly deliveryId: string;
      /** Remote ids; empty where the push does not say, which means all of them. */
      readonly collections: readonly string[];
      /** The streams that it is about; absent where the push does not say. */
      readonly streams?: readonly StreamName[];
      /** The whole account took Harmony's access away, at this time (ISO 8601 UTC). */
      readonly revokedAt?: string;
    }
  /** A handshake that must be answered with this body. `operatorNote` goes to the log: what the operator has to do now. */
  | { readonly kind: 'handshake'; readonly answer: unknown; readonly operatorNote?: string }
  /** Genuine, and of no interest to us. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly status: 400 | 401; readonly reason: string };

export interface ProviderAdapter {
  /** The catalogue id: `google-calendar`. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly category: string;
  readonly authKinds: readonly AuthKind[];
  /** Integrations with the same family and account share one grant at the provider. */
  readonly grantFamily: string;
  readonly capabilities: readonly string[];
  readonly streams: readonly StreamDefinition[];
  /** What the person ticks, singular and plural; absent where there is nothing to tick. */
  readonly collectionNoun?: { readonly one: string; readonly many: string };
  readonly environment: EnvironmentDescriptor;
  oauth?(environment: ProviderEnvironment): OAuthClient;
  openSession(
    access: { readonly accessToken: string; readonly authKind: AuthKind },
    environment: ProviderEnvironment,
  ): Session;
  /**
   * How pushes come about: `watch`: we open and renew a subscription per collection (`Session.watches`); `app`: the
   * provider pushes for the whole app by itself. Absent where it has none.
   */
  readonly push?: 'watch' | 'app';
  /** Reads and, where the provider signs, verifies a push. Absent where it has none. */
  readPush?(request: PushRequest, environment: ProviderEnvironment): PushNotice;
  /** Any thrown thing to the provider-neutral error. */
  classify(error: unknown): ProviderError;
}
