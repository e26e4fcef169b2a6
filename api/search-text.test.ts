import { expect, test } from 'vitest';
import { highlight, splitWords } from './search-text.ts';

test('words are letters and digits, so nothing in a query is an operator', () => {
  expect(splitWords(`Ada's "map" & (x | !y):* ada@example.com 山田`)).toEqual([
    ...['Ada', 's', 'map', 'x', 'y', 'ada', 'example', 'com', '山田'],
  ]);
  expect(splitWords(' -- !! ')).toEqual([]);
  expect(splitWords('a '.repeat(100))).toHaveLength(12);
});

test('words are marked whatever their case and accents, the last one also where a word only begins with it', () => {
  expect(highlight('Zoë met the Müllers', ['zoe', 'mull'])).toEqual({
    html: '<mark>Zoë</mark> met the <mark>Müllers</mark>',
    found: true,
  });
  expect(highlight('maps and mapping', ['map', 'and']).html).toBe('maps <mark>and</mark> mapping');
});

test('text of a record can never be markup', () => {
  const { html } = highlight('<img src=x onerror="1"> & map', ['map']);
  expect(html).toBe('&lt;img src=x onerror=&quot;1&quot;&gt; &amp; <mark>map</mark>');
});

test('of a long text the piece around the first match is shown, and its beginning where nothing matches', () => {
  const text = `${'blah '.repeat(100)}treasure ${'blah '.repeat(100)}`;
  const piece = highlight(text, ['treasure']);
  expect(piece.html).toMatch(/^…blah .*<mark>treasure<\/mark> blah .*…$/);
  expect(piece.html.length).toBeLessThan(300);
  const none = highlight(text, ['nowhere']);
  expect(none).toMatchObject({ found: false });
  expect(none.html.startsWith('blah ')).toBe(true);
});
