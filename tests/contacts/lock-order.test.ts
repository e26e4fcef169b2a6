/** Writers of several accounts of one person lock the same contacts: none holds one that it should have waited with. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadContactSync } from '../../activities/contacts/contact-sync.ts';
import { prepareWrites } from '../../activities/contacts/prepare-writes.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { lockContacts } from '../../db/queries/contact-planning.ts';
import { noteLinksAndUntied } from '../../db/queries/contact-work.ts';
import { contactLinks, contacts, contactWork, contactWrites, integrations } from '../../db/schema/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';
import { untilBlocked } from '../support/until-blocked.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const ids = ['con_a', 'con_b'];

it('a batch waits for its first contact before it takes the next, whatever is due first', async () => {
  const { db } = database;
  const owner = await ensureOwner(db);
  const integrationId = 'int_one';
  await db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
  });
  await db.insert(contacts).values(ids.map((id) => ({ id, ...owner, firstName: 'Ada', version: 2 })));
  const person = (id: string) => ({ resourceName: `people/${id}`, names: [{ givenName: 'Ida' }] });
  await db.insert(contactLinks).values(
    ids.map((id) => ({
      ...{ integrationId, stream: 'contacts', remoteId: `people/${id}`, contactId: id, shadow: person(id) },
      ...{ contentHash: id, seenByRun: 'run', localVersion: 1 },
    })),
  );
  await db.insert(contactWrites).values(
    ids.map((id) => ({
      ...{ id: `op_${id}`, integrationId, runId: 'run', recordId: id, remoteId: `people/${id}` },
      ...{ kind: 'update' as const, localVersion: 2, operation: {} },
    })),
  );
  const writes = await db.select().from(contactWrites).where(eq(contactWrites.integrationId, integrationId));
  const sync = await loadContactSync(db, integrationId);
  if (sync === undefined) throw new Error('contacts are not mapped');
  const fence = { integrationId, generation: 0 };
  const writing = { deps: { db } as ActivityDeps, sync, fence, runId: 'run', stream: 'contacts' };
  const dueLastFirst = writes.toSorted((a, b) => (a.id < b.id ? 1 : -1));

  const batch = await db.transaction(async (other) => {
    await lockContacts(other, owner.userId, ['con_a']);
    const waiting = prepareWrites(
      writing,
      dueLastFirst.map((write) => ({
        write,
        read: { remoteId: write.remoteId as string, raw: person(write.recordId) },
      })),
    );
    await untilBlocked(db);
    await other.execute(sql`select 1 from contacts where id = 'con_b' for update nowait`);
    return { waiting };
  });
  const prepared = await batch.waiting;
  expect([...prepared.values()].map(({ operation }) => operation.kind)).toEqual([
    'update_remote',
    'update_remote',
  ]);
});

it('an account whose plan is applied waits for the work of another account before it takes its own', async () => {
  const { db } = database;
  const owner = await ensureOwner(db);
  const [first, second] = ['int_plan_a', 'int_plan_b'];
  await db.insert(integrations).values(
    [first, second].map((id) => ({
      ...{ id, ...owner, provider: 'google-contacts', authKind: 'oauth' as const, phase: 'active' as const },
      ...{ syncDirection: 'from_provider' as const, approvedDirection: 'from_provider' as const },
    })),
  );
  await db.insert(contacts).values({ id: 'con_plan', ...owner, firstName: 'Ada' });
  const work = [first, second].map((integrationId) => ({
    ...{ integrationId, kind: 'local' as const, key: 'con_plan' },
  }));
  await db.insert(contactWork).values(work);
  const workOf = (integrationId: string) => sql`
    select 1 from contact_work where integration_id = ${integrationId} and key = 'con_plan' for update nowait`;

  const { later } = await db.transaction(async (other) => {
    await other.execute(workOf(first));
    const later = db.transaction((tx) =>
      noteLinksAndUntied(tx, { integrationId: second, userId: owner.userId, wrote: true }),
    );
    await untilBlocked(db);
    await other.execute(workOf(second));
    return { later };
  });
  await later;
});
