/** Every write of a workspace, by a person or a connection: keeps it, dates it, and tells the webhooks. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { changeBlock } from './blocks/block-tree.ts';
import type {
  Author,
  BlockRecord,
  CommentRecord,
  DatabaseRecord,
  DataSourceRecord,
  Json,
  JsonObject,
  PageRecord,
  Parent,
  PropertyDefinition,
  RichText,
  Touched,
} from './records.ts';
import type { NotionSettings } from './settings.ts';
import type { NotionEvents } from './webhooks/events.ts';
import type { WorkspaceWorld } from './world/workspace-world.ts';

type PageChange = Partial<
  Pick<PageRecord, 'values' | 'inTrash' | 'isArchived' | 'isLocked' | 'icon' | 'cover' | 'parent'>
>;

export class Editor {
  readonly #world: WorkspaceWorld;
  readonly #clock: Clock;
  readonly #events: NotionEvents;
  readonly #settings: () => NotionSettings;

  constructor(parts: {
    world: WorkspaceWorld;
    clock: Clock;
    events: NotionEvents;
    settings: () => NotionSettings;
  }) {
    this.#world = parts.world;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#settings = parts.settings;
  }

  touchedNow(author: Author): Touched {
    const now = this.#clock.now();
    return { createdAtMs: now, lastEditedAtMs: now, createdBy: author.id, lastEditedBy: author.id };
  }

  createPage(
    order: {
      parent: Parent;
      values: Record<string, Json>;
      icon?: JsonObject | null;
      cover?: JsonObject | null;
      blocks?: BlockRecord[];
      shared?: boolean | undefined;
    },
    author: Author,
  ): PageRecord {
    const page: PageRecord = {
      ...this.touchedNow(author),
      id: randomUUID(),
      parent: order.parent,
      inTrash: false,
      isArchived: false,
      isLocked: false,
      icon: order.icon ?? null,
      cover: order.cover ?? null,
      values: order.values,
      number:
        order.parent.type === 'data_source_id' ? this.#world.takeNumber(order.parent.data_source_id) : 0,
    };
    this.#world.putPage(page);
    this.#decideSharing(page.id, order);
    if (order.blocks !== undefined && order.blocks.length > 0) this.#world.putBlocks(page.id, order.blocks);
    this.#pageEvent('page.created', page, author);
    return page;
  }

  updatePage(page: PageRecord, change: PageChange, author: Author): PageRecord {
    const values = change.values === undefined ? page.values : { ...page.values, ...change.values };
    const trashMoves = change.inTrash !== undefined && change.inTrash !== page.inTrash;
    const onlyTrash = trashMoves && Object.keys(change).length === 1;
    const dated = !onlyTrash || this.#settings().trashChangesLastEditedTime;
    const next: PageRecord = {
      ...page,
      ...change,
      values,
      ...(dated && { lastEditedAtMs: this.#clock.now(), lastEditedBy: author.id }),
    };
    this.#world.putPage(next);
    if (change.values !== undefined)
      this.#pageEvent('page.properties_updated', next, author, {
        updatedProperties: Object.keys(change.values),
      });
    else if (change.icon !== undefined || change.cover !== undefined)
      this.#pageEvent('page.properties_updated', next, author, { updatedProperties: [] });
    if (trashMoves) this.#pageEvent(next.inTrash ? 'page.deleted' : 'page.undeleted', next, author);
    if (change.isLocked !== undefined && change.isLocked !== page.isLocked)
      this.#pageEvent(next.isLocked ? 'page.locked' : 'page.unlocked', next, author);
    if (change.parent !== undefined) this.#pageEvent('page.moved', next, author);
    return next;
  }

  /** For good. A page that was in the trash has told so before; live nothing more is said, and nothing is here. */
  removePage(page: PageRecord, author: Author): void {
    if (!page.inTrash) this.#pageEvent('page.deleted', page, author);
    this.#world.removePage(page.id);
  }

  /** Replaces a page's content. `changed` are the blocks that the event names. */
  putBlocks(page: PageRecord, blocks: BlockRecord[], author: Author, changed: readonly string[]): void {
    this.#world.putBlocks(page.id, blocks);
    this.#world.putPage({ ...page, lastEditedAtMs: this.#clock.now(), lastEditedBy: author.id });
    this.#pageEvent('page.content_updated', page, author, { updatedBlocks: [...changed] });
  }

  trashBlock(page: PageRecord, blockId: string, author: Author): void {
    const blocks = this.#world.blocks(page.id);
    this.#world.trashBlock(page.id, blocks, blockId);
    this.putBlocks(
      page,
      changeBlock(blocks, blockId, () => undefined),
      author,
      [blockId],
    );
  }

  createDatabase(
    order: {
      parent: Parent;
      title: RichText[];
      description?: RichText[];
      properties: PropertyDefinition[];
      icon?: JsonObject | null;
      isInline?: boolean;
      shared?: boolean | undefined;
    },
    author: Author,
  ): { database: DatabaseRecord; dataSource: DataSourceRecord } {
    const touched = this.touchedNow(author);
    const database: DatabaseRecord = {
      ...touched,
      id: randomUUID(),
      parent: order.parent,
      title: order.title,
      description: order.description ?? [],
      icon: order.icon ?? null,
      cover: null,
      isInline: order.isInline ?? false,
      isLocked: false,
      inTrash: false,
      dataSourceIds: [],
    };
    this.#world.putDatabase(database);
    this.#decideSharing(database.id, order);
    this.#events.emit(this.#world, {
      type: 'database.created',
      entity: { id: database.id, type: 'database' },
      parent: database.parent,
      author,
    });
    const dataSource = this.createDataSource(database, order, author);
    return { database: this.#world.database(database.id) ?? database, dataSource };
  }

  createDataSource(
    database: DatabaseRecord,
    order: { title: RichText[]; properties: PropertyDefinition[]; icon?: JsonObject | null },
    author: Author,
  ): DataSourceRecord {
    const dataSource: DataSourceRecord = {
      ...this.touchedNow(author),
      id: randomUUID(),
      databaseId: database.id,
      title: order.title,
      description: [],
      icon: order.icon ?? null,
      cover: null,
      properties: order.properties,
      inTrash: false,
    };
    this.#world.putDataSource(dataSource);
    this.#world.putDatabase({ ...database, dataSourceIds: [...database.dataSourceIds, dataSource.id] });
    this.#dataSourceEvent('data_source.created', dataSource, author);
    return dataSource;
  }

  updateDataSource(
    dataSource: DataSourceRecord,
    change: Partial<Pick<DataSourceRecord, 'title' | 'icon' | 'properties' | 'inTrash' | 'description'>>,
    author: Author,
  ): DataSourceRecord {
    const next = {
      ...dataSource,
      ...change,
      lastEditedAtMs: this.#clock.now(),
      lastEditedBy: author.id,
    };
    this.#world.putDataSource(next);
    if (change.properties !== undefined)
      this.#dataSourceEvent('data_source.schema_updated', next, author, {
        schemaChanges: compareSchemas(dataSource.properties, change.properties),
      });
    else if (change.title !== undefined || change.icon !== undefined || change.description !== undefined)
      this.#dataSourceEvent('data_source.content_updated', next, author, { updatedBlocks: [] });
    if (change.inTrash !== undefined && change.inTrash !== dataSource.inTrash)
      this.#dataSourceEvent(next.inTrash ? 'data_source.deleted' : 'data_source.undeleted', next, author);
    return next;
  }

  updateDatabase(
    database: DatabaseRecord,
    change: Partial<
      Pick<
        DatabaseRecord,
        'title' | 'description' | 'icon' | 'cover' | 'isInline' | 'isLocked' | 'inTrash' | 'parent'
      >
    >,
    author: Author,
  ): DatabaseRecord {
    const next = { ...database, ...change, lastEditedAtMs: this.#clock.now(), lastEditedBy: author.id };
    this.#world.putDatabase(next);
    if (change.inTrash !== undefined && change.inTrash !== database.inTrash)
      this.#events.emit(this.#world, {
        type: next.inTrash ? 'database.deleted' : 'database.undeleted',
        entity: { id: next.id, type: 'database' },
        parent: next.parent,
        author,
      });
    return next;
  }

  createComment(
    order: Pick<CommentRecord, 'parent' | 'pageId' | 'discussionId' | 'richText'>,
    author: Author,
  ): CommentRecord {
    const comment: CommentRecord = { ...order, ...this.touchedNow(author), id: randomUUID() };
    this.#world.comments.put(comment.id, comment);
    this.commentEvent('comment.created', comment, author);
    return comment;
  }

  commentEvent(type: string, comment: CommentRecord, author: Author): void {
    this.#events.emit(this.#world, {
      type,
      entity: { id: comment.id, type: 'comment' },
      parent: { type: 'page_id', page_id: comment.pageId },
      author,
      pageId: comment.pageId,
    });
  }

  /** At the top of the workspace there is no parent that is shared: without a word, what is new there is. */
  #decideSharing(id: string, order: { parent: Parent; shared?: boolean | undefined }): void {
    const shared = order.shared ?? (order.parent.type === 'workspace' ? true : undefined);
    if (shared !== undefined) this.#world.setShared(id, shared);
  }

  #pageEvent(
    type: string,
    page: PageRecord,
    author: Author,
    more: { updatedProperties?: string[]; updatedBlocks?: string[] } = {},
  ): void {
    this.#events.emit(this.#world, {
      type,
      entity: { id: page.id, type: 'page' },
      parent: page.parent,
      author,
      page,
      ...more,
    });
  }

  #dataSourceEvent(
    type: string,
    dataSource: DataSourceRecord,
    author: Author,
    more: { updatedBlocks?: string[]; schemaChanges?: JsonObject[] } = {},
  ): void {
    this.#events.emit(this.#world, {
      type,
      entity: { id: dataSource.id, type: 'data_source' },
      databaseId: dataSource.databaseId,
      author,
      ...more,
    });
  }
}

function compareSchemas(
  before: readonly PropertyDefinition[],
  after: readonly PropertyDefinition[],
): JsonObject[] {
  const changes: JsonObject[] = [];
  for (const { id, name, ...rest } of after) {
    const former = before.find((one) => one.id === id);
    if (former === undefined) changes.push({ id, name, action: 'created' });
    else if (JSON.stringify(former) !== JSON.stringify({ id, name, ...rest }))
      changes.push({ id, name, action: 'updated' });
  }
  for (const { id, name } of before)
    if (!after.some((one) => one.id === id)) changes.push({ id, name, action: 'deleted' });
  return changes;
}
