// Builds the settings page into web/dist when a source is newer than the build.
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { projectFolder, runStep } from './node-process.ts';

const buildTimeoutMs = 180_000;
const sourcePatterns = ['web/**/*', 'api/contract/**/*', 'package-lock.json'];

const isStale = (builtPage: string): boolean => {
  const built = statSync(builtPage, { throwIfNoEntry: false });
  if (!built) return true;
  const sources = globSync(sourcePatterns, {
    cwd: projectFolder,
    exclude: (path) => path.startsWith(join('web', 'dist')) || path.includes('node_modules'),
  });
  return sources.some((source) => {
    const found = statSync(join(projectFolder, source), { throwIfNoEntry: false });
    return found?.isFile() === true && found.mtimeMs > built.mtimeMs;
  });
};

/** Answers whether it built. @throws Error with the end of the build's log when the build fails. */
export const buildPage = async (
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<'built' | 'fresh' | 'no page'> => {
  const web = join(projectFolder, 'web');
  if (!existsSync(join(web, 'index.html'))) return 'no page';
  if (!isStale(join(web, 'dist', 'index.html'))) return 'fresh';
  const vite = join(projectFolder, 'node_modules', 'vite', 'bin', 'vite.js');
  await runStep({
    home,
    name: 'page-build',
    command: {
      file: process.execPath,
      args: [vite, 'build', 'web', '--logLevel', 'warn'],
      env: { ...env, NODE_ENV: 'production' },
      cwd: projectFolder,
    },
    timeoutMs: buildTimeoutMs,
    signal,
  });
  return 'built';
};
