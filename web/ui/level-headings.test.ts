import { expect, test } from 'vitest';
import { levelHeadings } from './level-headings.ts';

const level = (...depths: number[]): number[] => {
  const children = depths.map((depth) => ({ type: 'heading', depth }));
  levelHeadings()({ type: 'root', children });
  return children.map(({ depth }) => depth);
};

test.each([
  [
    [1, 2, 3],
    [2, 3, 4],
  ],
  [
    [2, 2],
    [2, 2],
  ],
  [
    [3, 1, 4, 4, 2],
    [2, 2, 3, 3, 3],
  ],
])('headings %j are shown as %j: below the title, and none skipped', (depths, levels) => {
  expect(level(...depths)).toEqual(levels);
});
