/** Every call that the page makes, typed by the API's own contract. */
import type {
  CalendarEvent,
  Collection,
  CollectionsRefreshed,
  ConnectionReport,
  Contact,
  CreatedIntegration,
  Integration,
  List,
  PatchIntegration,
  Provider,
  Run,
  RunMode,
  Session,
  SyncAccepted,
} from '../../api/contract/index.ts';
import { callApi } from './call-api.ts';

const at = (integrationId: string): string => `/integrations/${encodeURIComponent(integrationId)}`;
const page = (cursor: string | null, limit: number) => ({ limit, cursor: cursor ?? undefined });

export const api = {
  session: (signal?: AbortSignal) => callApi<Session>('/session', signal ? { signal } : {}),
  redeemLink: (link: string) => callApi<Session>('/sessions/redeem', { method: 'POST', body: { link } }),

  signOut: () => callApi<undefined>('/session', { method: 'DELETE' }),

  providers: () => callApi<List<Provider>>('/providers'),
  integrations: () => callApi<List<Integration>>('/integrations', { query: { limit: 200 } }),
  integration: (id: string) => callApi<Integration>(at(id)),
  createIntegration: (provider: string) =>
    callApi<CreatedIntegration>('/integrations', { method: 'POST', body: { provider, auth: 'oauth' } }),
  patchIntegration: (id: string, patch: PatchIntegration) =>
    callApi<Integration>(at(id), { method: 'PATCH', body: patch }),
  deleteIntegration: (id: string, records: 'keep' | 'delete') =>
    callApi<{ operationId: string }>(at(id), { method: 'DELETE', query: { records } }),

  startSync: (id: string, mode: RunMode) =>
    callApi<SyncAccepted>(`${at(id)}/sync`, { method: 'POST', body: { mode } }),
  testConnection: (id: string) => callApi<ConnectionReport>(`${at(id)}/test`, { method: 'POST' }),
  reauthenticate: (id: string) =>
    callApi<{ authorizationUrl: string }>(`${at(id)}/reauthenticate`, { method: 'POST' }),
  runs: (id: string, cursor: string | null) =>
    callApi<List<Run>>(`${at(id)}/runs`, { query: page(cursor, 20) }),

  collections: (id: string) => callApi<List<Collection>>(`${at(id)}/collections`, { query: { limit: 1000 } }),
  patchCollection: (id: string, collectionId: string, subscribed: boolean) =>
    callApi<Collection>(`${at(id)}/collections/${encodeURIComponent(collectionId)}`, {
      method: 'PATCH',
      body: { subscribed },
    }),
  refreshCollections: (id: string) =>
    callApi<CollectionsRefreshed>(`${at(id)}/collections/refresh`, { method: 'POST' }),

  contacts: (filter: { integrationId?: string | undefined }, cursor: string | null) =>
    callApi<List<Contact>>('/contacts', { query: { ...page(cursor, 50), ...filter } }),
  calendarEvents: (
    filter: { integrationId?: string | undefined; calendarId?: string | undefined; from: string; to: string },
    cursor: string | null,
  ) => callApi<List<CalendarEvent>>('/calendar-events', { query: { ...page(cursor, 500), ...filter } }),
};
