/** What the tests of this folder share: a sandbox of its own and ways to talk to it. */
import { LinearClient } from '@linear/sdk';
import type { ConsentOrder } from '../core/consent.ts';
import { startSandbox } from '../server.ts';
import { linearModule } from './index.ts';

export interface TestSandbox {
  url: string;
  /** Calls the control surface; throws on any answer but 2xx. */
  control<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  /** A client with the first API key of the first organization, or of the one named. */
  client(organization?: string): Promise<LinearClient>;
  close(): Promise<void>;
}

export async function openSandbox(options?: {
  settings?: Record<string, unknown>;
  stateDir?: string;
  consent?: ConsentOrder;
}): Promise<TestSandbox> {
  const running = await startSandbox({
    port: 0,
    modules: [linearModule],
    consent: options?.consent ?? { mode: 'allow' },
    ...(options?.settings && { settings: { linear: options.settings } }),
    ...(options?.stateDir && { stateDir: options.stateDir }),
  });
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${running.url}/_control${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    url: running.url,
    control,
    client: async (organization = 'northwind') => {
      const { data } = await control<{ data: { key: string }[] }>('GET', `/linear/${organization}/api-keys`);
      const apiKey = data[0]?.key ?? '';
      return new LinearClient({ apiKey, apiUrl: `${running.url}/graphql` });
    },
    close: () => running.close(),
  };
}

/** Runs a query and gives its data; the type is the caller's to know. */
export async function ask<T>(
  client: LinearClient,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<T> {
  const { data } = await client.client.rawRequest<T, Record<string, unknown>>(query, variables);
  return data as T;
}
