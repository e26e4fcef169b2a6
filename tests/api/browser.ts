/** Follows a sign-in as a browser would: keeps our cookies, sends them back to us, and goes where it is sent. */
import { expect } from 'vitest';
import { type Answer, readCookies } from './client.ts';
import type { ApiWorld } from './world.ts';

export interface Browser {
  readonly cookies: Record<string, string>;
  /** Opens one of our addresses; redirects are not followed. */
  open(url: string): Promise<Answer>;
  /** Our hop, then the provider's consent page (which answers by itself), up to the address of our callback. */
  consent(authorizationUrl: string): Promise<string>;
}

export function openBrowser(world: ApiWorld, cookies: Record<string, string> = {}): Browser {
  const open = async (url: string) => {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const answer = await world.stranger.get(url, { headers: { cookie } });
    Object.assign(cookies, readCookies(answer));
    return answer;
  };
  return {
    cookies,
    open,
    async consent(authorizationUrl) {
      const hop = await open(authorizationUrl);
      const consentPage = hop.headers.get('location');
      if (consentPage === null) throw new Error(`the hop answered ${hop.status}: ${hop.text}`);
      const consented = await fetch(consentPage, { redirect: 'manual' });
      const callback = consented.headers.get('location');
      if (callback === null) throw new Error(`the consent answered ${consented.status}`);
      return callback;
    },
  };
}

/** What the page tells its opener; undefined when it tells nobody. */
export function readMessage(page: Answer): unknown {
  const found = /const message = (\{.*?\});/.exec(page.text)?.[1];
  return found === undefined ? undefined : JSON.parse(found);
}

/** Asks until the answer suits; throws with the last one when it never does. */
export async function eventually(
  ask: () => Promise<Answer>,
  suits: (answer: Answer) => boolean,
  timeoutMs = 20_000,
) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (suits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${answer.status}: ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Begins a sign-in as Ada: its integration, the address to open, and how the integration stands. */
export async function beginSignIn(world: ApiWorld, provider = 'google-contacts') {
  const answer = await world.ada.asUser.post('/v1/integrations', { body: { provider } });
  expect(answer.status, answer.text).toBe(201);
  const id = answer.body.integration.id as string;
  return {
    id,
    url: answer.body.authorizationUrl as string,
    get: () => world.ada.asUser.get(`/v1/integrations/${id}`),
  };
}
