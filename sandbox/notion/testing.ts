/** For the tests of this folder: a running stand-in, its controls, and connections made as a client makes them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, LogLevel } from '@notionhq/client';
import { type RunningSandbox, startSandbox } from '../server.ts';
import { notionModule } from './index.ts';

const clientId = 'sandbox-notion-client';
const clientSecret = 'sandbox-notion-secret';
const redirectUri = 'http://127.0.0.1:3000/oauth/callback';

// biome-ignore lint/suspicious/noExplicitAny: answers of the control surface are looked into freely
export type Loose = any;

export interface TestSandbox {
  url: string;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Loose }>;
  /** A call without the SDK. */
  raw(
    method: string,
    path: string,
    order?: { token?: string; version?: string | null; body?: unknown },
  ): Promise<Response>;
  close(): Promise<void>;
}

export async function startTestSandbox(
  settings: Record<string, unknown> = {},
  more: { stateDir?: string; mode?: 'allow' | 'ask' | 'deny' } = {},
): Promise<TestSandbox> {
  const sandbox: RunningSandbox = await startSandbox({
    port: 0,
    modules: [notionModule],
    consent: { mode: more.mode ?? 'allow' },
    settings: { notion: { searchDelayMs: 0, webhookAggregationMs: 20, ...settings } },
    ...(more.stateDir !== undefined && { stateDir: more.stateDir }),
  });
  const send = (method: string, url: string, headers: Record<string, string>, body: unknown) =>
    fetch(url, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    url: sandbox.url,
    control: async (method, path, body) => {
      const response = await send(method, `${sandbox.url}/_control${path}`, {}, body);
      return { status: response.status, body: await response.json() };
    },
    raw: (method, path, order = {}) =>
      send(
        method,
        `${sandbox.url}${path}`,
        {
          ...(order.token !== undefined && { Authorization: `Bearer ${order.token}` }),
          ...(order.version !== null && { 'Notion-Version': order.version ?? '2026-03-11' }),
        },
        order.body,
      ),
    close: () => sandbox.close(),
  };
}

export function authorizeUrl(sandbox: TestSandbox, more: Record<string, string> = {}): string {
  const query = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    owner: 'user',
    state: 's1',
    ...more,
  };
  return `${sandbox.url}/v1/oauth/authorize?${new URLSearchParams(query)}`;
}

/** Follows a consent that is answered at once to the code it yields. */
export async function obtainCode(sandbox: TestSandbox, more: Record<string, string> = {}): Promise<string> {
  const response = await fetch(authorizeUrl(sandbox, more), { redirect: 'manual' });
  const location = new URL(response.headers.get('location') ?? 'missing:');
  return location.searchParams.get('code') ?? '';
}

/** The SDK itself exchanges and refreshes. */
export function oauthOf(sandbox: TestSandbox) {
  const client = new Client({ baseUrl: sandbox.url, retry: false, logLevel: LogLevel.ERROR });
  const credentials = { client_id: clientId, client_secret: clientSecret };
  return {
    exchange: (code: string) =>
      client.oauth.token({
        ...credentials,
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
      }),
    refresh: (refreshToken: string) =>
      client.oauth.token({ ...credentials, grant_type: 'refresh_token', refresh_token: refreshToken }),
    introspect: (token: string) => client.oauth.introspect({ ...credentials, token }),
    revoke: (token: string) => client.oauth.revoke({ ...credentials, token }),
  };
}

export async function connect(
  sandbox: TestSandbox,
  version: '2025-09-03' | '2026-03-11' = '2026-03-11',
): Promise<{ client: Client; token: string; refreshToken: string; botId: string }> {
  const tokens = await oauthOf(sandbox).exchange(await obtainCode(sandbox));
  return {
    client: clientOf(sandbox, tokens.access_token, version),
    token: tokens.access_token,
    refreshToken: tokens.refresh_token ?? '',
    botId: tokens.bot_id,
  };
}

export function clientOf(
  sandbox: TestSandbox,
  auth: string,
  notionVersion: '2025-09-03' | '2026-03-11' = '2026-03-11',
): Client {
  return new Client({ auth, baseUrl: sandbox.url, notionVersion, retry: false, logLevel: LogLevel.ERROR });
}

export interface Delivery {
  headers: Record<string, string | string[] | undefined>;
  raw: string;
  body: Loose;
}

/** An endpoint that takes webhooks; `answer` decides the status. */
export async function startWebhookEndpoint(
  answer: (delivery: Delivery, count: number) => number = () => 200,
) {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const delivery = { headers: request.headers, raw, body: JSON.parse(raw) };
    deliveries.push(delivery);
    response.writeHead(answer(delivery, deliveries.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/notion`,
    deliveries,
    events: () => deliveries.filter(({ body }) => body.verification_token === undefined),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
