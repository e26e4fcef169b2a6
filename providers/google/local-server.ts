/** For unit tests: an HTTP server on loopback that answers as a test says and is gone when the test ends. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ProviderEnvironment } from '../contract/index.ts';

/** Answers the origin. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function answering(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers the bodies in turn and keeps what was asked. */
export async function serveInTurn(
  bodies: readonly unknown[],
): Promise<{ environment: ProviderEnvironment; asked: URL[] }> {
  const asked: URL[] = [];
  const origin = await serve((request, response) => {
    const body = bodies[asked.length];
    asked.push(new URL(request.url ?? '/', 'http://127.0.0.1'));
    answering(body === undefined ? 500 : 200, body)(request, response);
  });
  return { environment: environmentAt(origin), asked };
}

export function environmentAt(origin: string): ProviderEnvironment {
  return {
    live: false,
    origins: { accounts: origin, oauth: origin, www: origin, people: origin },
    clientId: 'client',
    clientSecret: 'secret-client-secret',
  };
}
