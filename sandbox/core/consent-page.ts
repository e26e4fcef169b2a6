/** The page on which a person chooses an account, ticks what to share, and allows or cancels. No outside assets. */
import type { Answer } from './provider.ts';

export interface ConsentPage {
  /** "Sign in with Google", for the title and the heading. */
  title: string;
  /** Who asks. */
  clientName: string;
  /** Where the form is posted; the answer arrives as `decision`, `account` and repeated `choice` fields. */
  action: string;
  /** Sent along unchanged: the authorization request. */
  hidden: Record<string, string>;
  accounts: { id: string; label: string; selected: boolean }[];
  accountLegend: string;
  /** What can be ticked: scopes, or pages. A locked one cannot be unticked. */
  choices: { id: string; label: string; detail: string; checked: boolean; locked?: boolean }[];
  choiceLegend: string;
}

export function renderConsentPage(page: ConsentPage): Answer {
  const hidden = Object.entries(page.hidden)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  const accounts = page.accounts
    .map(
      (account) =>
        `<label><input type="radio" name="account" value="${escapeHtml(account.id)}" required${account.selected ? ' checked' : ''}> ${escapeHtml(account.label)}</label>`,
    )
    .join('');
  const choices = page.choices
    .map(
      (choice, i) =>
        `<label><input type="checkbox" name="choice" value="${escapeHtml(choice.id)}" aria-describedby="detail-${i}"${choice.checked ? ' checked' : ''}${choice.locked ? ' disabled' : ''}> ${escapeHtml(choice.label)}<small id="detail-${i}">${escapeHtml(choice.detail)}</small></label>`,
    )
    .join('');
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><main><p class="note">Stand-in provider, on this machine only</p><h1>${escapeHtml(page.title)}</h1>
<p><strong>${escapeHtml(page.clientName)}</strong> wants access to your account.</p>
<form method="post" action="${escapeHtml(page.action)}">${hidden}
<fieldset><legend>${escapeHtml(page.accountLegend)}</legend>${accounts}</fieldset>
${page.choices.length === 0 ? '' : `<fieldset><legend>${escapeHtml(page.choiceLegend)}</legend>${choices}</fieldset>`}
<div class="buttons"><button type="submit" name="decision" value="deny" formnovalidate>Cancel</button>
<button type="submit" name="decision" value="allow" class="primary">Allow</button></div>
</form></main></body></html>`,
  };
}

/** A page for an authorization request that must not be answered by a redirect (unknown client, foreign redirect URI). */
export function renderRefusalPage(status: number, code: string, detail: string): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Access blocked</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><main><p class="note">Stand-in provider, on this machine only</p><h1>Access blocked: this request is not valid</h1>
<p>${escapeHtml(detail)}</p><p>Error ${status}: ${escapeHtml(code)}</p></main></body></html>`,
  };
}

/** The redirect back to the client with the answer in its query. */
export function redirectToClient(redirectUri: string, answer: Record<string, string | undefined>): Answer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer))
    if (value !== undefined) url.searchParams.set(name, value);
  return { status: 302, headers: { Location: url.href, 'Cache-Control': 'no-store' } };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `body{font:16px/1.5 system-ui,sans-serif;background:#f3f4f6;color:#1f2937;margin:0}
main{max-width:30rem;margin:3rem auto;background:#fff;padding:2rem;border-radius:12px;box-shadow:0 1px 4px #0002}
h1{font-size:1.4rem;margin:.2rem 0 1rem}.note{color:#4b5563;font-size:.85rem;margin:0}
fieldset{border:1px solid #d1d5db;border-radius:8px;margin:1rem 0;padding:.5rem 1rem}legend{font-weight:600}
label{display:block;padding:.4rem 0}small{display:block;color:#4b5563;margin-left:1.6rem;overflow-wrap:anywhere}
.buttons{display:flex;justify-content:flex-end;gap:.75rem}button{font:inherit;padding:.5rem 1.25rem;border-radius:8px;border:1px solid #6b7280;background:#fff;cursor:pointer}
.primary{background:#1d4ed8;border-color:#1d4ed8;color:#fff}`;
