/** The look that the embedding product asks for, in the address of the frame. Nothing but colours, a radius and a font. */

export interface Theme {
  readonly scheme?: 'light' | 'dark';
  /** By the names of tokens.css. */
  readonly tokens: Readonly<Record<string, string>>;
}

const colors = ['ground', 'surface', 'sunken', 'text', 'muted', 'line', 'accent', 'on-accent'] as const;

/** `isColor`: the browser's own judgement. What it does not know is left out. */
export function readTheme(search: string, isColor: (value: string) => boolean): Theme {
  const asked = new URLSearchParams(search);
  const tokens: Record<string, string> = {};
  for (const name of colors) {
    const value = asked.get(name);
    if (value && isColor(value)) tokens[name] = value;
  }
  if (tokens.accent) {
    tokens['accent-hover'] = `color-mix(in oklab, ${tokens.accent} 82%, var(--text))`;
    tokens['accent-wash'] = `color-mix(in oklab, ${tokens.accent} 12%, var(--surface))`;
  }
  const radiusPx = Number(asked.get('radius') ?? Number.NaN);
  if (radiusPx >= 0 && radiusPx <= 32) {
    tokens.radius = `${radiusPx}px`;
    tokens['radius-small'] = `${Math.round((radiusPx * 2) / 3)}px`;
  }
  const font = asked.get('font');
  if (font && /^[\w\s,'"-]{1,100}$/.test(font)) tokens.font = font;
  const scheme = asked.get('scheme');
  return scheme === 'light' || scheme === 'dark' ? { scheme, tokens } : { tokens };
}
