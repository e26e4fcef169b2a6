/** How every call of Notion's SDK goes out: no retries of its own, a deadline that also ends the call, errors classified. */
import { Client } from '@notionhq/client';
import { type ProviderEnvironment, throwIfAborted } from '../contract/index.ts';
import { classifyNotionError, type NotionCall } from './classify.ts';
import { originOf } from './environment.ts';
import { sendUntil } from './send.ts';

/** Renames of this version: https://developers.notion.com/guides/get-started/upgrade-guide-2026-03-11 */
const notionVersion = '2026-03-11';

/** Second to the silence that ends a call: the SDK's own only stops waiting. */
const timeoutMs = 66_000;

/** Calls under way at once for one page of records: enough for the larger plans' ten a second. */
export const callsAtOnce = 3;

/** Runs calls of one connection (or, without a token, of the app itself). Throws ProviderError only. */
export type Notion = <T>(signal: AbortSignal, run: (client: Client) => Promise<T>) => Promise<T>;

export function createNotion(
  environment: ProviderEnvironment,
  access: { readonly accessToken?: string } & NotionCall,
): Notion {
  // The SDK takes a signal at no call, so each signal has a client; a page of records is a hundred calls under one.
  const clients = new WeakMap<AbortSignal, Client>();
  const clientFor = (signal: AbortSignal): Client => {
    const client = new Client({
      ...(access.accessToken === undefined ? {} : { auth: access.accessToken }),
      baseUrl: originOf(environment),
      notionVersion,
      // The workflow engine retries, and knows Retry-After.
      retry: false,
      timeoutMs,
      fetch: sendUntil(signal),
      // It would print bodies and ids to the console.
      logger: () => {},
    });
    clients.set(signal, client);
    return client;
  };
  return async (signal, run) => {
    try {
      throwIfAborted(signal);
      return await run(clients.get(signal) ?? clientFor(signal));
    } catch (error) {
      throw classifyNotionError(error, access);
    }
  };
}
