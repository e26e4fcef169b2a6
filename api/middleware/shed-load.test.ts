import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.ts';
import { answerProblem } from './answer-problem.ts';
import { shedLoad } from './shed-load.ts';

it('refuses what is more than it takes at once, says when to come back, and takes the next one afterwards', async () => {
  const app = express();
  const answers = Promise.withResolvers<void>();
  const bothTaken = Promise.withResolvers<void>();
  let taken = 0;
  app.use(shedLoad(2, (req) => req.path.endsWith('/events')));
  app.get('/held', async (_req, res) => {
    taken += 1;
    if (taken === 2) bothTaken.resolve();
    await answers.promise;
    res.send('done');
  });
  app.get('/held/events', (_req, res) => void res.send('a stream'));
  app.use(answerProblem(createLogger('test', 'silent')));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/held`;
  try {
    const first = [fetch(url), fetch(url)];
    await bothTaken.promise;
    expect((await fetch(`${url}/events`)).status).toBe(200);
    const refused = await fetch(url);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', remedy: expect.any(String) });
    answers.resolve();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await fetch(url)).status).toBe(200);
  } finally {
    answers.resolve();
    server.closeAllConnections();
    server.close();
  }
});
