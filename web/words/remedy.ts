/** What the API says to programs (a route, a header, a field), said to a person who has the page. Pure. */
import type { ProblemCode } from '../../api/contract/index.ts';

const headers = /Idempotency-Key|If-Match/;
/** A detail may quote what a provider or a person wrote, which stays. */
const inRemedies = /\/v1\/|Idempotency-Key|If-Match|`/;

/** By the problem's code: what to do here. */
const onThePage: Partial<Readonly<Record<ProblemCode, string>>> = {
  conflict:
    'Carry out the plan that waits, or turn it down; or decide this once, without “Always decide this field this way”.',
  idempotency_in_progress: 'It is being carried out.',
  not_found: 'What was archived is found and restored under Contacts, in the list Archived.',
  plan_stale: 'Make a fresh plan, look at it, and carry that one out.',
  upstream_unavailable: 'Try again in a minute.',
  write_refused: 'Choose another team, or use Refresh List at the teams of the integration.',
};

/** A problem's sentences without those to programs, and with what helps here in the place of a remedy that was one. */
export function textForPeople(problem: {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy?: string | undefined;
}): string {
  const { code, title, detail, remedy = '' } = problem;
  const sentences = [
    ...cut(detail).map((text) => ({ text, isFit: !headers.test(text) })),
    ...cut(remedy).map((text) => ({ text, isFit: !inRemedies.test(text) })),
  ].filter(({ text }) => text !== title);
  const told = sentences.filter(({ isFit }) => isFit).map(({ text }) => text);
  const instead = told.length < sentences.length ? onThePage[code as ProblemCode] : undefined;
  return [...new Set(instead === undefined ? told : [...told, instead])].join(' ');
}

const cut = (text: string): string[] => text.split(/(?<=[.!?])\s+/).filter(Boolean);
