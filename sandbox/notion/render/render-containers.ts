/** Data sources, databases, blocks, users and comments as Notion answers them. */
import type {
  BlockRecord,
  CommentRecord,
  DatabaseRecord,
  DataSourceRecord,
  JsonObject,
  User,
  Workspace,
} from '../records.ts';
import { plainText } from '../rich-text.ts';
import { pageUrl, type Rendering, touchedFields, trashFields } from './rendering.ts';

export function renderDataSource(dataSource: DataSourceRecord, rendering: Rendering): JsonObject {
  const database = rendering.world.database(dataSource.databaseId, rendering.seq);
  const properties: JsonObject = {};
  for (const { id, name, type, description, config } of dataSource.properties)
    properties[name] = { id, name, description, type, [type]: config };
  return {
    object: 'data_source',
    id: dataSource.id,
    ...touchedFields(dataSource, rendering.settings),
    title: dataSource.title,
    description: dataSource.description,
    icon: dataSource.icon,
    cover: dataSource.cover,
    properties,
    parent: { type: 'database_id', database_id: dataSource.databaseId },
    database_parent: { ...(database?.parent ?? { type: 'workspace', workspace: true }) },
    is_inline: database?.isInline ?? false,
    ...trashFields(dataSource.inTrash || (database?.inTrash ?? false), rendering.version),
    url: pageUrl(dataSource.databaseId, ''),
    public_url: null,
  };
}

export function renderDatabase(database: DatabaseRecord, rendering: Rendering): JsonObject {
  const { created_by: _, last_edited_by: __, ...times } = touchedFields(database, rendering.settings);
  return {
    object: 'database',
    id: database.id,
    ...times,
    title: database.title,
    description: database.description,
    icon: database.icon,
    cover: database.cover,
    parent: { ...database.parent },
    is_inline: database.isInline,
    is_locked: database.isLocked,
    ...trashFields(database.inTrash, rendering.version),
    data_sources: database.dataSourceIds.flatMap((id) => {
      const dataSource = rendering.world.dataSource(id, rendering.seq);
      return dataSource === undefined ? [] : [{ id, name: plainText(dataSource.title) }];
    }),
    url: pageUrl(database.id, ''),
    public_url: null,
  };
}

/** @param parent a page or a block */
export function renderBlock(
  block: BlockRecord,
  place: { parent: JsonObject; inTrash: boolean },
  rendering: Rendering,
): JsonObject {
  // meeting_notes was called transcription before 2026-03-11.
  const type =
    block.type === 'meeting_notes' && rendering.version === '2025-09-03' ? 'transcription' : block.type;
  return {
    object: 'block',
    id: block.id,
    parent: place.parent,
    ...touchedFields(block, rendering.settings),
    has_children: block.children.length > 0,
    ...trashFields(place.inTrash, rendering.version),
    type,
    [type]: block.content,
  };
}

export function renderPerson(user: User, withEmail: boolean): JsonObject {
  return {
    object: 'user',
    id: user.id,
    name: user.name,
    avatar_url: null,
    type: 'person',
    person: withEmail ? { email: user.email } : {},
  };
}

/** @param workspace undefined where the answer names none */
export function renderBot(
  bot: { id: string; name: string },
  owner: User,
  workspace: Workspace | undefined,
): JsonObject {
  return {
    object: 'user',
    id: bot.id,
    name: bot.name,
    avatar_url: null,
    type: 'bot',
    bot: {
      owner: { type: 'user', user: renderPerson(owner, true) },
      ...(workspace && { workspace_id: workspace.id, workspace_name: workspace.title }),
      workspace_limits: { max_file_upload_size_in_bytes: 5_368_709_120 },
    },
  };
}

export function renderComment(comment: CommentRecord, rendering: Rendering): JsonObject {
  const { last_edited_by: _, ...fields } = touchedFields(comment, rendering.settings);
  return {
    object: 'comment',
    id: comment.id,
    parent: { ...comment.parent },
    discussion_id: comment.discussionId,
    ...fields,
    rich_text: comment.richText,
    display_name: { type: 'integration', resolved_name: rendering.settings.clientName },
  };
}
