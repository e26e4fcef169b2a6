/** One workspace: its seeded records, and over them what was changed. Reads take the sequence number they may show. */

import type { DurableState, Table } from '../../core/durable-state.ts';
import { RecentCache } from '../../core/paging.ts';
import { mixPair } from '../../core/seeded-random.ts';
import type { VersionedTable } from '../../core/versioned-table.ts';
import { findBlock } from '../blocks/block-tree.ts';
import type {
  BlockRecord,
  CommentRecord,
  DatabaseRecord,
  DataSourceRecord,
  PageRecord,
  Workspace,
} from '../records.ts';
import { SeededWorkspace } from './seeded-workspace.ts';

/** A page of a listing; the record of a seeded one is made only when someone looks. */
export interface Row {
  /** Grows with creation; distinguishes rows that are otherwise equal. */
  order: number;
  createdAtMs: number;
  lastEditedAtMs: number;
  inTrash: boolean;
  /** A decision of its own about being shared, which goes before that of its parents. */
  shared: boolean | undefined;
  load: () => PageRecord;
}

export interface TrashedBlock {
  pageId: string;
  block: BlockRecord;
  /** The block it stood under; null directly under the page. */
  parentId: string | null;
}

const NEWEST = Number.POSITIVE_INFINITY;

export class WorkspaceWorld {
  readonly workspace: Workspace;
  readonly #pages: VersionedTable<PageRecord>;
  readonly #dataSources: VersionedTable<DataSourceRecord>;
  readonly #databases: VersionedTable<DatabaseRecord>;
  readonly #contents: VersionedTable<BlockRecord[]>;
  readonly #sharing: VersionedTable<{ shared: boolean }>;
  readonly #blockPages: Table<string>;
  readonly #lastNumbers: Table<number>;
  readonly #trashedBlocks: Table<TrashedBlock>;
  readonly comments: VersionedTable<CommentRecord>;
  readonly #rowsCache = new RecentCache<Row[]>(8);
  #seeded: SeededWorkspace;

  constructor(parts: { workspace: Workspace; state: DurableState }) {
    const name = (what: string) => `notion.world.${parts.workspace.name}.${what}`;
    this.workspace = parts.workspace;
    this.#pages = parts.state.versioned(name('pages'));
    this.#dataSources = parts.state.versioned(name('data-sources'));
    this.#databases = parts.state.versioned(name('databases'));
    this.#contents = parts.state.versioned(name('contents'));
    this.#sharing = parts.state.versioned(name('sharing'));
    this.comments = parts.state.versioned(name('comments'));
    this.#blockPages = parts.state.table(name('block-pages'));
    this.#lastNumbers = parts.state.table(name('last-numbers'));
    this.#trashedBlocks = parts.state.table(name('trashed-blocks'));
    this.#seeded = new SeededWorkspace({ workspace: this.workspace, seed: 0, pages: 0, todayMs: 0 });
  }

