/** A record that a run and a writer beside it bring at the same time is one record, and counts as one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storeOf } from '../activities/records/index.ts';
import type { Transaction } from '../db/client.ts';
import { integrations } from '../db/schema/index.ts';
import type { PersonRecord, RecordKind, TaskRecord } from '../providers/contract/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { untilBlocked } from './support/until-blocked.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
const integrationId = 'int_1';

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'linear', authKind: 'oauth', phase: 'active' },
  });
});
afterAll(() => database.close());

const task: TaskRecord = {
  ...{ remoteId: 'i1', raw: { id: 'i1' }, identifier: null, title: 'A', description: null, state: null },
  ...{ stateCategory: null, priority: 0, assigneeRemoteId: null, projectName: null, labels: [] },
  ...{ dueOn: null, url: null, archived: false },
};
const person: PersonRecord = { remoteId: 'u1', raw: { id: 'u1' }, name: 'A', email: null, active: true };

it.each([
  ['a task', 'task', task],
  ['a person', 'person', person],
] as const)('%s', async (_name, kind: RecordKind, record) => {
  const page = { upserts: [record], deletions: [], next: { kind: 'done', cursor: null } } as const;
  const context = { integrationId, ...owner, stream: kind, collectionId: 'col_1', runId: '' };
  const write = (tx: Transaction) => storeOf(kind).prepare(page)(tx, context);
  const { first, second } = await database.db.transaction(async (tx) => {
    const first = await write(tx);
    const second = database.db.transaction(write);
    await untilBlocked(database.db);
    return { first, second };
  });
  expect(first.created + (await second).created).toBe(1);
});
