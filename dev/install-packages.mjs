// Whether node_modules is what package-lock.json asks for, and `npm ci` when it is not. Built-ins only, Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

const oldestNodeMajor = 20;
const progressIntervalMs = 10_000;

/** npm itself must not run on the Node inside node_modules: `npm ci` deletes it while it works. */
const environmentForNpm = (env) => {
  const pathKey = Object.keys(env).find((key) => key.toLowerCase() === 'path') ?? 'PATH';
  const withoutLocalBinaries = (env[pathKey] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
    .join(delimiter);
  return { ...env, [pathKey]: withoutLocalBinaries };
};

const npmOptions = (env) => ({ env: environmentForNpm(env), shell: process.platform === 'win32' });

/** What a person has to do before anything can run here, or undefined. */
export const explainMissingTools = (version = process.versions.node, env = process.env) => {
  const major = Number(version.split('.')[0]);
  if (major < oldestNodeMajor) {
    return (
      `Node ${version} is too old: install Node ${oldestNodeMajor} or newer from https://nodejs.org ` +
      '(it only starts things; the project brings the Node it runs on).'
    );
  }
  const npm = spawnSync('npm', ['--version'], { ...npmOptions(env), encoding: 'utf8' });
  if (npm.status !== 0) {
    return 'npm was not found: install Node from https://nodejs.org, which includes npm, or the npm package of your system.';
  }
  return undefined;
};

const readLock = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
};

/**
 * Compares package-lock.json with the lockfile that npm leaves in node_modules after a complete install, so an
 * interrupted install, a changed lock and a hand-run `npm install` are all seen for what they are.
 */
export const packagesAreInstalled = (projectFolder) => {
  const wanted = readLock(join(projectFolder, 'package-lock.json'));
  const present = readLock(join(projectFolder, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const installed = present[path];
    if (!installed) return Boolean(entry.optional || entry.devOptional);
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
};

/** Runs `npm ci`; resolves `{ ok: true }` or `{ ok: false, message }`. */
export const installPackages = (projectFolder, env = process.env) =>
  new Promise((resolve) => {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    const first = !existsSync(join(projectFolder, 'node_modules'));
    console.error(`${first ? 'Installing' : 'Bringing up to date:'} the packages (npm ci) …`);
    const timer = setInterval(
      () => console.error(`  still installing, ${seconds()} s so far …`),
      progressIntervalMs,
    );
    const child = spawn('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      ...npmOptions(env),
      cwd: projectFolder,
      // Standard output is the command's own, which may be JSON.
      stdio: ['inherit', 2, 'inherit'],
    });
    const finish = (result) => {
      clearInterval(timer);
      resolve(result);
    };
    child.on('error', (error) =>
      finish({ ok: false, message: `npm could not be started: ${error.message}` }),
    );
    child.on('exit', (code) => {
      if (code === 0) {
        console.error(`Packages installed in ${seconds()} s.`);
        finish({ ok: true });
        return;
      }
      finish({
        ok: false,
        message:
          `npm ci ended with code ${code}. Its messages above say why; with no network, check the registry ` +
          '(`npm config get registry`) and your proxy, then run the command again.',
      });
    });
  });
