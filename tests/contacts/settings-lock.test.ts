/** A page of contacts that meets a change of the settings it was shaped by. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertMappings } from '../../db/queries/contact-mappings.ts';
import {
  holdContactSettings,
  loadContactSyncRow,
  lockContactSettings,
  stampOf,
} from '../../db/queries/contact-sync-settings.ts';
import { integrations } from '../../db/schema/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';
import { untilBlocked } from '../support/until-blocked.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('a page that waited for a change of the settings is not taken for one of those that hold', async () => {
  const { db } = database;
  const integrationId = 'int_one';
  await db.insert(integrations).values({
    ...{ id: integrationId, ...(await ensureOwner(db)), provider: 'google-contacts', authKind: 'oauth' },
    phase: 'active',
  });
  const row = await loadContactSyncRow(db, integrationId);
  const stamp = row && stampOf(row);
  const hold = () => db.transaction((tx) => holdContactSettings(tx, { integrationId, stamp }));
  expect(await hold()).toBe(true);

  const { waiting } = await db.transaction(async (change) => {
    await lockContactSettings(change, integrationId);
    const waiting = hold();
    await untilBlocked(db);
    await insertMappings(change, {
      ...{ integrationId, version: 2, objects: [], fields: [], createdBy: 'user:test', approved: true },
    });
    return { waiting };
  });
  expect(await waiting).toBe(false);
});
