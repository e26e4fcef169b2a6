/** Rows of a mirror on their way in, by COPY or by one upsert a page: a table names its own columns once for both. */
import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { type CopyValue, copyRows, jsonText, type PackedRows, packRows, toJson } from '../copy.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { latestOf, loadedRows, type MirrorContext, type Mirrored, type PageOutcome } from './mirror.ts';

export interface MirrorColumn<Row> {
  readonly name: string;
  readonly type: 'text' | 'text[]' | 'integer' | 'boolean' | 'timestamptz' | 'json';
  readonly of: (row: Row) => unknown;
}

export interface MirrorLayout<Row> {
  readonly table: string;
  /** Whether its rows are of a collection; tables without have no such column. */
  readonly perCollection: boolean;
  /** What remote ids are unique in. */
  readonly uniqueIn: 'integration_id' | 'collection_id';
  /** Of a row that is new. */
  readonly idOf: (row: Row, context: MirrorContext) => string;
  /** Those that no other mirror has. */
  readonly columns: readonly MirrorColumn<Row>[];
  /** Which rows an upsert may replace. Absent: all. */
  readonly mayReplace?: SQL;
}

export interface MirrorWriter<Row> {
  /** Rows of a collection that had none, for `load`; `rowOf` is called for each record once. */
  pack<R extends { readonly remoteId: string }>(
    context: MirrorContext,
    records: readonly R[],
    rowOf: (record: R) => Row,
  ): PackedRows;
  load(tx: Transaction, rows: PackedRows): Promise<PageOutcome>;
  /** Returns how many rows are new, which only this statement knows where others bring the same records. */
  upsert(tx: Transaction, context: MirrorContext, rows: readonly Row[]): Promise<number>;
}

export function mirrorWriter<Row extends Mirrored>(mirror: MirrorLayout<Row>): MirrorWriter<Row> {
  const { table, perCollection, uniqueIn, idOf } = mirror;
  const columns: readonly MirrorColumn<Row>[] = [
    { name: 'remote_id', type: 'text', of: (row) => row.remoteId },
    { name: 'etag', type: 'text', of: (row) => row.etag },
    { name: 'content_hash', type: 'text', of: (row) => row.contentHash },
    { name: 'remote_updated_at', type: 'timestamptz', of: (row) => row.remoteUpdatedAt },
    ...mirror.columns,
  ];
  const names = columns.map(({ name }) => name);
  const owners = ['workspace_id', 'user_id', 'integration_id', ...(perCollection ? ['collection_id'] : [])];
  const ownersOf = ({ workspaceId, userId, integrationId, collectionId }: MirrorContext) => [
    ...[workspaceId, userId, integrationId],
    ...(perCollection ? [collectionId] : []),
  ];
  const written = ['id', ...owners, ...names, 'raw'];
  const replaced = [...(perCollection ? ['collection_id'] : []), ...names.slice(1), 'raw'];
  const types = columns.map(({ name, type }) => `${name} ${type}`);
  const raw = (parts: readonly string[]) => sql.raw(parts.join(', '));
  const copied = ({ type, of }: MirrorColumn<Row>, row: Row): CopyValue =>
    type === 'json' ? toJson(of(row)) : (of(row) as CopyValue);

  return {
    pack(context, records, rowOf) {
      const owned = ownersOf(context);
      return packRows(latestOf(records), (record) => {
        const row = rowOf(record);
        const values = columns.map((column) => copied(column, row));
        return [idOf(row, context), ...owned, ...values, jsonText(row.rawJson)];
      });
    },

    async load(tx, rows) {
      await copyRows(tx, { table, columns: written }, rows);
      return loadedRows(rows.count);
    },

    async upsert(tx, context, rows) {
      if (rows.length === 0) return 0;
      const parameter = toJsonParameter(
        rows.map((row) => {
          const values = Object.fromEntries(columns.map(({ name, of }) => [name, of(row)]));
          return rowJson({ id: idOf(row, context), ...values }, row.rawJson);
        }),
      );
      const owned = sql.join(
        ownersOf(context).map((id) => sql`${id}`),
        sql`, `,
      );
      // A row that was there has been locked by this statement, which is what xmax says.
      const [counted] = await tx.execute<{ added: number }>(sql`
        with written as (
          insert into ${sql.raw(table)} (${raw(written)})
          select r.id, ${owned}, ${raw([...names, 'raw'].map((name) => `r.${name}`))}
          from json_to_recordset(${parameter}::json) as r(id text, ${raw(types)}, raw json)
          on conflict (${raw([uniqueIn, 'remote_id'])}) do update set
            ${raw(replaced.map((name) => `${name} = excluded.${name}`))}, updated_at = now()
          ${mirror.mayReplace === undefined ? sql`` : sql`where ${mirror.mayReplace}`}
          returning xmax = 0 as is_new)
        select count(*) filter (where is_new)::int as added from written`);
      return counted?.added ?? 0;
    },
  };
}
