import { expect, test } from 'vitest';
import { readHighlight } from './highlight.ts';

test('what was found stands apart, and the rest is plain text', () => {
  expect(readHighlight('Bring the <mark>map</mark>.')).toEqual([
    { text: 'Bring the ', marked: false },
    { text: 'map', marked: true },
    { text: '.', marked: false },
  ]);
});

test('escaped text is text again, and never markup', () => {
  expect(readHighlight('&lt;b&gt; &amp;lt; <mark>&quot;x&quot;</mark>')).toEqual([
    { text: '<b> &lt; ', marked: false },
    { text: '"x"', marked: true },
  ]);
});
