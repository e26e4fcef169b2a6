/** Every call that the page makes, typed by the API's own contract. */
import type {
  AppliedPlan,
  CalendarEvent,
  Collection,
  CollectionsRefreshed,
  Conflict,
  ConnectionReport,
  Contact,
  ContactExplanation,
  ContactList,
  CreateContact,
  CreatedIntegration,
  CreateTask,
  Document,
  ExternalUser,
  FieldMapping,
  FieldMappings,
  Integration,
  List,
  ListMembership,
  MappingChange,
  MappingPreview,
  MappingVersion,
  ObjectMapping,
  ObjectMappings,
  PatchContact,
  PatchIntegration,
  PatchTask,
  Plan,
  PlanDecision,
  PreviewMappings,
  Provider,
  ResolveConflict,
  Run,
  RunMode,
  SearchHit,
  Session,
  SyncAccepted,
  SyncDirection,
  Task,
  TaskStates,
  TaskWithComments,
  TaskWriteAccepted,
  UndoReport,
  UsersSynced,
  WorkspaceUser,
  WrittenContact,
} from '../../api/contract/index.ts';
import { callApi } from './call-api.ts';

const contactAt = (id: string): string => `/contacts/${encodeURIComponent(id)}`;
const listAt = (id: string): string => `/contact-lists/${encodeURIComponent(id)}`;
const at = (integrationId: string): string => `/integrations/${encodeURIComponent(integrationId)}`;
const page = (cursor: string | null, limit: number) => ({ limit, cursor: cursor ?? undefined });

export interface TaskFilter {
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
  readonly assigneeUserId?: string | undefined;
  readonly stateCategory?: string | undefined;
}

export interface ContactFilter {
  readonly integrationId?: string | undefined;
  readonly listId?: string | undefined;
  readonly archived?: 'true' | undefined;
}

export interface ConflictFilter {
  readonly integrationId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly open?: string | undefined;
}

export interface DocumentFilter {
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
}

/** For lists that are short by nature and shown whole: people of a workspace, calendars, teams. */
async function everyPage<Item>(path: string, filter: Record<string, string> = {}): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const next: List<Item> = await callApi<List<Item>>(path, {
      query: { ...page(cursor, 1000), ...filter },
    });
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
  patchTask: (id: string, patch: PatchTask, idempotencyKey: string) =>
    callApi<Task | TaskWriteAccepted>(`/tasks/${encodeURIComponent(id)}`, {
      method: 'PATCH',
      body: patch,
      idempotencyKey,
    }),

  documents: (filter: DocumentFilter, cursor: string | null) =>
    callApi<List<Document>>('/documents', { query: { ...page(cursor, 50), content: 'false', ...filter } }),
  document: (id: string) => callApi<Document>(`/documents/${encodeURIComponent(id)}`),
  search: (q: string, type: SearchHit['type'] | undefined, cursor: string | null, signal: AbortSignal) =>
    callApi<List<SearchHit>>('/search', { query: { ...page(cursor, 20), q, type }, signal }),

  contacts: (filter: ContactFilter, cursor: string | null) =>
    callApi<List<Contact>>('/contacts', { query: { ...page(cursor, 200), order: 'name', ...filter } }),
  contact: (id: string) => callApi<Contact>(contactAt(id), { query: { includeArchived: 'true' } }),
  patchContact: (id: string, ifVersion: number, patch: PatchContact) =>
    callApi<WrittenContact>(contactAt(id), { method: 'PATCH', body: patch, ifVersion }),
  createContact: (contact: CreateContact, idempotencyKey: string) =>
    callApi<WrittenContact>('/contacts', { method: 'POST', body: contact, idempotencyKey }),
  archiveContact: (id: string) => callApi<WrittenContact>(contactAt(id), { method: 'DELETE' }),
  restoreContact: (id: string) => callApi<WrittenContact>(`${contactAt(id)}/restore`, { method: 'POST' }),
  explainContact: (id: string) => callApi<ContactExplanation>(`${contactAt(id)}/explain`),

  contactLists: () => everyPage<ContactList>('/contact-lists'),
  deletedContactLists: () => everyPage<ContactList>('/contact-lists', { archived: 'true' }),
  createContactList: (name: string, idempotencyKey: string) =>
    callApi<ContactList>('/contact-lists', { method: 'POST', body: { name }, idempotencyKey }),
  renameContactList: (id: string, ifVersion: number, name: string) =>
    callApi<ContactList>(listAt(id), { method: 'PATCH', body: { name }, ifVersion }),
  archiveContactList: (id: string) => callApi<ContactList>(listAt(id), { method: 'DELETE' }),
  restoreContactList: (id: string) => callApi<ContactList>(`${listAt(id)}/restore`, { method: 'POST' }),
  setMembership: (listId: string, contactId: string, member: boolean) =>
    callApi<ListMembership>(`${listAt(listId)}/members/${encodeURIComponent(contactId)}`, {
      method: member ? 'PUT' : 'DELETE',
    }),

  conflicts: (filter: ConflictFilter, cursor: string | null) =>
    callApi<List<Conflict>>('/conflicts', { query: { ...page(cursor, 50), ...filter } }),
  resolveConflict: (id: string, resolution: ResolveConflict) =>
    callApi<Conflict>(`/conflicts/${encodeURIComponent(id)}/resolve`, { method: 'POST', body: resolution }),

  objectMappings: (id: string) => callApi<ObjectMappings>(`${at(id)}/object-mappings`),
  fieldMappings: (id: string) => callApi<FieldMappings>(`${at(id)}/field-mappings`),
  putObjectMappings: (id: string, data: readonly ObjectMapping[], version: number) =>
    callApi<MappingChange>(`${at(id)}/object-mappings`, { method: 'PUT', body: { data, version } }),
  putFieldMappings: (id: string, data: readonly FieldMapping[], version: number) =>
    callApi<MappingChange>(`${at(id)}/field-mappings`, { method: 'PUT', body: { data, version } }),
  previewMappings: (id: string, mappings: PreviewMappings, signal: AbortSignal) =>
    callApi<MappingPreview>(`${at(id)}/mappings/preview`, { method: 'POST', body: mappings, signal }),
  mappingVersions: (id: string) => callApi<List<MappingVersion>>(`${at(id)}/mapping-versions`),
  restoreMappings: (id: string, version: number) =>
    callApi<MappingChange>(`${at(id)}/mapping-versions/${version}/restore`, { method: 'POST' }),

  createPlan: (id: string, syncDirection?: SyncDirection) =>
    callApi<Plan>(`${at(id)}/plan`, { method: 'POST', body: syncDirection ? { syncDirection } : {} }),
  plan: (id: string, planId: string) => callApi<Plan>(`${at(id)}/plans/${encodeURIComponent(planId)}`),
  applyPlan: (id: string, planId: string, decisions: readonly PlanDecision[]) =>
    callApi<AppliedPlan>(`${at(id)}/plans/${encodeURIComponent(planId)}/apply`, {
      method: 'POST',
      body: { decisions },
    }),
  rejectPlan: (id: string, planId: string) =>
    callApi<Plan>(`${at(id)}/plans/${encodeURIComponent(planId)}/reject`, { method: 'POST' }),
  undoRun: (id: string, runId: string) =>
    callApi<UndoReport>(`${at(id)}/runs/${encodeURIComponent(runId)}/undo`, { method: 'POST' }),

  calendarEvents: (
    filter: { integrationId?: string | undefined; calendarId?: string | undefined; from: string; to: string },
    cursor: string | null,
  ) => callApi<List<CalendarEvent>>('/calendar-events', { query: { ...page(cursor, 500), ...filter } }),
};
