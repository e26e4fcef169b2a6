import { expect, test } from 'vitest';
import { readTheme } from './theme.ts';

const isColor = (value: string) => /^#[\da-f]{6}$/.test(value);

test('colours, radius, font and scheme are taken; the accent brings its shades', () => {
  const theme = readTheme('?scheme=dark&accent=%23c2185b&radius=6&font=Inter,%20sans-serif', isColor);
  expect(theme.scheme).toBe('dark');
  expect(theme.tokens).toMatchObject({
    accent: '#c2185b',
    radius: '6px',
    'radius-small': '4px',
    font: 'Inter, sans-serif',
  });
  expect(theme.tokens['accent-wash']).toContain('#c2185b');
});

test('what is no colour, no radius, no font or no scheme is left out', () => {
  const search = '?accent=url(x)&radius=900&font=%3Cb%3E&scheme=pink&shadow=%23000000';
  expect(readTheme(search, isColor)).toEqual({ tokens: {} });
});
