/** The small pages of a sign-in: readable without script, and telling the page that opened them how it ended. */
import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import type { OAuthMessage } from './contract/live-event.ts';

export interface OAuthPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly remedy?: string;
  /** Absent where no integration is known: then nobody is told. */
  readonly message?: OAuthMessage;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char);
/** JSON inside a script element: no character that could end it. */
const embed = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

export function sendOAuthPage(res: Response, publicUrl: string, page: OAuthPage): void {
  const nonce = randomBytes(16).toString('base64');
  setOAuthHeaders(res, `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`);
  res
    .status(page.status)
    .type('html')
    .send(render(page, new URL(publicUrl).origin, nonce));
}

/**
 * No Cross-Origin-Opener-Policy: any value here, after the provider's page without one, would cut the tie to the page
 * that opened the window (https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies).
 */
export function setOAuthHeaders(res: Response, sources = ''): void {
  res.removeHeader('Cross-Origin-Opener-Policy');
  res.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; ${sources === '' ? '' : `${sources}; `}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Referrer-Policy', 'no-referrer');
}

function render({ title, text, remedy, message }: OAuthPage, origin: string, nonce: string): string {
  const paragraphs = [text, ...(remedy === undefined ? [] : [remedy])];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 28rem; padding: 2rem; }
h1 { font-size: 1.25rem; }
</style>
</head>
<body>
<main role="${message?.ok === false ? 'alert' : 'status'}">
<h1>${escapeHtml(title)}</h1>
${paragraphs.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
</main>
<script nonce="${nonce}">
history.replaceState(null, '', '/oauth/callback');
${message === undefined ? '' : script(message, origin)}
</script>
</body>
</html>
`;
}

/** The opener hears it by postMessage; a page whose tie was cut (the provider may do that) by BroadcastChannel. */
const script = (message: OAuthMessage, origin: string): string => `
const message = ${embed(message)};
if (window.opener) window.opener.postMessage(message, ${embed(origin)});
if (typeof BroadcastChannel === 'function') new BroadcastChannel('harmony:oauth').postMessage(message);
if (message.ok) setTimeout(() => window.close(), 600);
`;
