/** A workspace as its seed makes it. Everything is computed when asked for, so that its size costs neither time nor memory. */
import { mixPair, pick } from '../../core/seeded-random.ts';
import { createIdCodec, type IdCodec, type Located } from '../ids.ts';
import type {
  BlockRecord,
  DatabaseRecord,
  DataSourceRecord,
  Json,
  PageRecord,
  Parent,
  Touched,
  Workspace,
} from '../records.ts';
import { textRun } from '../rich-text.ts';
import { createSchemas } from './schemas.ts';
import { seededBlocks } from './seeded-content.ts';
import { createValueMaker, type ValueMaker } from './seeded-values.ts';
import { looseTitles } from './word-lists.ts';

const YEAR_MS = 31_557_600_000;
const TOP_LEVEL_PAGES = 4;

export class SeededWorkspace {
  readonly ids: IdCodec;
  readonly dataSources: readonly DataSourceRecord[];
  readonly databases: readonly DatabaseRecord[];
  readonly pageCount: number;
  /** Pages that are in no data source: the first of all indexes. */
  readonly loosePages: number;
  /** The indexes of the rows of each data source: from, up to and without. */
  readonly rows: readonly (readonly [from: number, to: number])[];
  readonly #seed: number;
  readonly #workspace: Workspace;
  readonly #todayMs: number;
  readonly #values: ValueMaker;

  constructor(parts: { workspace: Workspace; seed: number; pages: number; todayMs: number }) {
    this.#seed = parts.seed;
    this.#workspace = parts.workspace;
    this.#todayMs = parts.todayMs;
    this.ids = createIdCodec(parts.seed);
    this.pageCount = parts.pages;
    this.loosePages = Math.min(looseTitles.length, Math.floor(parts.pages / 5));
    const schemas = createSchemas(this.ids);
    const rowCount = this.pageCount - this.loosePages;
    const counts = schemas.map(({ share }) => Math.floor(rowCount * share));
    counts[0] = rowCount - (counts[1] ?? 0) - (counts[2] ?? 0);
    let from = this.loosePages;
    this.rows = counts.map((count) => {
      const range = [from, from + count] as const;
      from += count;
      return range;
    });
    this.dataSources = schemas.map(({ title, icon, properties }, i) => ({
      ...this.#madeAtStart(i),
      id: this.ids.encode('data_source', i),
      databaseId: this.ids.encode('database', i),
      title: [textRun(title)],
      description: [],
      icon: { type: 'emoji', emoji: icon },
      cover: null,
      properties,
      inTrash: false,
    }));
    this.databases = this.dataSources.map((dataSource, i) => ({
      ...this.#madeAtStart(i),
      id: dataSource.databaseId,
      parent: { type: 'workspace', workspace: true },
      title: dataSource.title,
      description: [],
      icon: dataSource.icon,
      cover: null,
      isInline: false,
      isLocked: false,
      inTrash: false,
      dataSourceIds: [dataSource.id],
    }));
    this.#values = createValueMaker({
      schemas,
      ids: this.ids,
      users: parts.workspace.users,
      rows: this.rows,
      todayMs: parts.todayMs,
    });
  }

  locate(id: string): Located | undefined {
    const located = this.ids.decode(id);
    if (located?.kind !== 'page' && located?.kind !== 'block') return located;
    return located.index < this.pageCount ? located : undefined;
  }

  pageId(index: number): string {
    return this.ids.encode('page', index);
  }

  /** Cheap, for sorting and filtering by time without making the page. */
  times(index: number): { createdAtMs: number; lastEditedAtMs: number } {
    const hash = mixPair(this.#seed, index);
    const createdAtMs = this.#todayMs - YEAR_MS + Math.floor((hash / 4294967296) * (YEAR_MS - 86_400_000));
    const share = mixPair(hash, 7) / 4294967296;
    const lastEditedAtMs = createdAtMs + Math.floor((this.#todayMs - 3_600_000 - createdAtMs) * share);
    return { createdAtMs, lastEditedAtMs };
  }

  page(index: number): PageRecord {
    const hash = mixPair(this.#seed, index);
    const dataSourceIndex = this.rows.findIndex(([from, to]) => index >= from && index < to);
    const row = index - (this.rows[dataSourceIndex]?.[0] ?? 0);
    return {
      ...this.#touched(index),
      id: this.pageId(index),
      parent: this.#parent(index, dataSourceIndex),
      inTrash: false,
      isArchived: false,
      isLocked: mixPair(hash, 11) % 50 === 0,
      icon:
        mixPair(hash, 12) % 3 === 0
          ? { type: 'emoji', emoji: pick(['📌', '🚀', '🐛', '📗', '🧭'], mixPair(hash, 13)) }
          : null,
      cover: null,
      values: dataSourceIndex === -1 ? this.#looseValues(index) : this.#values(dataSourceIndex, row, hash),
      number: row + 1,
    };
  }

  blocks(index: number): BlockRecord[] {
    const [from, to] = this.rows[1] ?? [0, 0];
    return seededBlocks({
      ids: this.ids,
      seed: this.#seed,
      pageIndex: index,
      touched: this.#touched(index),
      isMeeting: index >= from && index < to,
    });
  }

  #touched(index: number): Touched {
    const hash = mixPair(this.#seed, index);
    const user = (salt: number) => pick(this.#workspace.users, mixPair(hash, salt)).id;
    return { ...this.times(index), createdBy: user(1), lastEditedBy: user(2) };
  }

  #madeAtStart(index: number): Touched {
    const createdAtMs = this.#todayMs - YEAR_MS - (3 - index) * 86_400_000;
    const owner = this.#workspace.users[0]?.id ?? '';
    return { createdAtMs, lastEditedAtMs: createdAtMs, createdBy: owner, lastEditedBy: owner };
  }

  #parent(index: number, dataSourceIndex: number): Parent {
    const dataSource = this.dataSources[dataSourceIndex];
    if (dataSource !== undefined) return { type: 'data_source_id', data_source_id: dataSource.id };
    if (index < TOP_LEVEL_PAGES) return { type: 'workspace', workspace: true };
    return { type: 'page_id', page_id: this.pageId((index - TOP_LEVEL_PAGES) % TOP_LEVEL_PAGES) };
  }

  #looseValues(index: number): Record<string, Json> {
    return { title: [textRun(looseTitles[index] ?? 'Untitled')] };
  }
}
