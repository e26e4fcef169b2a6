/**
 * The kinds of record that Harmony keeps, as adapters hand them over: plain JSON, ISO 8601 strings, no SDK types.
 * `raw` is the provider's own JSON of the record, kept as the mirror.
 */
export interface RecordBase {
  /** The provider's id, unique within the stream (and within the collection, where it has one). */
  readonly remoteId: string;
  /** The provider's version mark, a precondition for writes, never evidence of change. */
  readonly etag?: string;
  /** ISO 8601 UTC, where the provider tells. */
  readonly updatedAt?: string;
  readonly raw: unknown;
}

export interface ContactRecord extends RecordBase {
  /** Ids that this record had before (a rename at the provider); applied before the record itself. */
  readonly formerRemoteIds?: readonly string[];
}

export interface ContactListRecord extends RecordBase {
  readonly name: string;
  /** `system` lists are the provider's own (myContacts, starred). */
  readonly system: boolean;
  /** The provider lets nobody be put on it any more, though who is on it can be taken off. */
  readonly takesMembers?: false;
}

/** A start or end: `date` for all-day (end exclusive), else an instant with its zone. */
export interface EventTime {
  readonly date?: string;
  /** ISO 8601 with offset. */
  readonly dateTime?: string;
  readonly timeZone?: string;
}

export interface CalendarEventRecord extends RecordBase {
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly start: EventTime | null;
  readonly end: EventTime | null;
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  /** RFC 5545 lines of a master; empty on single events and exceptions. */
  readonly recurrence: readonly string[];
  /** Remote id of the master, on an exception of a series. */
  readonly seriesRemoteId: string | null;
  readonly originalStart: EventTime | null;
  readonly url: string | null;
}

export interface TaskRecord extends RecordBase {
  readonly identifier: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly state: string | null;
  readonly stateCategory: 'backlog' | 'todo' | 'in_progress' | 'done' | 'cancelled' | null;
  readonly priority: number | null;
  readonly assigneeRemoteId: string | null;
  readonly projectName: string | null;
  readonly labels: readonly string[];
  readonly dueOn: string | null;
  readonly url: string | null;
  readonly archived: boolean;
}

export interface CommentRecord extends RecordBase {
  readonly taskRemoteId: string;
  readonly authorRemoteId: string | null;
  /** Markdown. */
  readonly body: string;
}

export interface PersonRecord extends RecordBase {
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
}

export interface DocumentRecord extends RecordBase {
  readonly title: string;
  /** Markdown. Absent: as we hold it already, or, where the provider can't give it now, as we held it last, if ever. */
  readonly content?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly url: string | null;
}

/** Every kind of record by its name; a stream declares one. */
export interface RecordKinds {
  contact: ContactRecord;
  contact_list: ContactListRecord;
  calendar_event: CalendarEventRecord;
  task: TaskRecord;
  comment: CommentRecord;
  person: PersonRecord;
  document: DocumentRecord;
}

export type RecordKind = keyof RecordKinds;
export type AnyRecord = RecordKinds[RecordKind];
