// HARMONY_HOME/running.json: where everything is while it runs, for scripts and checks.
import { rmSync } from 'node:fs';
import { type Home, writePrivateFile } from './home.ts';

export const processNames = ['api', 'worker', 'temporal', 'postgres', 'sandbox'] as const;
export type ProcessName = (typeof processNames)[number];

/** Null marks what this run does not start by itself. Holds secrets: the file's mode is 0600. */
export interface Running {
  apiUrl: string;
  uiUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  databaseUrl: string;
  sandboxUrl: string | null;
  workspaceKey: string;
  userId: string;
  pids: Record<ProcessName, number | null>;
}

const runningFile = (home: Home): string => home.path('running.json');

export const writeRunning = (home: Home, running: Running): void =>
  writePrivateFile(runningFile(home), `${JSON.stringify(running, null, 2)}\n`);

export const removeRunning = (home: Home): void => rmSync(runningFile(home), { force: true });
