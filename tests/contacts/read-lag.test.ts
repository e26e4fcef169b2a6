/** How long a provider's reads may lag its writes is a setting of the workers (rule 13's D). */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadContactSync } from '../../activities/contacts/contact-sync.ts';
import { recoverCreates } from '../../activities/contacts/recover-creates.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { contactStore } from '../../activities/records/contacts.ts';
import { newId } from '../../db/ids.ts';
import { contactLinks, contacts, contactWrites, integrations, streamCursors } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { readGraceMs } from '../../worker/settings.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

const minuteMs = 60_000;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * minuteMs).toISOString();
const deps = (env: Record<string, string>) =>
  ({
    ...{ db: database.db, graceMs: readGraceMs(env) },
    provider: () => ({ adapter: googleContacts, environment: {} }),
  }) as unknown as ActivityDeps;

/** Of an account that was listed whole a minute ago. */
async function connect(): Promise<string> {
  const integrationId = newId('int');
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
  });
  await database.db.insert(streamCursors).values({
    ...{ integrationId, stream: 'contacts', collectionId: '', cursor: 'token', fullListedAt: minutesAgo(1) },
  });
  return integrationId;
}

const waits = { HARMONY_READ_LAG_MINUTES: '40' };
const cases = [
  [{}, false],
  [waits, true],
] as const;

it.each(cases)('a create whose answer was lost is sent again only after that: %j', async (env, isEarly) => {
  const integrationId = await connect();
  const recordId = newId('con');
  await database.db.insert(contacts).values({ id: recordId, ...owner, firstName: 'Ada' });
  const [id, runId] = [newId('op'), newId('run')];
  await database.db.insert(contactWrites).values({
    ...{ id, integrationId, runId, recordId, kind: 'create', state: 'unknown', localVersion: 1 },
    operation: { kind: 'create_remote', contactId: recordId, localVersion: 1, body: {}, sent: {} },
    ...{ sentAt: minutesAgo(20), createdAt: minutesAgo(20) },
  });
  const sync = await loadContactSync(database.db, integrationId);
  if (sync === undefined) throw new Error('contacts are not mapped');
  const fence = { integrationId, generation: 0 };
  await recoverCreates(deps(env), { sync, fence, runId, provider: 'google-contacts' });
  const writes = await database.db
    .select({ state: contactWrites.state })
    .from(contactWrites)
    .where(eq(contactWrites.integrationId, integrationId))
    .orderBy(contactWrites.id);
  expect(writes).toEqual(isEarly ? [{ state: 'unknown' }] : [{ state: 'dropped' }, { state: 'planned' }]);
});

it.each(cases)('a contact that a listing lacks is gone only after that: %j', async (env, isEarly) => {
  const integrationId = await connect();
  const key = { integrationId, stream: 'contacts', collectionId: '' };
  await database.db.insert(contactLinks).values({
    ...{ integrationId, stream: 'contacts', remoteId: 'people/c1', contactId: newId('con'), shadow: {} },
    ...{ contentHash: 'h', seenByRun: 'run', updatedAt: minutesAgo(20) },
  });
  const settings = await contactStore.loadSettings?.(deps(env), key);
  await database.db.transaction((tx) => contactStore.remove(tx, key, ['people/c1'], settings));
  const [link] = await database.db
    .select({ goneSince: contactLinks.tombstonedAt })
    .from(contactLinks)
    .where(eq(contactLinks.integrationId, integrationId));
  expect(link?.goneSince === null).toBe(isEarly);
});

it('is 15 minutes where nobody set it, and never less nor as long as what no longer lags', () => {
  expect(readGraceMs({ HARMONY_READ_LAG_MINUTES: '' })).toBe(15 * minuteMs);
  for (const wrong of ['14', '721', 'long'])
    expect(() => readGraceMs({ HARMONY_READ_LAG_MINUTES: wrong })).toThrow();
});
