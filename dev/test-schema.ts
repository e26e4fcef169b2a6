/**
 * `npm run test:schema [-- schemathesis options]`: schemathesis asks the API of a stack of its own whatever the OpenAPI
 * document allows, and what it doesn't. Any 5xx and any answer that the document doesn't have fails. Real ids go in where
 * the document has ids, so that it gets beyond 404.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDriver, type Driver } from './drive.ts';
import { projectFolder } from './node-process.ts';
import { startStack } from './stack.ts';

const version = '4.32.5';
const environmentFolder = join(projectFolder, 'node_modules', '.cache', 'harmony', `schemathesis-${version}`);
const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
];
/** Endless streams, what would take its own ground away, and what a browser is sent through. */
const leftOut = ['/events$', '^/oauth/'];

async function run(file: string, args: readonly string[], cwd = projectFolder): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', cwd });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** In a Python environment of its own, made once. */
async function findSchemathesis(): Promise<string> {
  const binary = join(environmentFolder, 'bin', 'schemathesis');
  if (existsSync(binary)) return binary;
  await rm(environmentFolder, { recursive: true, force: true });
  if ((await run('python3', ['-m', 'venv', environmentFolder])) !== 0) {
    throw new Error('Python with its venv module is needed for schemathesis.');
  }
  const pip = join(environmentFolder, 'bin', 'pip');
  const args = ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`];
  if ((await run(pip, args)) !== 0) throw new Error(`pip could not install schemathesis ${version}.`);
  return binary;
}

type Listed = { data: { id: string }[] };

/** Connects what the routes are about, and writes which id each path means. */
async function writeIds(driver: Driver, file: string): Promise<void> {
  const [calendar = '', contacts = '', linear = '', notion = ''] = await Promise.all([
    driver.connect('google-calendar'),
    driver.connect('google-contacts'),
    driver.connect('linear'),
    driver.connect('notion'),
  ]);
  for (const id of [calendar, contacts, linear, notion]) await driver.settled(id);
  const first = async (path: string) => (await driver.api<Listed>('GET', path)).data[0]?.id ?? 'none';
  const ids: Record<string, Record<string, string>> = {
    '^/v1/integrations/': {
      id: contacts,
      collectionId: await first(`/v1/integrations/${calendar}/collections`),
      runId: await first(`/v1/integrations/${contacts}/runs`),
    },
    '^/v1/integrations/\\{id\\}/collections': { id: calendar },
    '^/v1/integrations/\\{id\\}/users': { id: linear },
    '^/v1/contacts/': { id: await first('/v1/contacts') },

    '^/v1/tasks/': { id: await first('/v1/tasks') },
    '^/v1/documents/': { id: await first('/v1/documents') },
  };
  const blocks = Object.entries(ids).map(([path, names]) => {
    const given = Object.entries(names).map(([name, id]) => `"path.${name}" = ${JSON.stringify(id)}`);
    return `[[operations]]\ninclude-path-regex = '${path}'\nparameters = { ${given.join(', ')} }\n`;
  });
  await writeFile(file, blocks.join('\n'));
}

const home = await mkdtemp(join(tmpdir(), 'harmony-schema-'));
try {
  const [binary, stack] = await Promise.all([
    findSchemathesis(),
    startStack({
      home,
      env: { ...process.env, LOG_LEVEL: 'warn', HARMONY_RATE_LIMIT_PER_MINUTE: '1000000' },
      randomPorts: true,
      durable: false,
      page: false,
      report: () => undefined,
    }),
  ]);
  try {
    const { apiUrl, workspaceKey, userId } = stack.running;
    const config = join(home, 'schemathesis.toml');
    await writeIds(createDriver(stack.running, 120_000), config);
    process.exitCode = await run(
      binary,
      [
        ...['--config-file', config, 'run', `${apiUrl}/openapi.json`],
        ...['--header', `Authorization: Bearer ${workspaceKey}`, '--header', `Harmony-User: ${userId}`],
        ...['--checks', checks.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', '5'],
        ...['--exclude-path-regex', leftOut.join('|'), '--exclude-method', 'DELETE'],
        ...['--request-timeout', '30', '--suppress-health-check', 'all', '--seed', '1'],
        // More threads fail now and then by Python's own fault: https://github.com/python/cpython/issues/106905.
        ...['--workers', '1'],
        ...process.argv.slice(2),
      ],
      home,
    );
  } finally {
    await stack.stop();
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
process.exit();
