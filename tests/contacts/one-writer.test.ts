/** One integration of a Google account writes at a time, also while a try that was given up is still at it. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { carryLists } from '../../activities/contacts/carry-lists.ts';
import { createWriteContacts, type WriteContactsResult } from '../../activities/contacts/write-contacts.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { newId } from '../../db/ids.ts';
import { insertContactList } from '../../db/queries/contact-list-edits.ts';
import { noteListWork } from '../../db/queries/contact-work.ts';
import { storeCredential } from '../../db/queries/credentials.ts';
import { contacts, contactWrites, integrations } from '../../db/schema/index.ts';
import { createSealer } from '../../db/sealing.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';

const sealer = createSealer(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
let grantKey: string;
let made = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

interface Call {
  readonly name: string;
  readonly answer: () => void;
}
/** Calls on their way, which nobody has answered yet. */
let calls: Call[];
/** Nobody may call now: nobody would answer, either. */
let isClosed: boolean;
beforeEach(() => {
  calls = [];
  isClosed = false;
  grantKey = `google:${newId('int')}`;
});

const call = (name: string): Promise<void> =>
  new Promise((answer, refuse) => {
    if (isClosed) refuse(new Error(`${name} was called for while somebody else has the account`));
    else calls.push({ name, answer });
  });

const adapter = {
  ...googleContacts,
  openSession: () => ({
    contacts: {
      create: async (person: { names: { givenName: string }[] }) => {
        await call(person.names[0]?.givenName ?? '');
        return { remoteId: `people/${++made}`, raw: person };
      },
    },
    contactLists: {
      create: async (name: string) => {
        await call(name);
        const remoteId = `contactGroups/${++made}`;
        return { remoteId, name, system: false, raw: { name } };
      },
    },
  }),
};
const deps = () =>
  ({ db: database.db, sealer, provider: () => ({ adapter, environment: {} }) }) as unknown as ActivityDeps;

/** An integration of the account, and a run of it. */
async function connect() {
  const integrationId = newId('int');
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ syncDirection: 'to_provider', approvedDirection: 'to_provider' },
  });
  const tokens = { accessToken: 'token', refreshToken: 'token', expiresAt: '2099-01-01T00:00:00Z' };
  await storeCredential(database.db, sealer, { integrationId, grantKey, tokens });
  return { integrationId, generation: 0, runId: newId('run'), isRead: false };
}

type Input = Awaited<ReturnType<typeof connect>>;

async function intend({ integrationId, runId }: Input, firstName: string): Promise<void> {
  const recordId = newId('con');
  await database.db.insert(contacts).values({ id: recordId, ...owner, firstName });
  await database.db.insert(contactWrites).values({
    ...{ id: newId('op'), integrationId, runId, recordId, kind: 'create', localVersion: 1 },
    operation: { kind: 'create_remote', contactId: recordId, localVersion: 1, body: {}, sent: {} },
  });
}

const write = (input: Input): Promise<WriteContactsResult> =>
  new MockActivityEnvironment().run(createWriteContacts(deps()), input);

const nth = async (count: number): Promise<Call> => {
  await expect.poll(() => calls.length).toBeGreaterThanOrEqual(count);
  return calls[count - 1] as Call;
};

const expectBusy = async (tried: () => Promise<unknown>): Promise<void> => {
  isClosed = true;
  await expect(tried()).rejects.toMatchObject(isBusy);
  isClosed = false;
};

const isBusy = { kind: 'rate_limited', message: 'Another integration is writing to this account.' };

it('a try that was given up leaves the account to the next one as it ends, and no other integration comes in between', async () => {
  const [one, other] = [await connect(), await connect()];
  await intend(one, 'Ada');
  const former = write(one);
  const held = await nth(1);
  await intend(one, 'Bo');
  const next = write(one);
  const atWork = await nth(2);
  held.answer();
  expect(await former).toMatchObject({ next: 'done', pushed: 1 });
  await intend(other, 'Cy');
  await expectBusy(() => write(other));
  atWork.answer();
  expect(await next).toMatchObject({ next: 'done', pushed: 1 });
  const free = write(other);
  (await nth(3)).answer();
  expect(await free).toMatchObject({ next: 'done', pushed: 1 });
  expect(calls.map(({ name }) => name)).toEqual(['Ada', 'Bo', 'Cy']);
});

it('a try that was given up writes nothing more once the next one has the account', async () => {
  const one = await connect();
  await intend(one, 'Ada');
  const former = write(one);
  const held = await nth(1);
  await intend(one, 'Bo');
  const next = write(one);
  const atWork = await nth(2);
  await intend(one, 'Cy');
  await expectBusy(() => {
    held.answer();
    return former;
  });
  expect(calls.map(({ name }) => name)).toEqual(['Ada', 'Bo']);
  atWork.answer();
  (await nth(3)).answer();
  expect(await next).toMatchObject({ next: 'done', pushed: 2 });
});

it('an intent is marked as sent before its call, and no other try sends it once more', async () => {
  const one = await connect();
  await intend(one, 'Ada');
  const former = write(one);
  const held = await nth(1);
  const intents = await database.db
    .select({ state: contactWrites.state, kind: contactWrites.kind })
    .from(contactWrites)
    .where(eq(contactWrites.integrationId, one.integrationId));
  expect(intents).toEqual([{ state: 'sent', kind: 'create' }]);
  expect(await write(one)).toMatchObject({ next: 'done', pushed: 0 });
  expect(calls.map(({ name }) => name)).toEqual(['Ada']);
  held.answer();
  expect(await former).toMatchObject({ next: 'done', pushed: 1 });
});

it('a try that was given up while it carried lists leaves the account to the next one, too', async () => {
  const [one, other] = [await connect(), await connect()];
  const carry = (input: Input) => new MockActivityEnvironment().run(() => carryLists(deps(), input));
  const id = newId('lst');
  await database.db.transaction(async (tx) => {
    await noteListWork(tx, { userId: owner.userId, listIds: [id] });
    await insertContactList(tx, { id, ...owner, name: 'Crew' });
  });
  const former = carry(one);
  const held = await nth(1);
  const next = carry(one);
  const atWork = await nth(2);
  held.answer();
  await former;
  await expectBusy(() => carry(other));
  atWork.answer();
  await next;
});
