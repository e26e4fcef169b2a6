/** Drives a running stack as a person and their scripts would: for the demo, the benchmarks and the system tests. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from './running-file.ts';

export interface RunView {
  readonly id: string;
  readonly mode: string;
  readonly trigger: string;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string; readonly title: string; readonly remedy: string };
  readonly notices?: readonly { readonly code: string; readonly title: string; readonly remedy: string }[];
}

export interface IntegrationView {
  readonly id: string;
  readonly phase: string;
  readonly account: { readonly id: string; readonly name: string; readonly email?: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly lastRun?: RunView;
  readonly attention?: { readonly code: string; readonly title: string; readonly remedy: string };
  readonly workflow: { readonly id: string; readonly url: string };
}

export interface Driver {
  /** Calls the API with the workspace key, for the first user. Throws on any status of 400 or above. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The status that the API answers, whatever it is. */
  status(method: string, path: string): Promise<number>;
  /** Calls the stand-in's control surface. Throws on any status of 400 or above. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Connects a provider with a consent that is answered at once. Returns the integration's id; throws when it is refused. */
  connect(provider: string): Promise<string>;
  /** The newest run once `count` runs have ended and none is under way. Throws when there can't be one: nobody is signed in. */
  settled(integrationId: string, count?: number): Promise<RunView>;
  /** Asks for a sync and waits for its end. */
  sync(integrationId: string, mode: 'incremental' | 'full'): Promise<RunView>;
  /** Deletes; the integration is hidden at once, its data goes in the background. */
  remove(integrationId: string): Promise<void>;
}

/** Often enough to tell times, seldom enough not to be what is measured. */
const pollMs = 200;

/** `patienceMs` bounds every wait; each that runs out throws with what it last saw. */
export function createDriver(running: Running, patienceMs = 600_000): Driver {
  const call = async <T>(url: string, init: RequestInit): Promise<T> => {
    const response = await fetch(url, init);
    const text = await response.text();
    if (response.status >= 400)
      throw new Error(`${init.method} ${new URL(url).pathname}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const json = (body: unknown) =>
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };

  const caller = { authorization: `Bearer ${running.workspaceKey}`, 'harmony-user': running.userId };

  const requireSignedIn = async (integrationId: string): Promise<void> => {
    const { phase, attention } = await driver.api<IntegrationView>(
      'GET',
      `/v1/integrations/${integrationId}`,
    );
    if (phase === 'active' || attention === undefined) return;
    throw new Error(`${integrationId} syncs nothing in phase ${phase}: ${JSON.stringify(attention)}`);
  };

  const driver: Driver = {
    api: (method, path, body) => {
      const { headers, ...rest } = json(body) as { headers?: Record<string, string>; body?: string };
      return call(running.apiUrl + path, { method, ...rest, headers: { ...headers, ...caller } });
    },

    async status(method, path) {
      const response = await fetch(running.apiUrl + path, { method, headers: caller });
      await response.body?.cancel();
      return response.status;
    },

    control: (method, path, body) => call(`${running.sandboxUrl}/_control${path}`, { method, ...json(body) }),

    async connect(provider) {
      await driver.control('POST', '/consent', { mode: 'allow' });
      const begun = await driver.api<{ integration: { id: string }; authorizationUrl: string }>(
        'POST',
        '/v1/integrations',
        { provider },
      );
      const page = await followSignIn(begun.authorizationUrl);
      if (saysRefused(page)) throw new Error(`${provider} was not connected: ${textOf(page)}`);
      return begun.integration.id;
    },

    async settled(integrationId, count = 1) {
      const deadline = Date.now() + patienceMs;
      let seen: readonly RunView[] = [];
      while (Date.now() < deadline) {
        const { data } = await driver.api<{ data: RunView[] }>(
          'GET',
          `/v1/integrations/${integrationId}/runs`,
        );
        seen = data;
        if (data.length >= count && data.every((run) => run.status !== 'running')) return data[0] as RunView;
        if (data.length === 0) await requireSignedIn(integrationId);
        await sleep(pollMs);
      }
      throw new Error(`runs did not settle: ${JSON.stringify(seen)}`);
    },

    async sync(integrationId, mode) {
      const path = `/v1/integrations/${integrationId}`;
      const { runId } = await driver.api<{ runId: string }>('POST', `${path}/sync`, { mode });
      const deadline = Date.now() + patienceMs;
      while (Date.now() < deadline) {
        const run = await driver.api<RunView>('GET', `${path}/runs/${runId}`);
        if (run.status !== 'running') return run;
        await sleep(pollMs);
      }
      throw new Error(`run ${runId} did not end`);
    },

    async remove(integrationId) {
      await driver.api('DELETE', `/v1/integrations/${integrationId}`);
    },
  };
  return driver;
}

/**
 * As a browser: keeps cookies and follows redirects, over our hop and the consent page back to our callback. Returns our
 * page; throws on a status of 400 or above.
 */
export async function followSignIn(authorizationUrl: string, signal?: AbortSignal): Promise<string> {
  const cookies = new Map<string, string>();
  let url = authorizationUrl;
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, accept: 'text/html' },
      ...(signal === undefined ? {} : { signal }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    const page = await response.text();
    if (location === null) {
      if (response.status >= 400)
        throw new Error(`The sign-in ended with ${response.status}: ${textOf(page)}`);
      return page;
    }
    url = new URL(location, url).href;
  }
  throw new Error('The sign-in went round in circles.');
}

/** Our page tells its opener so. */
const saysRefused = (page: string): boolean => page.includes('"ok":false');

const textOf = (html: string): string =>
  html
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
