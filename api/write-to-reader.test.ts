import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { writeToReader } from './write-to-reader.ts';

it.each([0, 1, 2, 3, 4])('writes each character whole, wherever a slice ends (%i)', async (shift) => {
  const written = `${'x'.repeat(shift)}${'né😀'.repeat(60_000)}`;
  const reader = new PassThrough();
  const read = text(reader);
  await writeToReader(reader, written);
  reader.end();
  expect((await read) === written).toBe(true);
});
