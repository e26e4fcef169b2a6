import { PassThrough } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
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

it('hands much over by little, so that a slow one is not taken for one that reads nothing', async () => {
  const reader = narrow();
  const text = 'x'.repeat(200_000);
  const writing = writeToReader(reader, text);
  const taken: number[] = [];
  for await (const part of reader) {
    taken.push(part.length);
    if (taken.reduce((sum, length) => sum + length, 0) === text.length) break;
  }
  await writing;
  expect(Math.max(...taken)).toBeLessThan(100_000);
});

it('leaves no listener behind', async () => {
  const reader = narrow();
  reader.resume();
  for (let count = 0; count < 20; count += 1) await writeToReader(reader, 'a line');
  expect(reader.listenerCount('close') + reader.listenerCount('error')).toBeLessThan(3);
});

it('leaves one that reads nothing', async () => {
  const reader = narrow();
  await expect(writeToReader(reader, 'a line', 1)).rejects.toThrow('takes nothing');
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

it.each([0, 1, 2, 3, 4])('writes each character whole, wherever a slice ends (%i)', async (shift) => {
  const written = `${'x'.repeat(shift)}${'né😀'.repeat(60_000)}`;
  const reader = new PassThrough();
  const read = readText(reader);
  await writeToReader(reader, written);
  reader.end();
  expect((await read) === written).toBe(true);
});
