/** The whole of Harmony for one test file, and the stand-in providers' controls. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '../../dev/stack.ts';

export interface BrowserStack {
  readonly apiUrl: string;
  /** A fresh link that opens the page once. */
  signInUrl(): Promise<string>;
  /** Tells the stand-in providers something; throws unless they agree. */
  control(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startBrowserStack(): Promise<BrowserStack> {
  const home = mkdtempSync(join(tmpdir(), 'harmony-browser-'));
  let stack: Stack;
  try {
    stack = await startStack({ home, env: {}, randomPorts: true, durable: false });
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  const { apiUrl, sandboxUrl, workspaceKey, userId } = stack.running;
  const post = async (method: string, url: string, body: unknown, headers = {}): Promise<unknown> => {
    const response = await fetch(url, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    apiUrl,
    control: (method, path, body) => post(method, `${sandboxUrl}/_control${path}`, body),
    async signInUrl() {
      const authorization = { Authorization: `Bearer ${workspaceKey}` };
      const session = await post('POST', `${apiUrl}/v1/sessions`, { userId }, authorization);
      return (session as { signInUrl: string }).signInUrl;
    },
    async stop() {
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
