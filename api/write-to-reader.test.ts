import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { writeToReader } from './write-to-reader.ts';

const narrow = () => new PassThrough({ highWaterMark: 1 });

it('waits for a slow reader', async () => {
  const reader = narrow();
  const writing = writeToReader(reader, 'a line');
  expect(await Promise.race([writing, 'waits'])).toBe('waits');
  reader.resume();
  await writing;
  expect(reader.destroyed).toBe(false);
});

it('leaves one that reads nothing', async () => {
  const reader = narrow();
  await expect(writeToReader(reader, 'a line', 1)).rejects.toThrow('reads nothing');
  expect(reader.destroyed).toBe(true);
  await expect(writeToReader(reader, 'another')).rejects.toThrow('left');
});

it('goes no further once the reader is gone', async () => {
  const reader = narrow();
  const writing = writeToReader(reader, 'a line');
  reader.destroy();
  await writing;
  await expect(writeToReader(reader, 'another')).rejects.toThrow('left');
});
