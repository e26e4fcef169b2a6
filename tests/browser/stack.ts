/** The whole of Harmony for one test file, driven from outside beside the page. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDriver, type Driver } from '../../dev/drive.ts';
import { type Stack, startStack } from '../../dev/stack.ts';

export interface BrowserStack {
  readonly apiUrl: string;
  /** Asks the API and the stand-in providers, as a script of the user would. */
  readonly driver: Driver;
  readonly databaseUrl: string;
  readonly pids: Stack['running']['pids'];
  readonly userId: string;
  /** Fresh links that open the page once: by itself, and in a frame. */
  signInUrl(): Promise<string>;
  embedUrl(): Promise<string>;
  stop(): Promise<void>;
}

/** `env` as `npm start` takes it. */
export async function startBrowserStack(env: NodeJS.ProcessEnv = {}): Promise<BrowserStack> {
  const home = mkdtempSync(join(tmpdir(), 'harmony-browser-'));
  let stack: Stack;
  try {
    stack = await startStack({ home, env, randomPorts: true, durable: false });
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  const { apiUrl, workspaceKey, userId, pids, databaseUrl } = stack.running;
  const newSession = async (): Promise<{ signInUrl: string; embedUrl: string }> => {
    const answer = await fetch(`${apiUrl}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${workspaceKey}` },
      body: JSON.stringify({ userId }),
    });
    if (!answer.ok) throw new Error(`No session: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { signInUrl: string; embedUrl: string };
  };
  return {
    apiUrl,
    driver: createDriver(stack.running),
    databaseUrl,
    userId,
    pids,
    signInUrl: async () => (await newSession()).signInUrl,
    embedUrl: async () => (await newSession()).embedUrl,
    async stop() {
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
