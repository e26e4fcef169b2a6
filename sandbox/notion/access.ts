/** What a connection sees: what was picked at consent and everything below it, unless a person decided otherwise since. */
import type { DatabaseRecord, DataSourceRecord, PageRecord, Parent } from './records.ts';
import type { Row, WorkspaceWorld } from './world/workspace-world.ts';

export class Access {
  readonly #world: WorkspaceWorld;
  readonly #picked: ReadonlySet<string> | null;
  readonly #seq: number;

  /** @param picked null for a connection that was given everything */
  constructor(world: WorkspaceWorld, picked: ReadonlySet<string> | null, seq: number) {
    this.#world = world;
    this.#picked = picked;
    this.#seq = seq;
  }

  seesPage(page: PageRecord): boolean {
    return this.#own(page.id) ?? this.#seesParent(page.parent);
  }

  seesDataSource(dataSource: DataSourceRecord): boolean {
    const own = this.#own(dataSource.id);
    if (own !== undefined) return own;
    const database = this.#world.database(dataSource.databaseId, this.#seq);
    return database !== undefined && this.seesDatabase(database);
  }

  seesDatabase(database: DatabaseRecord): boolean {
    const own = this.#own(database.id);
    if (own !== undefined) return own;
    if (this.#picked !== null && database.dataSourceIds.some((id) => this.#own(id))) return true;
    return this.#seesParent(database.parent);
  }

  /** For rows of one data source: faster than asking for each page. */
  rowFilter(parentIsSeen: boolean): (row: Row) => boolean {
    const picked = this.#picked;
    if (picked === null) return (row) => row.shared ?? parentIsSeen;
    return (row) => row.shared ?? (parentIsSeen || picked.has(row.load().id));
  }

  /** Picked itself, not by way of a parent. */
  isPicked(id: string): boolean {
    return this.#picked === null ? false : this.#picked.has(id);
  }

  #own(id: string): boolean | undefined {
    return this.#world.shared(id, this.#seq) ?? (this.#picked?.has(id) ? true : undefined);
  }

  #seesParent(parent: Parent): boolean {
    if (parent.type === 'workspace') return this.#picked === null;
    if (parent.type === 'page_id') {
      const page = this.#world.page(parent.page_id, this.#seq);
      return page !== undefined && this.seesPage(page);
    }
    const dataSource = this.#world.dataSource(parent.data_source_id, this.#seq);
    return dataSource !== undefined && this.seesDataSource(dataSource);
  }
}
