import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';

it('each mutant can be planted: its text stands once in its file', () => {
  const timesOf = ({ file, from }: (typeof MUTANTS)[number]) =>
    readFileSync(join(import.meta.dirname, '..', file), 'utf8').split(from).length - 1;
  expect(MUTANTS.filter((mutant) => timesOf(mutant) !== 1).map(({ name }) => name)).toEqual([]);
});
