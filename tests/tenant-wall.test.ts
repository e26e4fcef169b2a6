/** The second wall: what a query without any filter sees under a caller's scope, in every table that there is. */
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrateDatabase } from '../db/migrate.ts';
import { contacts, integrations, runs, users } from '../db/schema/index.ts';
import { buildTenantWall, describeWall, isWallBuilt, openTables, tenantRole } from '../db/tenant-wall.ts';
import { type SeededIntegration, seedIntegration } from './api/rows.ts';
import { type ApiWorld, openApiWorld } from './api/world.ts';

let world: ApiWorld;
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  mine = await seedIntegration(world.database.db, world.ada);
});
afterAll(() => world.close());

const scopes = () => ({
  ada: { workspaceId: world.ada.workspaceId, userId: world.ada.userId },
  workspace: { workspaceId: world.ada.workspaceId, userId: null },
  colleague: { workspaceId: world.ada.workspaceId, userId: world.ada.otherUserId },
  eve: { workspaceId: world.eve.workspaceId, userId: world.eve.userId },
});

describe('a query that forgets its filter', () => {
  it('sees the rows of the caller alone, of the whole workspace for its key, and nothing without a caller', async () => {
    const { ada, workspace, colleague, eve } = scopes();
    const { within } = world.database;
    for (const table of [integrations, contacts, runs]) {
      expect(await within(ada).select().from(table)).toHaveLength(1);
      expect(await within(workspace).select().from(table)).toHaveLength(1);
      expect(await within(colleague).select().from(table)).toEqual([]);
      expect(await within(eve).select().from(table)).toEqual([]);
      expect(await within({ workspaceId: '', userId: null }).select().from(table)).toEqual([]);
    }
    expect(await within(eve).select().from(users)).toHaveLength(2);
    expect(await world.database.db.select().from(users)).toHaveLength(4);
  });

  it('changes and removes nothing of others, and can write nothing in their name', async () => {
    const { eve } = scopes();
    const db = world.database.within(eve);
    const owner = { workspaceId: world.ada.workspaceId, userId: world.ada.userId };
    expect(await db.update(contacts).set({ firstName: 'Eve' }).returning()).toEqual([]);
    expect(await db.delete(runs).returning()).toEqual([]);
    await expect(db.insert(contacts).values({ id: 'con_forged', ...owner })).rejects.toThrow();
    const forged = db.transaction((tx) => tx.update(contacts).set(owner).returning());
    expect(await forged).toEqual([]);
    const [row] = await world.database.db.select().from(contacts);
    expect(row).toMatchObject({ id: mine.contactId, firstName: 'Mary' });
  });

  it('keeps the handle of a scope, and only that, until many others came', async () => {
    const { within } = world.database;
    const { eve } = scopes();
    const kept = within(eve);
    expect(within({ ...eve })).toBe(kept);
    expect(within({ ...eve, userId: null })).not.toBe(kept);
    for (let n = 0; n < 500; n += 1) within({ ...eve, userId: `usr_${n}` });
    expect(within(eve)).not.toBe(kept);
  });

  it('leaves the connection as it was, also after an error', async () => {
    const { eve } = scopes();
    const db = world.database.within(eve);
    await expect(db.execute(sql`select 1 / 0`)).rejects.toThrow();
    await Promise.all(Array.from({ length: 30 }, () => db.select().from(contacts)));
    const roles = await Promise.all(
      Array.from({ length: 20 }, () => world.database.db.execute(sql`select current_user::text as name`)),
    );
    expect(new Set(roles.map(([row]) => row?.name))).toEqual(new Set(['harmony']));
  });
});

describe('every table', () => {
  it('is behind the wall, and shows a stranger no row that names the tenant', async () => {
    const tables = await world.database.sql<{ name: string; walled: boolean }[]>`
      select relname as name, relrowsecurity as walled from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
    const marks = [...Object.values(mine), world.ada.userId, world.ada.workspaceId].map((id) => `%${id}%`);
    const count = async (userId: string | null, workspaceId: string, table: string) => {
      const [row] = await world.database
        .within({ workspaceId, userId })
        .execute<{ found: number }>(
          sql`select count(*)::int as found from ${sql.identifier(table)} t where t::text like any(${sql.param(marks)}::text[])`,
        );
      return row?.found;
    };
    let shown = 0;
    for (const { name, walled } of tables) {
      expect(walled, name).toBe(!(name in openTables));
      if (name in openTables) continue;
      expect(await count(world.eve.userId, world.eve.workspaceId, name), name).toBe(0);
      shown += (await count(world.ada.userId, world.ada.workspaceId, name)) ?? 0;
    }
    expect(shown).toBeGreaterThan(15);
  });

  it('gets its policy from its columns when it is new, and stops the migration where they do not tell', async () => {
    expect(describeWall('letters', new Set(['id', 'integration_id']))).toContain(
      'i.id = letters.integration_id',
    );
    expect(() => describeWall('letters', new Set(['id']))).toThrow(/letters doesn't say whose/);
    await world.database.sql`create table letters (id text, workspace_id text, user_id text)`;
    await migrateDatabase(world.database.url);
    const { ada, eve } = scopes();
    await world.database.sql`insert into letters values ('a', ${ada.workspaceId}, ${ada.userId})`;
    const read = (scope: typeof ada) => world.database.within(scope).execute(sql`select id from letters`);
    expect(await read(ada)).toHaveLength(1);
    expect(await read(eve)).toHaveLength(0);
    await world.database.sql`drop table letters`;
  });
});

it('says so where the login may make no role, and a migration goes through all the same', async () => {
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin`create role plain login password 'plain'`;
  const url = new URL(world.database.url);
  Object.assign(url, { username: 'plain', password: 'plain' });
  const login = postgres(url.href, { max: 1 });
  expect(await isWallBuilt(login)).toBe(false);
  await buildTenantWall(login);
  await admin.unsafe(`grant ${tenantRole} to plain`);
  expect(await isWallBuilt(login)).toBe(true);
  await login.end();
  await admin`drop role plain`;
  await admin.end();
});
