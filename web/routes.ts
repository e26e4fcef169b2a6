/** The page's addresses, to write and to read. Pure. */

export const paths = {
  integrations: '/settings/integrations',
  integration: (id: string, tab?: string) =>
    `/settings/integrations/${encodeURIComponent(id)}${tab ? `/${tab}` : ''}`,
  contacts: (integrationId?: string) => withFilter('/data/contacts', integrationId),
  calendar: (integrationId?: string) => withFilter('/data/calendar', integrationId),
};

const withFilter = (path: string, integrationId?: string): string =>
  integrationId ? `${path}?integrationId=${encodeURIComponent(integrationId)}` : path;

export type Route =
  | { readonly page: 'sign-in' }
  | { readonly page: 'integrations' }
  | { readonly page: 'integration'; readonly id: string; readonly tab: string | undefined }
  | { readonly page: 'contacts' | 'calendar'; readonly integrationId: string | undefined }
  | { readonly page: 'unknown' };

export function readRoute(location: { pathname: string; search: string }): Route {
  const [first, second, third, tab, more] = location.pathname.split('/').filter(Boolean).map(decode);
  if (first === 'sign-in' && !second) return { page: 'sign-in' };
  if (!first || (first === 'settings' && (!second || (second === 'integrations' && !third))))
    return { page: 'integrations' };
  if (first === 'settings' && second === 'integrations' && third && !more)
    return { page: 'integration', id: third, tab };
  if (first === 'data' && (second === 'contacts' || second === 'calendar') && !third)
    return {
      page: second,
      integrationId: new URLSearchParams(location.search).get('integrationId') ?? undefined,
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
