/** Every HTTP request to a provider, whichever SDK makes it: Node tells of each one, through fetch and through http alike. */
import { subscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { Context } from '@temporalio/activity';
import { providerTaskQueue } from '../workflows/messages.ts';

export interface ProviderRequest {
  readonly provider: string;
  readonly method: string;
  /** Name of the server; no path, no query: they name people. */
  readonly host: string;
}

/** Called when a request begins; what it returns, when the head of the answer is there. No status: there was none. */
export type RequestObserver = (request: ProviderRequest) => (status: number | undefined) => void;

interface HttpEvent {
  readonly request: { readonly method: string; readonly host?: string; readonly origin?: string | URL };
  readonly response?: { readonly statusCode?: number };
}

/** Tells of each request that an activity on a provider's queue makes, until the process ends. */
export function observeProviderRequests(observe: RequestObserver): void {
  const open = new WeakMap<object, (status: number | undefined) => void>();
  const begin = (message: unknown) => {
    const provider = currentProvider();
    // A span that is sent off while an activity runs goes to no provider.
    if (provider === undefined || isTracingSuppressed(context.active())) return;
    const { request } = message as HttpEvent;
    const host = request.host ?? (request.origin === undefined ? '' : new URL(request.origin).hostname);
    open.set(request, observe({ provider, method: request.method, host }));
  };
  const finish = (message: unknown) => {
    const { request, response } = message as HttpEvent;
    open.get(request)?.(response?.statusCode);
    open.delete(request);
  };
  subscribe('undici:request:create', begin);
  subscribe('undici:request:headers', finish);
  subscribe('undici:request:error', finish);
  subscribe('http.client.request.start', begin);
  subscribe('http.client.response.finish', finish);
  subscribe('http.client.request.error', finish);
}

const providerQueuePrefix = providerTaskQueue('');

/** The provider on whose queue the running activity is; undefined outside of one. */
function currentProvider(): string | undefined {
  try {
    const { taskQueue } = Context.current().info;
    return taskQueue.startsWith(providerQueuePrefix)
      ? taskQueue.slice(providerQueuePrefix.length)
      : undefined;
  } catch {
    return undefined;
  }
}
