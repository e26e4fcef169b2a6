import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createHttpServer } from './http-server.ts';

it('answers what can not be read as a problem, and closes', async () => {
  const server = createHttpServer((_req, res) => res.end('read'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const long = request({ port, path: `/?cursor=${'x'.repeat(20_000)}` }).end();
  const [answer] = await once(long, 'response');
  expect(answer.statusCode).toBe(431);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(JSON.parse(await text(answer))).toMatchObject({ code: 'headers_too_large', status: 431 });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"invalid_request"/);
  server.close();
});
