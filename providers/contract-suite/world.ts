/** A provider that the contract suite can drive from outside: the stand-in, in our tests. */
import type { ContactChange, ContactRecord, ProviderEnvironment, PushRequest } from '../contract/index.ts';

/** How the suite acts as the person at the provider, beside the adapter. Ids are remote ids. */
export interface RecordWorld {
  /** All ids that a complete listing must have. */
  ids(): Promise<string[]>;
  create(): Promise<string>;
  /** Absent where the suite has no way to change one. */
  update?(id: string): Promise<void>;
  /** Absent where records never go. */
  remove?(id: string): Promise<void>;
  /** Makes every cursor handed out so far useless; absent where cursors never die. */
  expireCursors?(): Promise<void>;
}

/** What the suite needs to write contacts in the provider's own form. */
export interface ContactWriting {
  /** The stream that lists them. */
  readonly stream: string;
  readonly writeScope: string;
  /** A new contact of that name. */
  draft(name: string): unknown;
  /** The change to that name, on top of what was read. */
  rename(record: ContactRecord, name: string): ContactChange;
  nameOf(record: ContactRecord): string | undefined;
  /** The next call that writes loses its request or its answer. */
  loseNextWrite(what: 'request' | 'answer'): Promise<void>;
}

export interface ProviderWorld {
  readonly environment: ProviderEnvironment;
  /** The account that signs in: its stable id and its e-mail. */
  readonly account: { readonly id: string; readonly email?: string };
  /** A redirect URI that the app may use; nothing listens there. */
  readonly redirectUri: string;
  /** The streams' records; with collections, those of the collection named here. */
  readonly records: Readonly<Record<string, RecordWorld & { readonly collection?: string }>>;
  /** How the next consents are answered; `withheld` are scopes that the person unticks. */
  consent(answer: { readonly deny?: boolean; readonly withheld?: readonly string[] }): Promise<void>;
  expireAccessTokens(): Promise<void>;
  /** The person removes the app at the provider. */
  revokeGrant(): Promise<void>;
  /** The next calls of a stream's listing meet this status. */
  failListing(stream: string, status: number, headers?: Readonly<Record<string, string>>): Promise<void>;
  healListings(): Promise<void>;
  /** Present where the adapter writes contacts. */
  readonly contactWriting?: ContactWriting;
  /** Ends the listening on an address that takes pushes. */
  readonly pushes?: { readonly address: string; next(): Promise<PushRequest> };
  close(): Promise<void>;
}
