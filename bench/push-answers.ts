/** How long a provider waits for the answer to a push: to those that were taken in, by the API's own histogram, and to refused ones. */
import { median, quantile, type Row } from './report.ts';
import type { Bench } from './stream.ts';

const boundSeconds = 0.1;
const rounds = 40;
const largeBytes = 2 * 1024 * 1024;
const ofNoChannel = {
  'x-goog-channel-id': 'wch_nobody',
  'x-goog-channel-token': 'none',
  'x-goog-resource-state': 'exists',
  'x-goog-message-number': '2',
};

/** After a bench that had the stand-ins push. Throws where a push that nobody signed is taken in. */
export async function benchPushAnswers({ stack, say }: Bench): Promise<Row[]> {
  const { apiUrl } = stack.running;
  const { within, all } = await readTaken(apiUrl);
  const refusals = [
    { what: 'unknown', provider: 'google-calendar', body: '', status: 404, headers: ofNoChannel },
    { what: 'unsigned', provider: 'linear', body: '{}', status: 401 },
    { what: 'unsigned', provider: 'notion', body: '{}', status: 401 },
    { what: 'oversized', provider: 'linear', body: 'x'.repeat(largeBytes), status: 413 },
    { what: 'oversized', provider: 'notion', body: 'x'.repeat(largeBytes), status: 413 },
  ];
  const figuresMs: number[] = [];
  for (const { what, provider, body, status, headers: own = {} } of refusals) {
    const ofKind: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startedAtMs = performance.now();
      const headers = { 'content-type': 'application/json', ...own };
      const answer = await fetch(`${apiUrl}/webhooks/${provider}`, { method: 'POST', headers, body });
      await answer.text();
      if (answer.status !== status)
        throw new Error(`${what} pushes of ${provider} are answered ${answer.status}, not ${status}`);
      ofKind.push(performance.now() - startedAtMs);
    }
    say(`refused, ${what}, ${provider}: median ${Math.round(median(ofKind))} ms`);
    figuresMs.push(...ofKind);
  }
  return [
    {
      what: 'a push is taken in and answered',
      size: `${all} pushes`,
      ours: `${within} in under ${boundSeconds * 1000} ms`,
    },
    {
      what: 'a push is refused',
      size: `${figuresMs.length} pushes, 5 kinds`,
      ours: `p50 ${Math.round(median(figuresMs))} ms, p95 ${Math.round(quantile(figuresMs, 0.95))} ms`,
    },
  ];
}

/** Of the pushes that were answered with success so far. */
async function readTaken(apiUrl: string): Promise<{ within: number; all: number }> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /route="\/webhooks\/.*status="2/.test(line));
  const sum = (those: readonly string[]) =>
    those.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  return {
    within: sum(lines.filter((line) => line.includes(`_bucket{le="${boundSeconds}"`))),
    all: sum(lines.filter((line) => line.includes('_count{'))),
  };
}
