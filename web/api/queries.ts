/** What the page keeps of the API's answers: keys, freshness, and how each is asked for again. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import type { Integration, SearchHit, Session } from '../../api/contract/index.ts';
import { keepDraftsOf } from '../ui/use-draft.ts';
import { isBusy } from '../words/state.ts';
import {
  api,
  type ConflictFilter,
  type ContactFilter,
  type DocumentFilter,
  type TaskFilter,
} from './endpoints.ts';
import { ApiProblem, isStatus } from './problem.ts';

/** `ended`: this tab had a session, which is over. */
export type SessionState =
  | { readonly signedIn: Session }
  | { readonly signedIn: null; readonly ended: boolean };

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ client, signal }): Promise<SessionState> => {
    try {
      const signedIn = await api.session(signal);
      // Nor what they had read, which is asked for again as whoever is here now.
      if (keepDraftsOf(signedIn))
        void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      return { signedIn };
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
      const before = client.getQueryData<SessionState>(['session']);
      return { signedIn: null, ended: before !== undefined && (before.signedIn !== null || before.ended) };
    }
  },
  staleTime: 60_000,
  /** Whoever has signed in in another tab goes on here. */
  refetchOnWindowFocus: 'always',
});

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async () => (await api.providers()).data,
  staleTime: 10 * 60_000,
});

export const integrationsQuery = queryOptions({
  queryKey: ['integrations'],
  queryFn: async () => (await api.integrations()).data,
  refetchInterval: ({ state }) => (state.data?.some(isBusy) ? 2_000 : 15_000),
});

export const integrationQuery = (id: string) =>
  queryOptions({
    queryKey: ['integration', id],
    queryFn: () => api.integration(id),
    /** Live events bring changes at once; this covers a line that was cut. */
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 3_000 : 15_000),
  });

export const runsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', id],
    queryFn: ({ pageParam }) => api.runs(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const collectionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['collections', id],
    queryFn: () => api.collections(id),
  });

export const peopleQuery = (id: string) =>
  queryOptions({ queryKey: ['people', id], queryFn: () => api.people(id) });

export const workspaceUsersQuery = queryOptions({
  queryKey: ['workspace-users'],
  queryFn: api.workspaceUsers,
  staleTime: 60_000,
});

