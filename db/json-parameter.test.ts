import { expect, it } from 'vitest';
import { toJsonParameter } from './json-parameter.ts';

it('replaces what jsonb refuses and leaves the rest of the page as it is', () => {
  const rows = [{ a: 'x\u0000y', deep: ['\ud800z'] }, { a: 'naïve 👩‍👩‍👧 \\u0000 as text' }];
  expect(JSON.parse(toJsonParameter(rows))).toEqual([
    { a: 'x\uFFFDy', deep: ['\uFFFDz'] },
    { a: 'naïve 👩‍👩‍👧 \\u0000 as text' },
  ]);
});
