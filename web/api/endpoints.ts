/** Every call that the page makes, typed by the API's own contract. */
import type {
  CalendarEvent,
  Collection,
  CollectionsRefreshed,
  ConnectionReport,
  Contact,
  CreatedIntegration,
  CreateTask,
  Document,
  ExternalUser,
  Integration,
  List,
  PatchIntegration,
  PatchTask,
  Provider,
  Run,
  RunMode,
  SearchHit,
  Session,
  SyncAccepted,
  Task,
  TaskStates,
  TaskWithComments,
  TaskWriteAccepted,
  UsersSynced,
  WorkspaceUser,
} from '../../api/contract/index.ts';
import { callApi } from './call-api.ts';

const at = (integrationId: string): string => `/integrations/${encodeURIComponent(integrationId)}`;
const page = (cursor: string | null, limit: number) => ({ limit, cursor: cursor ?? undefined });

export interface TaskFilter {
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
  readonly assigneeUserId?: string | undefined;
  readonly stateCategory?: string | undefined;
}

export interface DocumentFilter {
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
}

/** For lists that are short by nature and shown whole: people of a workspace, calendars, teams. */
async function everyPage<Item>(path: string): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const next: List<Item> = await callApi<List<Item>>(path, { query: page(cursor, 1000) });
    all.push(...next.data);
    cursor = next.nextCursor;
  } while (cursor !== null);
  return all;
}

export const api = {
  session: (signal?: AbortSignal) => callApi<Session>('/session', signal ? { signal } : {}),
  redeemLink: (link: string, embedded: boolean) =>
    callApi<Session>('/sessions/redeem', { method: 'POST', body: { link, embedded } }),

  signOut: () => callApi<undefined>('/session', { method: 'DELETE' }),

  providers: () => callApi<List<Provider>>('/providers'),
  integrations: () => callApi<List<Integration>>('/integrations', { query: { limit: 200 } }),
  integration: (id: string) => callApi<Integration>(at(id)),
  createIntegration: (provider: string, apiKey?: string) =>
    callApi<CreatedIntegration>('/integrations', {
      method: 'POST',
      body: apiKey === undefined ? { provider, auth: 'oauth' } : { provider, auth: 'api_key', apiKey },
    }),
  patchIntegration: (id: string, patch: PatchIntegration) =>
    callApi<Integration>(at(id), { method: 'PATCH', body: patch }),
  deleteIntegration: (id: string, records: 'keep' | 'delete') =>
    callApi<{ operationId: string }>(at(id), { method: 'DELETE', query: { records } }),

  startSync: (id: string, mode: RunMode) =>
    callApi<SyncAccepted>(`${at(id)}/sync`, { method: 'POST', body: { mode } }),
  testConnection: (id: string) => callApi<ConnectionReport>(`${at(id)}/test`, { method: 'POST' }),
  reauthenticate: (id: string) =>
    callApi<{ authorizationUrl: string }>(`${at(id)}/reauthenticate`, { method: 'POST' }),
  replaceApiKey: (id: string, apiKey: string) =>
    callApi<Integration>(`${at(id)}/api-key`, { method: 'PUT', body: { apiKey } }),
  runs: (id: string, cursor: string | null) =>
    callApi<List<Run>>(`${at(id)}/runs`, { query: page(cursor, 20) }),

  collections: (id: string) => everyPage<Collection>(`${at(id)}/collections`),
  patchCollection: (id: string, collectionId: string, subscribed: boolean) =>
    callApi<Collection>(`${at(id)}/collections/${encodeURIComponent(collectionId)}`, {
      method: 'PATCH',
      body: { subscribed },
    }),
  refreshCollections: (id: string) =>
    callApi<CollectionsRefreshed>(`${at(id)}/collections/refresh`, { method: 'POST' }),

  people: (id: string) => everyPage<ExternalUser>(`${at(id)}/users`),
  syncPeople: (id: string) => callApi<UsersSynced>(`${at(id)}/users/sync`, { method: 'POST' }),
  mapPerson: (id: string, externalUserId: string, userId: string | null) =>
    callApi<ExternalUser>(`${at(id)}/users/${encodeURIComponent(externalUserId)}`, {
      method: 'PUT',
      body: { userId },
    }),
  forgetPerson: (id: string, externalUserId: string) =>
    callApi<ExternalUser>(`${at(id)}/users/${encodeURIComponent(externalUserId)}`, { method: 'DELETE' }),
  workspaceUsers: () => everyPage<WorkspaceUser>('/users'),

  tasks: (filter: TaskFilter, cursor: string | null) =>
    callApi<List<Task>>('/tasks', { query: { ...page(cursor, 50), ...filter } }),
  task: (id: string) => callApi<TaskWithComments>(`/tasks/${encodeURIComponent(id)}`),
  taskStates: async (collectionId: string) =>
    (await callApi<TaskStates>('/task-states', { query: { collectionId } })).data,
  createTask: (task: CreateTask, idempotencyKey: string) =>
    callApi<Task | TaskWriteAccepted>('/tasks', { method: 'POST', body: task, idempotencyKey }),
  patchTask: (id: string, patch: PatchTask) =>
    callApi<Task | TaskWriteAccepted>(`/tasks/${encodeURIComponent(id)}`, { method: 'PATCH', body: patch }),

  documents: (filter: DocumentFilter, cursor: string | null) =>
    callApi<List<Document>>('/documents', { query: { ...page(cursor, 50), content: 'false', ...filter } }),
  document: (id: string) => callApi<Document>(`/documents/${encodeURIComponent(id)}`),
  search: (q: string, type: SearchHit['type'] | undefined, cursor: string | null, signal: AbortSignal) =>
    callApi<List<SearchHit>>('/search', { query: { ...page(cursor, 20), q, type }, signal }),

  contacts: (filter: { integrationId?: string | undefined }, cursor: string | null) =>
    callApi<List<Contact>>('/contacts', { query: { ...page(cursor, 200), ...filter } }),
  contact: (id: string) => callApi<Contact>(`/contacts/${encodeURIComponent(id)}`),
  calendarEvents: (
    filter: { integrationId?: string | undefined; calendarId?: string | undefined; from: string; to: string },
    cursor: string | null,
  ) => callApi<List<CalendarEvent>>('/calendar-events', { query: { ...page(cursor, 500), ...filter } }),
};
