/** Dresses an embedded page as the product around it asks, and keeps that across its pages and reloads. */
import { isEmbedded } from '../router.tsx';
import { readTheme } from './theme.ts';

const key = 'harmony-theme';

export function applyTheme(): void {
  if (!isEmbedded) return;
  if (location.search !== '') sessionStorage.setItem(key, location.search);
  const theme = readTheme(sessionStorage.getItem(key) ?? '', (value) => CSS.supports('color', value));
  const { style } = document.documentElement;
  // By script, as a strict CSP takes no style attribute.
  if (theme.scheme) style.setProperty('color-scheme', theme.scheme);
  for (const [name, value] of Object.entries(theme.tokens)) style.setProperty(`--${name}`, value);
}
