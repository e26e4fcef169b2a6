// What a plan consists of. Plain JSON: an activity stores the intent, executes it and commits the ack (rule 10).
import type { ContactFields, FieldName, FieldValue } from './contact-fields.ts';
import type { FieldBase } from './lens.ts';
import type { CompiledMapping, FieldBases } from './map-contact.ts';
import type { Person } from './person.ts';
import type { ConflictPolicy, FieldRule, Side } from './plan-field.ts';

export interface LocalContact {
  id: string;
  /** Raised by every write; pulls compare-and-set it. */
  version: number;
  fields: ContactFields;
  /** When a person last edited it (ISO 8601 UTC); a sync's own writes don't count. */
  editedAt?: string;
  /** When the newest of what syncs brought was edited at its provider (ISO 8601 UTC). */
  remoteEditedAt?: string;
  /** Deleted in Harmony, but still restorable. */
  archived?: boolean;
}

export interface ContactLink {
  contactId: string;
  resourceName: string;
  /** The local version at the last agreement. */
  localVersion: number;
  bases: FieldBases;
  /** What was agreed on by the mappings of that time, where others hold by now: by those an edit since then is told. */
  agreed?: { readonly mapping: CompiledMapping; readonly bases: FieldBases };
  /** Fields of which another account is the source (field-sources.ts). */
  fedElsewhere?: ReadonlySet<FieldName>;
  /** Another account has the contact, which is not archived then where it goes at this one. */
  livesElsewhere?: boolean;
  /** Rule 20: one side is gone and the other followed; kept at least 30 days so that a return is recognised. */
  tombstoned?: boolean;
}

/** What is known of the remote contact; `missing` is absence without the evidence of rule 15. */
export type RemoteView =
  | { state: 'live'; person: Person }
  /**
   * `person`: as it was last known. `byUs`: by a delete of ours that came through after it was given up; nobody wanted it any
   * more.
   */
  | { state: 'deleted'; person?: Person; standIns?: readonly StandIn[]; byUs?: boolean }
  | { state: 'missing' }
  | { state: 'none' };

/** Rule 17: another contact that carries our marker or the unique e-mail of one that was deleted. */
export interface StandIn {
  resourceName: string;
  by: 'marker' | 'email';
  /** Already linked to a Harmony contact of its own. */
  linked: boolean;
}

export interface LocalCreate {
  kind: 'create_local';
  resourceName: string;
  fields: ContactFields;
  bases: FieldBases;
}
export interface LocalUpdate {
  /** `restore_local` also takes the contact out of the archive. */
  kind: 'update_local' | 'restore_local';
  contactId: string;
  resourceName: string;
  /** Compare-and-set: another version means that a person edited meanwhile, and the contact is planned again. */
  expectedVersion: number;
  fields: ContactFields;
  /** Merged into the link's bases in the same transaction. */
  bases: FieldBases;
}
export interface LocalArchive {
  kind: 'archive_local';
  contactId: string;
  resourceName: string;
  expectedVersion: number;
  /** For the undo. */
  snapshot: ContactFields;
}
export interface RemoteCreate {
  kind: 'create_remote';
  contactId: string;
  localVersion: number;
  /** Without the marker: `withMarker` adds the op id that the intent row gets. */
  body: Person;
  sent: ContactFields;
  /** The deleted remote contact that this one replaces. */
  replaces?: string;
  /** The provider took it in no other form: without what was there before. */
  isPlain?: boolean;
  /** Where the body begins from what was there before: what is agreed on, and stays so beside what was sent. */
  bases?: FieldBases;
}
export interface RemoteUpdate {
  kind: 'update_remote';
  contactId: string;
  resourceName: string;
  localVersion: number;
  /** `updatePersonFields`, only the lists that change (rule 9). */
  mask: string[];
  /** With the contact source and its etag, which is the precondition (rule 12: never dropped). */
  body: Person;
  sent: ContactFields;
}
export interface RemoteDelete {
  kind: 'delete_remote';
  contactId: string;
  resourceName: string;
  /** The person as it was when this was planned; the executor reads again and plans again before it deletes. */
  snapshot: Person;
}
export interface LinkChange {
  kind: 'link';
  contactId: string;
  resourceName: string;
  by: 'marker' | 'email' | 'phone_and_name';
}
export type UnlinkReason =
  | 'direction'
  | 'nothing_to_send'
  | 'lives_elsewhere'
  | 'unmapped'
  | 'disconnected'
  | 'forbidden';
export interface Unlink {
  kind: 'unlink';
  contactId: string;
  resourceName: string;
  reason: UnlinkReason;
}
/** Both sides are gone: nothing to write but the tombstone. */
export interface Tombstone {
  kind: 'tombstone';
  contactId: string;
  resourceName: string;
}
export interface Rebase {
  kind: 'rebase';
  contactId: string;
  resourceName: string;
  localVersion: number;
  bases: FieldBases;
}
export type ParkReason =
  | 'maybe_merged'
  | 'ambiguous_match'
  | 'unstorable_value'
  | 'stale_version'
  | 'duplicate_marker'
  | 'double_merged';
/** Left for a person, counted and shown; nothing is written. */
export interface Park {
  kind: 'park';
  contactId?: string;
  resourceName?: string;
  reason: ParkReason;
  field?: FieldName;
  candidates?: string[];
}

export type LocalWrite = LocalCreate | LocalUpdate | LocalArchive;
export type RemoteWrite = RemoteCreate | RemoteUpdate | RemoteDelete;
export type Operation = LocalWrite | RemoteWrite | LinkChange | Unlink | Tombstone | Rebase | Park;

/** Invariant 2: the value that gave way stays restorable. */
export interface ConflictEntry {
  contactId?: string;
  resourceName?: string;
  field: FieldName;
  winner: Side;
  local: FieldValue;
  remote: FieldValue;
  base: FieldBase | null;
  rule: FieldRule;
  policy: ConflictPolicy;
}

export interface ContactPlan {
  /** In the order in which they are executed. */
  operations: Operation[];
  conflicts: ConflictEntry[];
  /** Per field the rule that decided, for `explain`. */
  rules: { [field in FieldName]?: FieldRule };
}
