/** The page's addresses, to write and to read. Pure. */

const dataPages = ['contacts', 'calendar', 'tasks', 'documents'] as const;
export type DataPage = (typeof dataPages)[number];

export const paths = {
  integrations: '/settings/integrations',
  integration: (id: string, tab?: string) =>
    `/settings/integrations/${encodeURIComponent(id)}${tab ? `/${tab}` : ''}`,
  plan: (id: string, planId: string) =>
    `/settings/integrations/${encodeURIComponent(id)}/plan/${encodeURIComponent(planId)}`,
  /** The inbox of one integration, of one contact alone. */
  conflicts: (integrationId: string, contactId: string) =>
    withQuery(paths.integration(integrationId, 'conflicts'), { contactId }),
  data: (page: DataPage, integrationId?: string) => withQuery(`/data/${page}`, { integrationId }),
  /** The contacts on one list. */
  list: (listId: string) => withQuery('/data/contacts', { listId }),
  archivedContacts: '/data/contacts?archived=true',
  item: (page: Exclude<DataPage, 'calendar'>, id: string) => `/data/${page}/${encodeURIComponent(id)}`,
  search: (query: { q?: string | undefined; type?: string | undefined } = {}) => withQuery('/search', query),
};

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  return search.size === 0 ? path : `${path}?${search}`;
}

export type Route =
  | { readonly page: 'sign-in' }
  | { readonly page: 'integrations' }
  | {
      readonly page: 'integration';
      readonly id: string;
      readonly tab: string | undefined;
      readonly planId: string | undefined;
      /** Whose conflicts are shown; of everybody without it. */
      readonly contactId: string | undefined;
    }
  | {
      readonly page: DataPage;
      readonly id: string | undefined;
      /** What only one integration brought, or is on one contact list. */
      readonly integrationId: string | undefined;
      readonly listId: string | undefined;
      /** Contacts and lists that were archived, in place of those that are there. */
      readonly archived: boolean;
    }
  | { readonly page: 'search'; readonly q: string; readonly type: string | undefined }
  | { readonly page: 'unknown' };

/** An embedded page has the same addresses below /embed. */
export const embedPrefix = '/embed';

export function readRoute(location: { pathname: string; search: string }): Route {
  const segments = location.pathname.split('/').filter(Boolean).map(decode);
  if (`/${segments[0]}` === embedPrefix) segments.shift();
  const [first, second, third, tab, planId, more] = segments;
  const query = new URLSearchParams(location.search);
  if (first === 'sign-in' && !second) return { page: 'sign-in' };
  if (first === 'search' && !second)
    return { page: 'search', q: query.get('q') ?? '', type: query.get('type') ?? undefined };
  if (!first || (first === 'settings' && (!second || (second === 'integrations' && !third))))
    return { page: 'integrations' };
  if (
    first === 'settings' &&
    second === 'integrations' &&
    third &&
    !more &&
    (planId === undefined || tab === 'plan')
  )
    return { page: 'integration', id: third, tab, planId, contactId: query.get('contactId') ?? undefined };
  const page = dataPages.find((name) => name === second);
  if (first === 'data' && page && !tab && !(page === 'calendar' && third))
    return {
      page,
      id: third,
      integrationId: query.get('integrationId') ?? undefined,
      listId: query.get('listId') ?? undefined,
      archived: query.get('archived') === 'true',
    };
  return { page: 'unknown' };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
