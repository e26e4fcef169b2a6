// Finds the Temporal CLI, whose dev server `npm start` and the tests run; fetches it when no one has it yet.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type CliSource, cliSources, cliVersion } from './temporal-cli-download.ts';

/** Task queue fairness, which keeps one workspace from starving the others, came with this server. */
const oldestServer = [1, 29] as const;
const versionTimeoutMs = 15_000;

const executableName = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

export interface FindTemporalCliOptions {
  env?: NodeJS.ProcessEnv;
  /** Tells the person what is being tried; fetching takes seconds to a minute. */
  report?: (line: string) => void;
  /** Where the binary may come from, in order; for tests. */
  sources?: readonly CliSource[];
}

/** Per user, not per checkout: a fresh clone finds what an earlier one fetched. */
const cacheFolder = (env: NodeJS.ProcessEnv): string => {
  const home = homedir();
  if (env.HARMONY_CACHE) return env.HARMONY_CACHE;
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'harmony');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'harmony');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'harmony');
};

/** Runs `temporal --version`; the reason why this binary will not do, or undefined when it will. */
const findFault = async (file: string): Promise<string | undefined> => {
  if (!existsSync(file)) return 'there is no such file';
  try {
    const { stdout } = await promisify(execFile)(file, ['--version'], { timeout: versionTimeoutMs });
    const server = /Server (\d+)\.(\d+)/.exec(stdout);
    if (!server) return `it does not say its server version: ${stdout.trim().slice(0, 100)}`;
    const [major, minor] = [Number(server[1]), Number(server[2])];
    const oldEnough = major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1]);
    return oldEnough ? undefined : `its server ${major}.${minor} is older than ${oldestServer.join('.')}`;
  } catch (error) {
    return `it does not run: ${(error as Error).message.split('\n')[0]}`;
  }
};

/**
 * The path of a Temporal CLI that runs here. Order: TEMPORAL_CLI_PATH, PATH, the cache, then the download sources.
 * @throws Error listing every source with its failure and what to do.
 */
export const findTemporalCli = async (options: FindTemporalCliOptions = {}): Promise<string> => {
  const { env = process.env, report = () => undefined, sources = cliSources } = options;
  const explicit = env.TEMPORAL_CLI_PATH;
  if (explicit) {
    const fault = await findFault(explicit);
    if (fault) throw new Error(`TEMPORAL_CLI_PATH=${explicit} cannot be used: ${fault}.`);
    return explicit;
  }
  const failures: string[] = [];
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, executableName))
    .find((file) => existsSync(file));
  const cached = join(
    cacheFolder(env),
    `temporal-${cliVersion}-${process.platform}-${process.arch}`,
    executableName,
  );
  for (const file of [onPath, cached].filter((candidate) => candidate !== undefined)) {
    if (file === cached && !existsSync(cached)) continue;
    const fault = await findFault(file);
    if (!fault) return file;
    failures.push(`${file}: ${fault}`);
  }
  for (const source of sources) {
    report(`Fetching the Temporal CLI ${cliVersion} from ${source.name} …`);
    try {
      await fetchInto(cached, source);
      return cached;
    } catch (error) {
      failures.push(`${source.name}: ${(error as Error).message.trim()}`);
    }
  }
  throw new Error(
    `No Temporal CLI could be found or fetched:\n${failures.map((line) => `  - ${line}`).join('\n')}\n` +
      'Do one of these: install it (https://docs.temporal.io/cli) so that `temporal` is on the PATH; ' +
      'set TEMPORAL_CLI_PATH to the binary; or set TEMPORAL_ADDRESS to a Temporal server that already runs.',
  );
};

/** Fetched and tried beside its place, then moved there in one step: two at once, or a kill, leave no half file. */
const fetchInto = async (destination: string, source: CliSource): Promise<void> => {
  const folder = join(destination, '..');
  mkdirSync(folder, { recursive: true });
  const workFolder = mkdtempSync(join(folder, 'fetch-'));
  try {
    const file = await source.fetch(workFolder);
    chmodSync(file, 0o755);
    const fault = await findFault(file);
    if (fault) throw new Error(`what it sent cannot be used: ${fault}`);
    renameSync(file, destination);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
};
