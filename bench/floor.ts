/** The least that any sync of Google's must do: fetch the same pages and write each, two pages in flight. */
import type { Running } from '../dev/running-file.ts';
import { type FloorResult, timeFloor, type WritePage } from './floor-table.ts';

type Page = { items: { id: string }[]; nextPageToken?: string };

/** Fetches every page by `fetchPage(pageToken)` and writes each. */
async function pump(
  write: WritePage,
  fetchPage: (pageToken: string | undefined) => Promise<Page>,
): Promise<void> {
  let pending: Promise<Page> | undefined = fetchPage(undefined);
  while (pending !== undefined) {
    const page: Page = await pending;
    pending = page.nextPageToken === undefined ? undefined : fetchPage(page.nextPageToken);
    await write(page.items);
  }
}

export async function runFloor(running: Running, provider: string): Promise<FloorResult> {
  const origin = running.sandboxUrl as string;
  const token = await signIn(origin);
  const get = async (url: string): Promise<Record<string, unknown>> => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as Record<string, unknown>;
  };
  return timeFloor(running.databaseUrl, (write) => readAll(write, { origin, provider, get }));
}

async function readAll(
  write: WritePage,
  from: { origin: string; provider: string; get: (url: string) => Promise<Record<string, unknown>> },
): Promise<void> {
  const { origin, provider, get } = from;
  if (provider === 'google-contacts') {
    const fields =
      'addresses,biographies,birthdays,clientData,emailAddresses,events,externalIds,genders,imClients,interests,locales,locations,memberships,metadata,miscKeywords,names,nicknames,occupations,organizations,phoneNumbers,relations,sipAddresses,urls,userDefined';
    await pump(write, async (pageToken) => {
      const page = pageToken === undefined ? '' : `&pageToken=${encodeURIComponent(pageToken)}`;
      const answer = await get(
        `${origin}/v1/people/me/connections?pageSize=1000&requestSyncToken=true&sources=READ_SOURCE_TYPE_CONTACT&personFields=${fields}${page}`,
      );
      const people = (answer.connections ?? []) as { resourceName: string; id: string }[];
      for (const person of people) person.id = person.resourceName;
      return { items: people, ...tokenOf(answer) };
    });
  } else {
    const list = await get(`${origin}/calendar/v3/users/me/calendarList`);
    for (const calendar of list.items as { id: string }[]) {
      await pump(write, async (pageToken) => {
        const page = pageToken === undefined ? '' : `&pageToken=${encodeURIComponent(pageToken)}`;
        const id = encodeURIComponent(calendar.id);
        const answer = await get(`${origin}/calendar/v3/calendars/${id}/events?maxResults=2500${page}`);
        return { items: answer.items as { id: string }[], ...tokenOf(answer) };
      });
    }
  }
}

const tokenOf = (answer: Record<string, unknown>) =>
  typeof answer.nextPageToken === 'string' ? { nextPageToken: answer.nextPageToken } : {};

/** A token for the stand-in's first account, by its own consent that answers at once. */
async function signIn(origin: string): Promise<string> {
  const redirectUri = 'http://127.0.0.1/floor';
  const scopes = ['calendar.readonly', 'contacts.readonly'].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  );
  const query = new URLSearchParams({
    client_id: 'sandbox-google-client',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: scopes.join(' '),
    state: 'floor',
  });
  const consented = await fetch(`${origin}/o/oauth2/v2/auth?${query}`, { redirect: 'manual' });
  const code = new URL(consented.headers.get('location') as string).searchParams.get('code') as string;
  const answer = await fetch(`${origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      code,
      client_id: 'sandbox-google-client',
      client_secret: 'sandbox-google-secret',
      redirect_uri: redirectUri,
      grant_type: 'authorization_code',
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
