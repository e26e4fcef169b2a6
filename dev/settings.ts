// What the person set, in the environment or in .env, and what follows from it for a run.
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readTextIfPresent } from './home.ts';
import type { PortName } from './ports.ts';

/** The environment over .env; empty values count as not set. */
export const readSettings = (projectFolder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const file = readTextIfPresent(join(projectFolder, '.env'));
  const isSet = ([, value]: [string, string | undefined]) => value !== undefined && value !== '';
  const fromFile = Object.entries(file ? parseEnv(file) : {}).filter(isSet);
  return Object.fromEntries([...fromFile, ...Object.entries(env).filter(isSet)]);
};

/** Client id and secret of each provider; by name, since the registry would load every vendor's SDK with each start. */
export const credentialPairs = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['LINEAR_CLIENT_ID', 'LINEAR_CLIENT_SECRET'],
  ['NOTION_CLIENT_ID', 'NOTION_CLIENT_SECRET'],
] as const;

export interface StackShape {
  postgres: boolean;
  temporal: boolean;
  sandbox: boolean;
}

/** Which servers a run starts by itself: none that the person already has elsewhere. */
export const readStackShape = (env: NodeJS.ProcessEnv): StackShape => ({
  postgres: !env.DATABASE_URL,
  temporal: !env.TEMPORAL_ADDRESS && !env.TEMPORAL_PROFILE && !env.TEMPORAL_CONFIG_FILE,
  sandbox: !env.SANDBOX_URL && !credentialPairs.every(([id, secret]) => env[id] && env[secret]),
});

/** Only these have to be free. */
export const listNeededPorts = (shape: StackShape): PortName[] => [
  'PORT',
  ...(shape.temporal ? (['TEMPORAL_UI_PORT', 'TEMPORAL_PORT'] as const) : []),
  ...(shape.postgres ? (['POSTGRES_PORT'] as const) : []),
  ...(shape.sandbox ? (['SANDBOX_PORT'] as const) : []),
];

/** Of the person's settings only those that say where tools are: live credentials would change live accounts. */
export const standaloneEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMPORAL_CLI_PATH', 'HARMONY_CACHE', 'XDG_CACHE_HOME'];
  return Object.fromEntries([...kept.map((name) => [name, env[name]]), ['LOG_LEVEL', 'warn']]);
};
