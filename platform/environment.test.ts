import { expect, test } from 'vitest';
import { z } from 'zod';
import { readApiSettings } from '../api/settings.ts';
import { readGraceMs, readMetricsSettings, readRetention } from '../worker/settings.ts';
import { readConfig } from './config.ts';
import { parseEnvironment } from './environment.ts';

const schema = z.object({ NAME: z.string().min(1), PORT: z.coerce.number().int().default(3000) });

test('an empty variable counts as not set, and what the schema does not know is left out', () => {
  expect(parseEnvironment(schema, { NAME: 'a', PORT: '', HOME: '/root' })).toEqual({ NAME: 'a', PORT: 3000 });
});

test('one error names every variable that is missing or wrong, and .env.example', () => {
  const parse = () => parseEnvironment(schema, { PORT: 'http' });
  expect(parse).toThrow(/\.env\.example.*\n {2}NAME: .*\n {2}PORT: /);
});

test('API and worker say it in the same words, and never in those of the parser', () => {
  const readers: [read: (env: Record<string, string>) => unknown, name: string, wrong: string][] = [
    [readConfig, 'HARMONY_PUBLIC_URL', 'nowhere'],
    [readApiSettings, 'HARMONY_STREAMS_PER_CALLER', '0'],
    [readApiSettings, 'HARMONY_EMBED_ORIGINS', 'https://app.example.com/path'],
    [readMetricsSettings, 'WORKER_METRICS_PORT', '0'],
    [readRetention, 'HARMONY_KEEP_TOMBSTONES_DAYS', '7'],
    [readGraceMs, 'HARMONY_READ_LAG_MINUTES', '5'],
  ];
  for (const [read, name, wrong] of readers) {
    const given = { DATABASE_URL: 'postgres://db/harmony', HARMONY_ENCRYPTION_KEYS: 'k1:a', [name]: wrong };
    expect(() => read(given), name).toThrow(
      new RegExp(
        `^Settings are missing or wrong in the environment \\(see \\.env\\.example\\):\\n  ${name}[^{}]*$`,
      ),
    );
  }
});
