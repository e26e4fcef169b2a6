import { expect, test } from 'vitest';
import { plainExcerpt, readHighlight } from './highlight.ts';

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

test.each([
  ['## Context **Read this <mark>first</mark>** `now`', 'Context Read this <mark>first</mark> now'],
  [
    'see ![Chart](https://a.example/b.png) and [the <mark>plan</mark>](https://a.example)',
    'see Chart and the <mark>plan</mark>',
  ],
  ['cut ![Chart](https://a.example/b.p…', 'cut Chart'],
  ['a &lt;bookmark url=&quot;https://a.example&quot;&gt; &lt;/bookmark&gt; b', 'a b'],
  ['- [ ] Reported - [x] done, a - b', 'Reported done, a - b'],
  [
    'page | case | before | | --- | :--- | | empty | 500 | 200 | The cause',
    'page case before empty 500 200 The cause',
  ],
  ['5 &lt; 6 &gt; 4, C# and snake_case stay', '5 &lt; 6 &gt; 4, C# and snake_case stay'],
])('of %j a person reads %j', (excerpt, plain) => {
  expect(plainExcerpt(excerpt)).toBe(plain);
});
