/** One HTTP request of Notion's SDK: a call for each page's contents is many, and this client takes a third of fetch's work. */
import type { Client } from '@notionhq/client';
import { Agent, type Dispatcher, request } from 'undici';
import { throwIfAborted } from '../contract/index.ts';

/** As the SDK would like its `fetch`. */
type Send = NonNullable<NonNullable<ConstructorParameters<typeof Client>[0]>['fetch']>;

/** Notion itself gives up after a minute. */
const silenceMs = 65_000;
const agent = new Agent({ headersTimeout: silenceMs, bodyTimeout: silenceMs });

/**
 * Sends until `signal` aborts or Notion has said nothing for 65 s. Throws as fetch does: an AbortError, or a TypeError
 * whose cause tells, by the codes of https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md
 */
export const sendUntil =
  (signal: AbortSignal): Send =>
  async (url, { method = 'GET', headers = {}, body } = {}) => {
    const answer = await asFetch(
      signal,
      request(url, {
        ...{ method: method as Dispatcher.HttpMethod, headers, signal, dispatcher: agent },
        ...(body === undefined ? {} : { body: body as string }),
      }),
    );
    return {
      status: answer.statusCode,
      ok: answer.statusCode >= 200 && answer.statusCode < 300,
      headers: answer.headers,
      text: () => asFetch(signal, answer.body.text()),
    };
  };

async function asFetch<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throwIfAborted(signal);
    throw new TypeError('The request did not go through.', { cause: error });
  }
}
