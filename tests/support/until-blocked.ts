import { sql } from 'drizzle-orm';
import type { Executor } from '../../db/client.ts';
import { eventually } from './eventually.ts';

/** Until a statement (or `count`) of this test's database waits for a lock that another one holds. */
export const untilBlocked = (db: Executor, count = 1) =>
  eventually(
    () =>
      db.execute(sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
    (blocked) => blocked.length >= count,
  );
