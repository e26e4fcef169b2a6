// What the person sees when everything stands.
import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Home } from './home.ts';
import type { Stack } from './stack.ts';

/** The password stays out of the terminal and its scroll-back. */
const withoutPassword = (url: string): string => {
  const parsed = URL.parse(url);
  if (!parsed) return 'as DATABASE_URL says';
  parsed.password = '';
  return parsed.href;
};

export const describeStack = (stack: Stack, home: Home): string => {
  const { running, signInUrl } = stack;
  const inside = relative(process.cwd(), home.folder);
  const folder = inside === '' || inside.startsWith('..') ? home.folder : inside;
  const rows: [string, string][] = [
    ['Sign in (once)', styleText('bold', signInUrl)],
    ['Page and API', running.uiUrl],
    ['API reference', `${running.apiUrl}/docs`],
    ['Temporal UI', running.temporalUiUrl ?? `of the server at ${running.temporalAddress}`],
    ['Stand-ins', running.sandboxUrl ?? 'off: every provider has live credentials'],
    ['PostgreSQL', withoutPassword(running.databaseUrl)],
    ['State and logs', `${folder}, ${folder}/logs; addresses and keys in ${folder}/running.json`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const line = styleText('dim', '─'.repeat(72));
  const body = rows
    .map(([label, value]) => `  ${styleText('dim', label.padEnd(width))}  ${value}`)
    .join('\n');
  return `\n${line}\n  ${styleText('bold', 'Harmony runs.')} ${styleText('dim', 'Ctrl-C stops it; npm start picks up where it was.')}\n\n${body}\n${line}`;
};