  load(order: { seed: number; pages: number; todayMs: number; index: number }): void {
    this.#rowsCache.clear();
    this.#seeded = new SeededWorkspace({
      workspace: this.workspace,
      seed: mixPair(order.seed, order.index + 1),
      pages: order.pages,
      todayMs: order.todayMs,
    });
  }

  page(id: string, seq = NEWEST): PageRecord | undefined {
    const changed = this.#pages.get(id, seq);
    if (changed !== undefined) return changed.value ?? undefined;
    const located = this.#seeded.locate(id);
    return located?.kind === 'page' ? this.#seeded.page(located.index) : undefined;
  }

  putPage(page: PageRecord): void {
    this.#pages.put(page.id, page);
  }

  /** For good: not even the trash knows it any more. */
  removePage(id: string): void {
    this.#pages.put(id, null);
    this.#contents.put(id, null);
  }

  dataSource(id: string, seq = NEWEST): DataSourceRecord | undefined {
    const changed = this.#dataSources.get(id, seq);
    if (changed !== undefined) return changed.value ?? undefined;
    return this.#seeded.dataSources.find((one) => one.id === id);
  }

  putDataSource(dataSource: DataSourceRecord): void {
    this.#dataSources.put(dataSource.id, dataSource);
  }

  removeDataSource(id: string): void {
    this.#dataSources.put(id, null);
  }

  dataSources(seq = NEWEST): DataSourceRecord[] {
    return merged(this.#seeded.dataSources, this.#dataSources, seq);
  }

  database(id: string, seq = NEWEST): DatabaseRecord | undefined {
    const changed = this.#databases.get(id, seq);
    if (changed !== undefined) return changed.value ?? undefined;
    return this.#seeded.databases.find((one) => one.id === id);
  }

  putDatabase(database: DatabaseRecord): void {
    this.#databases.put(database.id, database);
  }

  removeDatabase(id: string): void {
    this.#databases.put(id, null);
  }

  databases(seq = NEWEST): DatabaseRecord[] {
    return merged(this.#seeded.databases, this.#databases, seq);
  }

  blocks(pageId: string, seq = NEWEST): BlockRecord[] {
    const changed = this.#contents.get(pageId, seq);
    if (changed !== undefined) return changed.value ?? [];
    const located = this.#seeded.locate(pageId);
    return located?.kind === 'page' ? this.#seeded.blocks(located.index) : [];
  }

  putBlocks(pageId: string, blocks: BlockRecord[]): void {
    const remember = (list: readonly BlockRecord[]) => {
      for (const block of list) {
        if (this.#seeded.locate(block.id) === undefined && this.#blockPages.get(block.id) !== pageId)
          this.#blockPages.set(block.id, pageId);
        remember(block.children);
      }
    };
    remember(blocks);
    this.#contents.put(pageId, blocks);
  }

  /** The page that holds (or held) this block. */
  pageOfBlock(blockId: string): string | undefined {
    const located = this.#seeded.locate(blockId);
    if (located?.kind === 'block') return this.#seeded.pageId(located.index);
    return this.#blockPages.get(blockId);
  }

  /** Remembers a block that goes to the trash, so that it can still be read and restored. */
  trashBlock(pageId: string, blocks: readonly BlockRecord[], blockId: string): void {
    const found = findBlock(blocks, blockId);
    if (found === undefined) return;
    this.#trashedBlocks.set(blockId, { pageId, block: found.block, parentId: found.parentId ?? null });
  }

  trashedBlock(blockId: string): TrashedBlock | undefined {
    return this.#trashedBlocks.get(blockId);
  }

  forgetTrashedBlock(blockId: string): void {
    this.#trashedBlocks.delete(blockId);
  }

  setShared(id: string, shared: boolean): void {
    this.#sharing.put(id, { shared });
  }

  shared(id: string, seq = NEWEST): boolean | undefined {
    return this.#sharing.get(id, seq)?.value?.shared;
  }

  /** Names what listings are made from: the same text at another `seq` means the same rows. */
  stateAt(seq: number): string {
    const tables = [this.#pages, this.#dataSources, this.#databases, this.#sharing];
    return tables.map((table) => table.lastChange(seq)).join(' ');
  }

  /** All rows of a data source, in the order of their creation. `seq` is what the caller may see, never open-ended. */
  rows(dataSourceId: string, seq: number): Row[] {
    return this.#rowsCache.getOrCreate(`${dataSourceId} ${this.stateAt(seq)}`, () => {
      const index = this.#seeded.dataSources.findIndex((one) => one.id === dataSourceId);
      const isRow = (page: PageRecord) =>
        page.parent.type === 'data_source_id' && page.parent.data_source_id === dataSourceId;
      return this.#collect(this.#seeded.rows[index] ?? [0, 0], isRow, seq);
    });
  }

  /** Pages in no data source. */
  loosePages(seq: number): Row[] {
    const isLoose = (page: PageRecord) => page.parent.type !== 'data_source_id';
    return this.#rowsCache.getOrCreate(`loose ${this.stateAt(seq)}`, () =>
      this.#collect([0, this.#seeded.loosePages], isLoose, seq),
    );
  }

  /** Every page, loose ones first. */
  allPages(seq: number): Row[] {
    return this.#rowsCache.getOrCreate(`all ${this.stateAt(seq)}`, () =>
      this.#collect([0, this.#seeded.pageCount], () => true, seq),
    );
  }

  /** The next number of a data source's unique_id property; never given twice. */
  takeNumber(dataSourceId: string): number {
    const index = this.#seeded.dataSources.findIndex((one) => one.id === dataSourceId);
    const [from, to] = this.#seeded.rows[index] ?? [0, 0];
    const next = (this.#lastNumbers.get(dataSourceId) ?? to - from) + 1;
    this.#lastNumbers.set(dataSourceId, next);
    return next;
  }

  #collect(range: readonly [number, number], belongs: (page: PageRecord) => boolean, seq: number): Row[] {
    const rows: Row[] = [];
    const changed = new Set<number>();
    const moved: Row[] = [];
    let order = FIRST_NEW_ORDER;
    for (const { key, version } of this.#pages.entries(seq)) {
      const located = this.#seeded.locate(key);
      if (located !== undefined) changed.add(located.index);
      const page = version.value;
      const place = located?.index ?? order++;
      if (page === null || !belongs(page)) continue;
      const { createdAtMs, lastEditedAtMs, inTrash } = page;
      const shared = this.shared(key, seq);
      moved.push({ createdAtMs, lastEditedAtMs, inTrash, shared, order: place, load: () => page });
    }
    const decided = new Map<number, boolean | undefined>();
    for (const { key, version } of this.#sharing.entries(seq)) {
      const located = this.#seeded.locate(key);
      if (located?.kind === 'page') decided.set(located.index, version.value?.shared);
    }
    for (let index = range[0]; index < range[1]; index++) {
      if (changed.has(index)) continue;
      const times = this.#seeded.times(index);
      rows.push({
        ...times,
        order: index,
        inTrash: false,
        shared: decided.get(index),
        load: () => this.#seeded.page(index),
      });
    }
    return moved.length === 0 ? rows : [...rows, ...moved].sort((a, b) => a.order - b.order);
  }
}

const FIRST_NEW_ORDER = 10_000_000;

function merged<T extends { id: string }>(
  seeded: readonly T[],
  changes: VersionedTable<T>,
  seq: number,
): T[] {
  const list = new Map(seeded.map((one) => [one.id, one]));
  for (const { key, version } of changes.entries(seq)) {
    if (version.value === null) list.delete(key);
    else list.set(key, version.value);
  }
  return [...list.values()];
}
