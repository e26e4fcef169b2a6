import { expect, it } from 'vitest';
import { rowJson, toJsonParameter } from './json-parameter.ts';

it('puts a record in as it came', () => {
  const parameter = toJsonParameter([rowJson({ id: 'a' }, '{"b":[1, 2]}')]);
  expect(parameter).toBe('[{"id":"a","raw":{"b":[1, 2]}}]');
});

it('replaces what Postgres refuses and leaves the rest of the page as it is', () => {
  const records = [{ a: 'x\u0000y', deep: ['\ud800z'] }, { a: 'naïve 👩‍👩‍👧 \\u0000 as text' }];
  const parameter = toJsonParameter(records.map((record) => rowJson({ id: 1 }, JSON.stringify(record))));
  expect(JSON.parse(parameter)).toEqual([
    { id: 1, raw: { a: 'x\uFFFDy', deep: ['\uFFFDz'] } },
    { id: 1, raw: { a: 'naïve 👩‍👩‍👧 \\u0000 as text' } },
  ]);
});
