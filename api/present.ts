/** Rows to the shapes of the contract: absent instead of null where the contract says so, links where it has them. */
import type { CalendarEventRow } from '../db/queries/calendar-events-read.ts';
import type { CollectionRow } from '../db/queries/collections-read.ts';
import type { LinkedList } from '../db/queries/contact-lists-read.ts';
import type { LinkedContact } from '../db/queries/contacts-read.ts';
import type { DocumentRow } from '../db/queries/documents-read.ts';
import type { RunRow, VisibleIntegration } from '../db/queries/integrations-read.ts';
import type { Attention } from '../db/schema/index.ts';
import type { Config } from '../platform/config.ts';
import type { ProviderAdapter } from '../providers/contract/index.ts';
import { enabledObjects } from '../sync/default-mappings.ts';
import { integrationWorkflowId } from '../workflows/messages.ts';
import type { CalendarEvent } from './contract/calendar-event.ts';
import type { Collection } from './contract/collection.ts';
import type { Contact } from './contract/contact.ts';
import type { ContactList } from './contract/contact-list.ts';
import type { Document } from './contract/document.ts';
import type { Integration } from './contract/integration.ts';
import type { Provider } from './contract/provider.ts';
import type { Run } from './contract/run.ts';
import { type ApiDeps, findProvider } from './deps.ts';
import { missingPermission } from './missing-permission.ts';

type Links = Pick<Config, 'temporalUiUrl' | 'temporalNamespace'>;

function workflowUrl(links: Links, workflowId: string, runId?: string | null): string {
  const url = `${links.temporalUiUrl}/namespaces/${links.temporalNamespace}/workflows/${encodeURIComponent(workflowId)}`;
  return runId ? `${url}/${runId}/history` : url;
}

/** `{ [name]: value }`, or nothing where the value is null or undefined. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [Key in Name]?: Value } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}

export function presentProvider(adapter: ProviderAdapter): Provider {
  return {
    id: adapter.id,
    name: adapter.displayName,
    description: adapter.description,
    category: adapter.category,
    authKinds: [...adapter.authKinds],
    streams: adapter.streams.map(({ name, label, perCollection, enabledBy }) => ({
      ...{ name, label, perCollection },
      ...optional('enabledBy', enabledBy),
    })),
    capabilities: [...adapter.capabilities],
    ...optional('collectionNoun', adapter.collectionNoun),
  };
}

export function presentRun(links: Links, run: RunRow, more: Pick<Run, 'changedLists'> = {}): Run {
  const { read, created, updated, deleted, unchanged, pushed, conflicts, failed } = run;
  return {
    id: run.id,
    mode: run.mode,
    trigger: run.trigger,
    status: run.status,
    startedAt: run.startedAt,
    ...optional('finishedAt', run.finishedAt),
    counts: { read, created, updated, deleted, unchanged, pushed, conflicts, failed },
    ...optional('error', run.error),
    ...optional('notices', run.notices && [...run.notices]),
    ...optional('undoneAt', run.undoneAt),
    ...more,
    workflow: {
      id: run.workflowId,
      runId: run.workflowRunId,
      url: workflowUrl(links, run.workflowId, run.workflowRunId),
    },
  };
}

export function presentIntegration(
  { config: links, catalogue }: Pick<ApiDeps, 'config' | 'catalogue'>,
  visible: VisibleIntegration,
): Integration {
  const { integration, lastRun, counts, granted, objects } = visible;
  const offered = findProvider(catalogue, integration.provider);
  const attention =
    integration.attention ??
    waitingPlan(visible) ??
    (offered && missingPermission(offered, { objects: enabledObjects(objects), granted }));
  const workflowId = integrationWorkflowId(integration.id);
  return {
    id: integration.id,
    provider: integration.provider,
    userId: integration.userId,
    authKind: integration.authKind,
    account:
      integration.accountId === null
        ? null
        : {
            id: integration.accountId,
            name: integration.accountName ?? integration.accountId,
            ...optional('email', integration.accountEmail),
          },
    phase: integration.phase,
    autoSync: integration.autoSync,
    intervalSeconds: integration.intervalSeconds,
    ...optional('syncDirection', integration.syncDirection),
    ...optional('approvedDirection', integration.approvedDirection),
    ...optional('conflictPolicy', integration.conflictPolicy),
    ...optional('lastRun', lastRun === undefined ? undefined : presentRun(links, lastRun)),
    ...optional('nextSyncAt', integration.autoSync ? integration.nextSyncAt : null),
    ...optional('lastSucceededAt', integration.lastSucceededAt),
    counts: { ...counts },
    ...optional('attention', attention),
    workflow: { id: workflowId, url: workflowUrl(links, workflowId) },
    createdAt: integration.createdAt,
  };
}

/** What a person chose and has not seen the plan of. */
function waitingPlan({ integration, mappingsWait }: VisibleIntegration): Attention | undefined {
  const { syncDirection, approvedDirection } = integration;
  if (syncDirection !== null && syncDirection !== (approvedDirection ?? 'from_provider')) {
    return {
      code: 'plan_needed',
      title: 'The new sync direction waits for you.',
      remedy: 'Look at the plan of what it would change on each side, and apply it.',
    };
  }
  if (!mappingsWait) return undefined;
  return {
    code: 'plan_needed',
    title: 'The changed mappings wait for you.',
    remedy: 'Look at the plan of what they would change on each side, and apply it.',
  };
}

