import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { PushRequest } from '../../providers/contract/index.ts';

export interface PushListener {
  readonly address: string;
  /** The next push, in the order of arrival; waits for it. */
  next(): Promise<PushRequest>;
  close(): void;
}

/** Takes pushes on loopback and keeps them until they are asked for. */
export async function listenForPushes(): Promise<PushListener> {
  const arrived: PushRequest[] = [];
  const waiting: ((push: PushRequest) => void)[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const headers = request.headers as Record<string, string | undefined>;
    const push = { headers, body, receivedAtMs: Date.now() };
    response.writeHead(204).end();
    const taker = waiting.shift();
    if (taker === undefined) arrived.push(push);
    else taker(push);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    next: () => {
      const first = arrived.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
