/** What the stand-in keeps. Values are stored without names and colours, so that a renamed property needs no rewriting. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Rich text as Notion answers it. */
export type RichText = JsonObject & { plain_text: string };

export type Parent =
  | { type: 'data_source_id'; data_source_id: string }
  | { type: 'page_id'; page_id: string }
  | { type: 'workspace'; workspace: true };

export interface Touched {
  /** ms since the epoch, exact; answers cut them to the minute. */
  createdAtMs: number;
  lastEditedAtMs: number;
  /** User or bot ids. */
  createdBy: string;
  lastEditedBy: string;
}

export interface PageRecord extends Touched {
  id: string;
  parent: Parent;
  inTrash: boolean;
  isArchived: boolean;
  isLocked: boolean;
  icon: JsonObject | null;
  cover: JsonObject | null;
  /** By property id: rich text arrays, option ids, user ids, page ids, or plain values. A loose page has only `title`. */
  values: Record<string, Json>;
  /** For a unique_id property: counts up within the data source. */
  number: number;
}

export interface PropertyDefinition {
  id: string;
  name: string;
  type: string;
  description: string | null;
  /** What Notion answers under the type's key. */
  config: JsonObject;
}

export interface DataSourceRecord extends Touched {
  id: string;
  databaseId: string;
  title: RichText[];
  description: RichText[];
  icon: JsonObject | null;
  cover: JsonObject | null;
  properties: PropertyDefinition[];
  inTrash: boolean;
}

export interface DatabaseRecord extends Touched {
  id: string;
  parent: Parent;
  title: RichText[];
  description: RichText[];
  icon: JsonObject | null;
  cover: JsonObject | null;
  isInline: boolean;
  isLocked: boolean;
  inTrash: boolean;
  dataSourceIds: string[];
}

export interface BlockRecord extends Touched {
  id: string;
  type: string;
  /** What Notion answers under the type's key, without children. */
  content: JsonObject;
  children: BlockRecord[];
}

export interface CommentRecord extends Touched {
  id: string;
  parent: { type: 'page_id'; page_id: string } | { type: 'block_id'; block_id: string };
  pageId: string;
  discussionId: string;
  richText: RichText[];
}

export interface User {
  id: string;
  name: string;
  email: string;
}

export interface Workspace {
  /** How control paths name it. */
  name: string;
  id: string;
  title: string;
  icon: string | null;
  /** People, the owner first. */
  users: readonly User[];
}

/** Who changes something. */
export interface Author {
  id: string;
  type: 'person' | 'bot';
}
