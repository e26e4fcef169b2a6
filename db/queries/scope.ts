/** Whose rows a caller may see: every read of the API filters by this. */
import { and, eq, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

export interface Scope {
  readonly workspaceId: string;
  /** null sees the whole workspace (a workspace key that acts for nobody). */
  readonly userId: string | null;
}

/** A scope of a prepared statement, which is given a caller's when it is carried out. */
interface AnyScope {
  readonly workspaceId: Placeholder;
  readonly userId: Placeholder | null;
}

export type ScopeShape = 'user' | 'workspace';
export const shapeOf = ({ userId }: Scope): ScopeShape => (userId === null ? 'workspace' : 'user');
export const anyScope = (shape: ScopeShape): AnyScope => ({
  workspaceId: sql.placeholder('workspaceId'),
  userId: shape === 'user' ? sql.placeholder('userId') : null,
});

export function within(owner: { workspaceId: PgColumn; userId: PgColumn }, scope: Scope | AnyScope): SQL {
  const conditions = [eq(owner.workspaceId, scope.workspaceId)];
  if (scope.userId !== null) conditions.push(eq(owner.userId, scope.userId));
  return and(...conditions) as SQL;
}

/** One page of a keyset: `limit` rows at most, and whether more follow. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

/** A row's place in a list by time: it holds also when the row is gone. */
export interface TimePosition {
  readonly id: string;
  /** To the microsecond; absent in cursors of Harmony before 2026-11-29, which say no more than the row. */
  readonly at?: string | undefined;
}

/** As Postgres has it: what drizzle hands over ends with milliseconds. */
export const exactInstant = (column: PgColumn): SQL<string> =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Cuts the row that was read beyond the limit to learn whether more follow. */
export function toPage<Row>(rows: readonly Row[], limit: number): Page<Row> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
