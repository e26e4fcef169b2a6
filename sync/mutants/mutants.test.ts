import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ENGINE_MUTANTS } from './engine-mutants.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

it.each([
  ['core', '..', MUTANTS],
  ['engine', '../..', ENGINE_MUTANTS],
])('each mutant of the %s can be planted: its text stands once in its file', (_, above, mutants) => {
  const timesOf = ({ file, from }: Mutant) =>
    readFileSync(join(import.meta.dirname, above, file), 'utf8').split(from).length - 1;
  expect(mutants.filter((mutant) => timesOf(mutant) !== 1).map(({ name }) => name)).toEqual([]);
});