export const tasksQuery = (filter: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: ['tasks', filter],
    queryFn: ({ pageParam }) => api.tasks(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const taskQuery = (id: string) =>
  queryOptions({ queryKey: ['task', id], queryFn: () => api.task(id) });

export const taskStatesQuery = (collectionId: string) =>
  queryOptions({
    queryKey: ['task-states', collectionId],
    queryFn: () => api.taskStates(collectionId),
    staleTime: 60_000,
  });

export const documentsQuery = (filter: DocumentFilter) =>
  infiniteQueryOptions({
    queryKey: ['documents', filter],
    queryFn: ({ pageParam }) => api.documents(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const documentQuery = (id: string) =>
  queryOptions({ queryKey: ['document', id], queryFn: () => api.document(id) });

export const searchQuery = (q: string, type: SearchHit['type'] | undefined) =>
  infiniteQueryOptions({
    queryKey: ['search', q, type],
    queryFn: ({ pageParam, signal }) => api.search(q, type, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    enabled: q !== '',
    /** What was found before stays until the new answer is there, so that typing doesn't flicker. */
    placeholderData: keepPreviousData,
  });

export const contactsQuery = (filter: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: ['contacts', filter],
    queryFn: ({ pageParam }) => api.contacts(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    /** Reading hundreds of pages again because the window was left for a moment would help nobody. */
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });

export const contactListsQuery = queryOptions({
  queryKey: ['contact-lists'],
  queryFn: api.contactLists,
  staleTime: 30_000,
});

export const deletedContactListsQuery = queryOptions({
  queryKey: ['contact-lists', 'deleted'],
  queryFn: api.deletedContactLists,
});

export const explanationQuery = (contactId: string) =>
  queryOptions({ queryKey: ['explanation', contactId], queryFn: () => api.explainContact(contactId) });

export const conflictsQuery = (filter: ConflictFilter) =>
  infiniteQueryOptions({
    queryKey: ['conflicts', filter],
    queryFn: ({ pageParam }) => api.conflicts(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const mappingsQuery = (id: string) =>
  queryOptions({
    queryKey: ['mappings', id],
    queryFn: async () => {
      const [objects, fields] = await Promise.all([api.objectMappings(id), api.fieldMappings(id)]);
      return { objects, fields };
    },
  });

export const mappingVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['mappings', id, 'versions'],
    queryFn: async () => (await api.mappingVersions(id)).data,
  });

export const planQuery = (id: string, planId: string) =>
  queryOptions({
    queryKey: ['plan', id, planId],
    queryFn: () => api.plan(id, planId),
    refetchInterval: ({ state }) =>
      state.data?.status === 'computing' || state.data?.status === 'applying' ? 1_000 : false,
  });

export const contactQuery = (id: string) =>
  queryOptions({ queryKey: ['contact', id], queryFn: () => api.contact(id) });

export const calendarEventsQuery = (filter: Parameters<typeof api.calendarEvents>[0]) =>
  infiniteQueryOptions({
    queryKey: ['calendar-events', filter],
    queryFn: ({ pageParam }) => api.calendarEvents(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

/** Puts a newer state of one integration wherever the page shows it. */
export function storeIntegration(client: QueryClient, integration: Integration): void {
  client.setQueryData(integrationQuery(integration.id).queryKey, integration);
  client.setQueryData(integrationsQuery.queryKey, (list) =>
    list?.map((item) => (item.id === integration.id ? integration : item)),
  );
}

export function forgetIntegration(client: QueryClient, id: string): void {
  client.setQueryData(integrationsQuery.queryKey, (list) => list?.filter((item) => item.id !== id));
  for (const name of ['integration', 'runs', 'collections', 'people', 'mappings', 'plan'])
    client.removeQueries({ queryKey: [name, id] });
  void client.invalidateQueries({ queryKey: integrationsQuery.queryKey });
  refetchRecords(client);
}

export async function refetchIntegration(client: QueryClient, id: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: integrationQuery(id).queryKey }),
    client.invalidateQueries({ queryKey: integrationsQuery.queryKey }),
    client.invalidateQueries({ queryKey: runsQuery(id).queryKey }),
  ]);
}

const recordKeys = [
  'conflicts',
  'explanation',
  'contacts',
  'contact',
  'contact-lists',
  'calendar-events',
  'tasks',
  'task',
  'documents',
  'document',
  'search',
];
/** A list that somebody has scrolled through further than this is read again only when it is opened anew. */
const longListPages = 5;

/** What arrived may have changed: what is shown is asked for again, and records of kind `all` however many they are. */
export function refetchRecords(client: QueryClient, { all }: { all?: 'conflicts' } = {}): void {
  void client.invalidateQueries({
    predicate: ({ queryKey, state }) => {
      const pages = (state.data as { pages?: readonly unknown[] } | undefined)?.pages?.length ?? 0;
      return recordKeys.includes(String(queryKey[0])) && (pages <= longListPages || queryKey[0] === all);
    },
  });
}

export function createQueryClient(): QueryClient {
  const sessionOver: SessionState = { signedIn: null, ended: true };
  const onError = (error: unknown): void => {
    if (isStatus(error, 401)) client.setQueryData(sessionQuery.queryKey, sessionOver);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        /** A problem that the API states won't change by asking again; a silent server may come back. */
        retry: (failures, error) => !(error instanceof ApiProblem && error.status < 500) && failures < 2,
        staleTime: 2_000,
      },
      /** A click is sent once: what failed is shown, and the person decides. */
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
