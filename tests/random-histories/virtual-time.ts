/**
 * Time that moves only when a history says so, for JavaScript and for Postgres: a function `now()` ahead of the built-in
 * one in the search path answers it, also to column defaults of tables that are made afterwards.
 */
import type { Sql } from 'postgres';
import { vi } from 'vitest';

export interface VirtualTime {
  readonly nowMs: number;
  advance(ms: number): Promise<void>;
}

/** For an empty database, before its migrations; holds for connections that are opened after it. */
export async function prepareVirtualTime(sql: Sql, database: string): Promise<void> {
  await sql.unsafe(`
    create schema clock;
    create table clock.moment (at timestamptz not null);
    insert into clock.moment values (pg_catalog.now());
    create function public.now() returns timestamptz language sql stable as 'select at from clock.moment';
    alter database "${database}" set search_path = public, pg_catalog`);
}

/** One clock a process: histories of one process are played one after another. */
export async function startVirtualTime(sql: Sql, startMs: number): Promise<VirtualTime> {
  let nowMs = startMs;
  const tell = async () => {
    vi.setSystemTime(nowMs);
    await sql`update clock.moment set at = to_timestamp(${nowMs / 1000})`;
  };
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  await tell();
  return {
    get nowMs() {
      return nowMs;
    },
    async advance(ms) {
      nowMs += ms;
      await tell();
    },
  };
}

export function stopVirtualTime(): void {
  vi.useRealTimers();
}
