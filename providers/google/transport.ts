/** How every call of an SDK goes out: no retries of its own, a deadline, bounded sockets, errors classified. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { throwIfAborted } from '../contract/index.ts';
import { classifyGoogleError, type GoogleCall } from './classify.ts';

export const timeoutMs = 30_000;

/** One pool per process: sessions come and go, sockets stay. */
const sockets = { keepAlive: true, maxSockets: 64, maxFreeSockets: 16 };
const httpAgent = new HttpAgent(sockets);
const httpsAgent = new HttpsAgent(sockets);

/** Options of one SDK call, in the form of gaxios. */
export interface CallOptions {
  readonly headers: { readonly authorization: string };
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly retry: false;
  readonly responseType: 'json';
  readonly agent: (url: URL) => HttpAgent;
}

export interface GoogleRequest extends GoogleCall {
  readonly accessToken: string;
  readonly signal: AbortSignal;
}

/** Runs one SDK call and returns the parsed answer itself. Throws ProviderError only. */
export async function callGoogle<T>(
  request: GoogleRequest,
  run: (options: CallOptions) => PromiseLike<{ data: T }>,
): Promise<T> {
  try {
    // gaxios drops a signal that is aborted already.
    throwIfAborted(request.signal);
    const answer = await run({
      headers: { authorization: `Bearer ${request.accessToken}` },
      signal: request.signal,
      timeout: timeoutMs,
      // The workflow engine retries, and knows Retry-After.
      retry: false,
      responseType: 'json',
      agent: (url) => (url.protocol === 'http:' ? httpAgent : httpsAgent),
    });
    return answer.data;
  } catch (error) {
    throw classifyGoogleError(error, request);
  }
}