export function presentCollection(row: CollectionRow): Collection {
  const { id, remoteId, name, subscribed, recordCount } = row;
  return {
    id,
    remoteId,
    name,
    subscribed,
    recordCount,
    ...optional('color', row.color),
    ...(row.primary ? { primary: true } : {}),
    ...optional('missingSince', row.missingSince),
  };
}

export function presentContact({ contact, sources, listIds }: LinkedContact): Contact {
  const {
    workspaceId: _workspace,
    userId: _user,
    archivedAt,
    editedAt,
    remoteEditedAt: _remoteEdited,
    keptAt: _kept,
    sortName: _sortName,
    customFields,
    ...fields
  } = contact;
  return {
    ...fields,
    customFields: { ...customFields },
    listIds: [...listIds],
    sources: sources.map((source) => ({ ...source })),
    ...optional('archivedAt', archivedAt),
    ...optional('editedAt', editedAt),
  };
}

export function presentContactList({ list, sources, memberCount, takesMembers }: LinkedList): ContactList {
  const { id, name, system, version, archivedAt, editedAt, createdAt, updatedAt } = list;
  const [first] = sources;
  return {
    ...{ id, name, system, takesMembers, memberCount, version, createdAt, updatedAt },
    sources: sources.map((source) => ({ ...source })),
    integrationId: first?.integrationId ?? null,
    remoteId: first?.remoteId ?? null,
    ...optional('archivedAt', archivedAt),
    ...optional('editedAt', editedAt),
  };
}

export function presentDocument(row: DocumentRow): Document {
  const { id, integrationId, collectionId, remoteId, title, properties, url, updatedAt } = row;
  return {
    ...{ id, integrationId, collectionId, remoteId, title },
    ...optional('content', row.content),
    properties: { ...properties },
    url,
    lastEditedAt: row.remoteUpdatedAt,
    updatedAt,
  };
}

export function presentCalendarEvent(row: CalendarEventRow): CalendarEvent {
  const { id, integrationId, collectionId, remoteId, title, description, location } = row;
  return {
    ...{ id, integrationId, collectionId, remoteId, title, description, location },
    start: row.start,
    end: row.end,
    status: row.status,
    recurrence: row.recurrence ?? [],
    seriesId: row.seriesRemoteId,
    originalStart: row.originalStart,
    url: row.url,
    updatedAt: row.updatedAt,
  };
}
