/**
 * The workflow code as one script for Temporal's isolate. It is made once per state of the sources, by a process of its
 * own: the bundler takes seconds and some 300 MB that a worker would never give back.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const project = fileURLToPath(new URL('..', import.meta.url));
const cacheFolder = join(project, 'node_modules', '.cache', 'harmony');

/** The path of the bundle for the sources as they are; built when it is not there yet. */
export async function prepareWorkflowBundle({ traced = false } = {}): Promise<{ codePath: string }> {
  const kind = traced ? 'traced' : 'workflows';
  const codePath = join(cacheFolder, `${kind}-${fingerprintSources()}.js`);
  if (!existsSync(codePath)) {
    await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), codePath, kind]);
  }
  return { codePath };
}

/** Of everything that can reach the bundle: the workflows, and the versions of what they import. */
function fingerprintSources(): string {
  const digest = createHash('sha256').update(readFileSync(join(project, 'package-lock.json')));
  const files = globSync('workflows/**/*.ts', { cwd: project }).filter((file) => !file.endsWith('.test.ts'));
  for (const file of files.sort()) digest.update(file).update(readFileSync(join(project, file)));
  return digest.digest('hex').slice(0, 16);
}

async function buildBundle(codePath: string, traced: boolean): Promise<void> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(project, 'workflows', 'index.ts'),
    workflowInterceptorModules: traced ? [join(project, 'workflows', 'trace-interceptors.ts')] : [],
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(dirname(codePath), { recursive: true });
  // Two that build at once must not read each other's half.
  const draft = `${codePath}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, codePath);
}

// Without an argument it prepares the bundles ahead of the first start, for images.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , codePath, kind] = process.argv;
  if (codePath !== undefined) await buildBundle(codePath, kind === 'traced');
  else for (const traced of [false, true]) await prepareWorkflowBundle({ traced });
}
