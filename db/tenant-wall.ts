/**
 * The second wall between tenants (docs/decisions/0011): row-level security under the role that the API takes for each
 * statement of a caller. Policies follow from the tables' columns, so that a new table gets one by itself.
 */
import type { Sql } from 'postgres';
import type { Scope } from './queries/scope.ts';

/** Owns nothing and can't log in; whoever connects takes it on for one transaction. */
export const tenantRole = 'harmony_tenant';
const policy = 'harmony_wall';

const workspace = `(select current_setting('harmony.workspace_id', true))`;
const user = `(select coalesce(current_setting('harmony.user_id', true), ''))`;
const ofWorkspace = `workspace_id = ${workspace}`;
/** '' sees the whole workspace. */
const ofUser = `${user} in ('', user_id)`;
/** Subqueries are behind the wall themselves. */
const ofIntegration = (table: string) =>
  `exists (select 1 from integrations i where i.id = ${table}.integration_id)`;

/** Tables whose columns don't say whose a row is. */
const special: Readonly<Record<string, string>> = {
  workspaces: `id = ${workspace}`,
  contact_list_members: 'exists (select 1 from contact_lists l where l.id = list_id)',
  contact_plan_deletes: 'exists (select 1 from contact_plans p where p.id = plan_id)',
};

/** Tables without a tenant's records, with the reason. */
export const openTables: Readonly<Record<string, string>> = {
  change_horizon: 'how far the change feed has been forgotten, for all alike',
  provider_limits: 'until when a provider wants no calls',
  grant_leases: 'which integration writes at an account now',
  search_backlog: 'which ids are still to be indexed; written by triggers',
  search_vectors:
    'word positions by record id, always joined to the record; a policy would keep @@ from the index, as it is not leakproof',
};

/** Whose rows of a table a caller may see, as SQL. Throws where the columns don't tell. */
export function describeWall(table: string, columns: ReadonlySet<string>): string {
  const given = special[table];
  if (given !== undefined) return given;
  if (columns.has('workspace_id')) {
    return columns.has('user_id') && table !== 'users' ? `${ofWorkspace} and ${ofUser}` : ofWorkspace;
  }
  if (columns.has('integration_id')) return ofIntegration(table);
  if (columns.has('user_id')) {
    return `exists (select 1 from users u where u.id = ${table}.user_id) and ${ofUser}`;
  }
  throw new Error(
    `The table ${table} doesn't say whose its rows are: give it workspace_id, user_id or integration_id, or an entry in db/tenant-wall.ts.`,
  );
}

/** Brings role, rights and policies up to date; repeats change nothing. Part of every migration. */
export async function buildTenantWall(sql: Sql): Promise<void> {
  if (!(await ensureRole(sql))) return;
  const tables = await sql<{ name: string; columns: string[]; walled: boolean; wall: string | null }[]>`
    select c.relname as name, array_agg(a.attname::text) as columns, c.relrowsecurity as walled,
      (select obj_description(p.oid, 'pg_policy') from pg_policy p
        where p.polrelid = c.oid and p.polname = ${policy}) as wall
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    group by c.oid order by c.relname`;
  for (const name of Object.keys(openTables)) {
    await sql`grant select, insert, update, delete on ${sql(name)} to ${sql(tenantRole)}`;
  }
  for (const { name, columns, walled, wall } of tables) {
    if (name in openTables) continue;
    const wanted = describeWall(name, new Set(columns));
    if (walled && wall === wanted) continue;
    await sql.begin(async (tx) => {
      await tx`alter table ${tx(name)} enable row level security`;
      await tx`drop policy if exists ${tx(policy)} on ${tx(name)}`;
      await tx.unsafe(`create policy ${policy} on ${name} for all to ${tenantRole} using (${wanted})`);
      await tx.unsafe(`comment on policy ${policy} on ${name} is '${wanted.replaceAll("'", "''")}'`);
      await tx`grant select, insert, update, delete on ${tx(name)} to ${tx(tenantRole)}`;
    });
  }
}

/** Makes the role and grants it to the login. False where the login may not: the wall stays away, which the API says. */
async function ensureRole(sql: Sql): Promise<boolean> {
  if (await isWallBuilt(sql)) return true;
  try {
    await sql.unsafe(`do $$ begin
      if not exists (select 1 from pg_roles where rolname = '${tenantRole}') then
        create role ${tenantRole} nologin;
      end if;
    exception when duplicate_object or unique_violation then null; end $$`);
    await sql`grant ${sql(tenantRole)} to current_user`;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '42501') return false;
    throw error;
  }
  return true;
}

/** Whether the login may take the role on. */
export async function isWallBuilt(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ may: boolean }[]>`
    select pg_has_role(oid, 'member') as may from pg_roles where rolname = ${tenantRole}`;
  return row?.may === true;
}

/** The first statement of a caller's transaction: from here to its end, other tenants' rows are not there. */
export const enterScope = (sql: Pick<Sql, 'unsafe'>, scope: Scope) =>
  sql.unsafe(
    `select set_config('role', '${tenantRole}', true), set_config('harmony.workspace_id', $1, true), set_config('harmony.user_id', $2, true)`,
    [scope.workspaceId, scope.userId ?? ''],
    { prepare: true },
  );
