/** A steady stream of API requests, whatever the answers take, and what became of them. */
import { quantile } from './report.ts';

export interface LoadReport {
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with 429 that said when to come back. */
  readonly withRetryAfter: number;
}

interface LoadOrder {
  /** Asked in turn, each by all callers before the next. */
  readonly urls: readonly string[];
  readonly keys: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

const tickMs = 50;
const answerTimeoutMs = 30_000;

export async function sendSteadily({ urls, keys, perSecond, seconds }: LoadOrder): Promise<LoadReport> {
  const latencies: number[] = [];
  const byStatus: Record<string, number> = {};
  const underWay: Promise<void>[] = [];
  let withRetryAfter = 0;
  const send = async (number: number): Promise<void> => {
    const startedAtMs = performance.now();
    const authorization = `Bearer ${keys[number % keys.length]}`;
    const url = urls[Math.floor(number / keys.length) % urls.length] as string;
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const status = await fetch(url, { headers: { authorization }, signal }).then(
      async (response) => {
        await response.arrayBuffer();
        if (response.status === 429 && Number(response.headers.get('retry-after')) > 0) withRetryAfter += 1;
        return String(response.status);
      },
      (error: Error & { cause?: { code?: string } }) => `no answer (${error.cause?.code ?? error.name})`,
    );
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    latencies.push(performance.now() - startedAtMs);
  };
  const startedAtMs = performance.now();
  const wanted = perSecond * seconds;
  while (underWay.length < wanted) {
    const due = Math.min(wanted, ((performance.now() - startedAtMs) / 1000) * perSecond);
    while (underWay.length < due) underWay.push(send(underWay.length));
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(underWay);
  return {
    sent: wanted,
    byStatus,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    withRetryAfter,
  };
}
