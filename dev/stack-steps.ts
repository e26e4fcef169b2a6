// The one-shot steps between the database and the services.
import { type Home, readTextIfPresent, writePrivateFile } from './home.ts';
import { nodeCommand, runStep } from './node-process.ts';

const stepTimeoutMs = 120_000;

interface StepRequest {
  home: Home;
  entry: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export const migrateDatabase = async ({ home, entry, env, signal }: StepRequest): Promise<void> => {
  const command = nodeCommand(entry, env);
  await runStep({ home, name: 'migrate', command, timeoutMs: stepTimeoutMs, signal });
};

export interface StackAccount {
  workspaceKey: string;
  userId: string;
  signInUrl: string;
}

/** Makes the workspace and its user when missing. The key is kept in HARMONY_HOME, so that it stays the same. */
export const setUpAccount = async ({ home, entry, env, signal }: StepRequest): Promise<StackAccount> => {
  const keyFile = home.path('workspace-key');
  const kept = env.HARMONY_WORKSPACE_KEY ?? readTextIfPresent(keyFile)?.trim();
  const command = nodeCommand(entry, kept ? { ...env, HARMONY_WORKSPACE_KEY: kept } : env);
  const output = await runStep({ home, name: 'setup', command, timeoutMs: stepTimeoutMs, signal });
  const account = readAccount(output);
  if (account.workspaceKey !== kept) writePrivateFile(keyFile, `${account.workspaceKey}\n`);
  return account;
};

/** The last line of the output, so that a log line before it does no harm. */
const readAccount = (output: string): StackAccount => {
  const line = output.trim().split('\n').at(-1) ?? '';
  try {
    const { workspaceKey, userId, signInUrl } = JSON.parse(line) as Partial<StackAccount>;
    if (workspaceKey && userId && signInUrl) return { workspaceKey, userId, signInUrl };
  } catch {
    // Said below: what came is not printed, it may hold a key.
  }
  throw new Error('The first set-up did not print {"workspaceKey", "userId", "signInUrl"} as its last line.');
};
