// Temporal on one machine: the CLI's dev server with its web UI, its state in a database file in HARMONY_HOME.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { probeUntilReady } from './probe.ts';
import type { ProcessSpec } from './supervised-process.ts';
import { ensureSearchAttributes, searchAttributeNames } from './temporal-search-attributes.ts';

const loopback = '127.0.0.1';

export interface TemporalOptions {
  home: Home;
  cli: string;
  port: number;
  uiPort: number;
}

export interface TemporalServer {
  spec: ProcessSpec;
  uiUrl: string;
  /** What clients read to reach it. */
  environment: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string; TEMPORAL_CONFIG_FILE: string };
}

export const prepareTemporal = ({ home, cli, port, uiPort }: TemporalOptions): TemporalServer => {
  const folder = home.path('temporal');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A profile that says nothing: a person's own one for another server, with its TLS and key, must not be mixed in.
  const profile = join(folder, 'client.toml');
  writeFileSync(profile, '[profile.default]\n');
  const environment = {
    TEMPORAL_ADDRESS: `${loopback}:${port}`,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_CONFIG_FILE: profile,
  };
  return {
    environment,
    uiUrl: `http://localhost:${uiPort}`,
    spec: {
      name: 'temporal',
      command: {
        file: cli,
        args: [
          ...['server', 'start-dev', '--log-level', 'warn'],
          ...['--ip', loopback, '--port', String(port), '--ui-port', String(uiPort)],
          '--ui-disable-news-fetch',
          ...['--db-filename', join(folder, 'temporal.db')],
          // Measured at more than twice the throughput of the defaults; safe against kill -9, while a power cut
          // may lose the last moments.
          ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
          // Between tenants, in one line for each queue: it holds within a partition only.
          ...['--dynamic-config-value', 'matching.enableFairness=true'],
          ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
          ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
          ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ],
        env: { PATH: process.env.PATH, HOME: process.env.HOME, USERPROFILE: process.env.USERPROFILE },
      },
      logFile: join(home.logs, 'temporal.log'),
      waitUntilReady: ({ signal }) => probeUntilReady(signal, () => ensureSearchAttributes(environment)),
      readyTimeoutMs: 120_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 8_000,
      firstStartAttempts: 3,
    },
  };
};
