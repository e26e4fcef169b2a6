/**
 * The change feed. Sequence numbers are given out before a transaction commits, so their order alone would skip one that
 * commits late. Changes are therefore ordered by transaction, and only those before the oldest one that is still open are
 * handed out: no earlier one can come after. Triggers write one row a statement (db/migrations).
 */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import type { Scope } from './scope.ts';

/** Sorts as text, too: transaction, statement (of a signed column), and place within the statement. */
const positionShape = /^([0-9a-f]{16})-([0-7][0-9a-f]{15})-([0-9a-f]{6})$/;
const startPosition = formatPosition(0n, 0n, 0);

export interface ChangeRow {
  /** Its position. */
  readonly seq: string;
  readonly kind: string;
  readonly id: string;
  readonly change: string;
  readonly at: string;
}

export interface ChangeList {
  readonly rows: readonly ChangeRow[];
  /** More are there already. */
  readonly more: boolean;
  /** Where to go on: everything before has been handed out. */
  readonly after: string;
}

export const isPosition = (text: string): boolean => positionShape.test(text);

/** Whether changes after the position have been forgotten already. */
export async function isForgotten(db: Executor, position: string): Promise<boolean> {
  const rows = await db.execute(
    sql`select 1 from change_horizon where xid >= ${xidOf(position).toString()}::xid8`,
  );
  return rows.length > 0;
}

/** Where the feed stands now. */
export async function latestPosition(db: Executor): Promise<string> {
  const [row] = await db.execute<{ xmin: string }>(
    sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`,
  );
  return formatPosition(BigInt((row as { xmin: string }).xmin), 0n, 0);
}

/** Changes of the caller's records after a position; from the oldest that is kept without one. */
export async function listChanges(
  db: Executor,
  scope: Scope,
  list: { after: string | undefined; limit: number; kind?: string | undefined },
): Promise<ChangeList> {
  const settled = await latestPosition(db);
  const after = list.after ?? startPosition;
  const [, xid = '', seq = '', place = ''] = positionShape.exec(after) as RegExpExecArray;
  const [afterXid, afterSeq] = [BigInt(`0x${xid}`).toString(), BigInt(`0x${seq}`).toString()];
  const found = await db.execute<{
    xid: string;
    seq: string;
    place: string;
    kind: string;
    id: string;
    change: string;
    at: string;
  }>(sql`
    select c.xid::text as xid, c.seq::text as seq, r.place::text as place, c.kind, r.id, c.change, c.at
    from changes c, unnest(c.record_ids) with ordinality r(id, place)
    where c.workspace_id = ${scope.workspaceId} and c.xid < ${xidOf(settled).toString()}::xid8
      ${scope.userId === null ? sql`` : sql`and c.user_id = ${scope.userId}`}
      ${list.kind === undefined ? sql`` : sql`and c.kind = ${list.kind}`}
      and (c.xid, c.seq) >= (${afterXid}::xid8, ${afterSeq}::bigint)
      and ((c.xid, c.seq) > (${afterXid}::xid8, ${afterSeq}::bigint) or r.place > ${Number.parseInt(place, 16)})
    order by c.xid, c.seq, r.place
    limit ${list.limit + 1}`);
  const rows = found.slice(0, list.limit).map((row) => ({
    seq: formatPosition(BigInt(row.xid), BigInt(row.seq), Number(row.place)),
    ...{ kind: row.kind, id: row.id, change: row.change },
    at: new Date(row.at).toISOString(),
  }));
  const more = found.length > list.limit;
  const last = rows.at(-1);
  // A caller that hears nothing still moves on, so that its position is never older than what is kept.
  const isBehind = after < settled;
  const end = isBehind ? settled : after;
  return { rows, more, after: more && last !== undefined ? last.seq : end };
}

/** Forgets changes older than `keepMs`, and remembers how far. */
export async function pruneChanges(db: Executor, keepMs: number): Promise<void> {
  const before = new Date(Date.now() - keepMs).toISOString();
  await db.execute(sql`
    with gone as (delete from changes where at < ${before} returning xid),
      newest as (select xid from gone order by xid desc limit 1)
    insert into change_horizon (xid) select xid from newest
    on conflict (id) do update set xid = greatest(change_horizon.xid, excluded.xid)`);
}

function formatPosition(xid: bigint, seq: bigint, place: number): string {
  const hex = (value: bigint | number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${hex(xid, 16)}-${hex(seq, 16)}-${hex(place, 6)}`;
}

const xidOf = (position: string): bigint => BigInt(`0x${position.slice(0, 16)}`);
