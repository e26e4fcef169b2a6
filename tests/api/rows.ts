/** Rows that a test needs to be there already. */
import type { Database } from '../../db/client.ts';
import { hashSecret, newId } from '../../db/ids.ts';
import {
  apiKeys,
  calendarEvents,
  collections,
  contactConflicts,
  contactLinks,
  contactLists,
  contactPlans,
  contacts,
  documents,
  integrations,
  listLinks,
  people,
  runs,
  streamCursors,
  tasks,
  watches,
} from '../../db/schema/index.ts';
import type { Tenant } from './world.ts';

export interface SeededIntegration {
  readonly id: string;
  readonly collectionId: string;
  readonly runId: string;
  readonly contactId: string;
  readonly listId: string;
  readonly taskId: string;
  readonly documentId: string;
  readonly conflictId: string;
  readonly planId: string;
  /** A further key of the workspace. */
  readonly keyId: string;
  readonly channelId: string;
  readonly channelToken: string;
}

/** An active Google Calendar with one of everything. */
export async function seedIntegration(
  db: Database,
  tenant: Pick<Tenant, 'workspaceId' | 'userId'>,
  values: Partial<typeof integrations.$inferInsert> = {},
): Promise<SeededIntegration> {
  const id = newId('int');
  const owner = { workspaceId: tenant.workspaceId, userId: tenant.userId };
  const collectionId = newId('col');
  const seeded = {
    ...{ id, collectionId, runId: newId('run'), contactId: newId('con'), taskId: newId('tsk') },
    ...{
      listId: newId('lst'),
      documentId: newId('doc'),
      conflictId: `cfl_${id}`,
      planId: `pln_${id}`,
      keyId: newId('key'),
    },
    ...{ channelId: newId('wch'), channelToken: `token-of-${id}` },
  };
  await db.insert(integrations).values({
    ...{ id, ...owner, provider: 'google-calendar', authKind: 'oauth', phase: 'active' },
    ...{ accountId: `acc-${id}`, accountName: 'Ada', accountEmail: 'ada@example.com' },
    ...values,
  });
  await db.insert(apiKeys).values({
    ...{ id: seeded.keyId, workspaceId: tenant.workspaceId, tokenHash: seeded.keyId, name: 'further' },
  });
  await db.insert(collections).values({
    ...{
      id: collectionId,
      integrationId: id,
      remoteId: 'primary',
      name: 'Ada',
      primary: true,
      subscribed: true,
    },
  });
  await db
    .insert(streamCursors)
    .values({ integrationId: id, stream: 'events', collectionId, recordCount: 1 });
  await db.insert(runs).values({
    ...{ id: seeded.runId, integrationId: id, operationId: newId('op'), mode: 'full', trigger: 'connect' },
    ...{ status: 'succeeded', workflowId: `sync:${id}:op`, finishedAt: new Date().toISOString() },
  });
  await db
    .insert(contacts)
    .values({ id: seeded.contactId, ...owner, firstName: 'Mary', email: 'Mary@example.com' });
  await db.insert(contactLinks).values({
    ...{ integrationId: id, stream: 'contacts', remoteId: 'people/c1', contentHash: 'h', shadow: {} },
    ...{ seenByRun: seeded.runId, contactId: seeded.contactId },
  });
  await db.insert(contactLists).values({ id: seeded.listId, ...owner, name: 'Friends' });
  await db.insert(listLinks).values({
    ...{
      integrationId: id,
      remoteId: 'contactGroups/1',
      contentHash: 'h',
      shadow: {},
      listId: seeded.listId,
    },
    ...{ remoteName: 'Friends', baseName: 'Friends', system: false },
  });
  await db.insert(contactConflicts).values({
    ...{
      id: seeded.conflictId,
      ...owner,
      integrationId: id,
      runId: seeded.runId,
      contactId: seeded.contactId,
    },
    ...{
      remoteId: 'people/c1',
      field: 'jobTitle',
      winner: 'provider',
      localValue: 'Cook',
      remoteValue: 'Chef',
    },
  });
  await db.insert(contactPlans).values({
    ...{ id: seeded.planId, integrationId: id, reason: 'direction', status: 'ready' },
    ...{ syncDirection: 'bidirectional', mappingVersion: 1 },
  });
  await db.insert(documents).values({
    ...{ id: seeded.documentId, ...owner, integrationId: id, collectionId, remoteId: 'page-1' },
    ...{ contentHash: 'h', textHash: 'h', raw: {}, title: 'Recipes', content: 'Tea', properties: {} },
  });
  await db.insert(watches).values({
    ...{ id: seeded.channelId, integrationId: id, collectionId, resourceId: 'r1' },
    ...{
      tokenHash: hashSecret(seeded.channelToken),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    },
  });
  await db.insert(people).values({
    ...{
      id: newId('per'),
      ...owner,
      integrationId: id,
      remoteId: 'remote-person',
      contentHash: 'h',
      raw: {},
    },
    ...{ name: 'Ada', active: true },
  });
  await db.insert(tasks).values({
    ...{
      id: seeded.taskId,
      ...owner,
      integrationId: id,
      collectionId,
      remoteId: 'issue-1',
      contentHash: 'h',
    },
    ...{ raw: {}, title: 'Mend the kettle', labels: [], archived: false },
  });
  await seedEvent(db, tenant, seeded, { title: 'Standup' });
  return seeded;
}

export async function seedEvent(
  db: Database,
  tenant: Pick<Tenant, 'workspaceId' | 'userId'>,
  of: { id: string; collectionId: string },
  values: Partial<typeof calendarEvents.$inferInsert>,
): Promise<string> {
  const id = newId('evt');
  await db.insert(calendarEvents).values({
    ...{ id, workspaceId: tenant.workspaceId, userId: tenant.userId },
    ...{ integrationId: of.id, collectionId: of.collectionId, remoteId: id, contentHash: 'h', raw: {} },
    ...{ status: 'confirmed', startsAt: '2026-11-23T09:00:00Z', endsAt: '2026-11-23T10:00:00Z' },
    ...values,
  });
  return id;
}
