/** What a first visit has to fetch before it shows anything. */
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test, vi } from 'vitest';

const allowedBytes = 200 * 1024;

test('the script of the first load is at most 200 KB compressed, and the readers of Markdown are not in it', async () => {
  // As it is served: vitest's own environment would bring React's development build.
  vi.stubEnv('NODE_ENV', 'production');
  const configFile = new URL('vite.config.ts', import.meta.url).pathname;
  const built = (await build({
    configFile,
    logLevel: 'silent',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  const chunks = built.output.filter((part) => part.type === 'chunk');
  const first = new Set<string>();
  const add = (fileName: string): void => {
    if (first.has(fileName)) return;
    first.add(fileName);
    for (const imported of chunks.find((chunk) => chunk.fileName === fileName)?.imports ?? []) add(imported);
  };
  for (const chunk of chunks) if (chunk.isEntry) add(chunk.fileName);
  const bytes = chunks
    .filter(({ fileName }) => first.has(fileName))
    .reduce((sum, { code }) => sum + gzipSync(code).byteLength, 0);
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThanOrEqual(allowedBytes);
  const eager = chunks.filter(({ fileName }) => first.has(fileName)).flatMap(({ moduleIds }) => moduleIds);
  expect(eager.filter((id) => id.includes('react-markdown'))).toEqual([]);
}, 60_000);
