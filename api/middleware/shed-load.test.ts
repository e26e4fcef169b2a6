import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, it, vi } from 'vitest';
import { createLogger } from '../../platform/logger.ts';
import { answerProblem } from './answer-problem.ts';
import { type LoadLimits, shedLoad } from './shed-load.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers at `/held` are sent once `release` is called. */
async function serve(limits: LoadLimits) {
  const app = express();
  const answers = Promise.withResolvers<void>();
  let taken = 0;
  app.use(shedLoad(limits, (req) => req.path.endsWith('/events')));
  app.get('/held', async (_req, res) => {
    taken += 1;
    await answers.promise;
    res.send('done');
  });
  app.get('/held/events', (_req, res) => void res.send('a stream'));
  app.use(answerProblem(createLogger('test', 'silent')));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    answers.resolve();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/held`;
  const untilTaken = (count: number) => vi.waitFor(() => expect(taken).toBe(count));
  return { url, untilTaken, release: answers.resolve };
}

it('answers as many as it takes at once, then those that wait, and refuses what comes on top', async () => {
  const { url, untilTaken, release } = await serve({ atOnce: 2, waiting: 2, patienceMs: 60_000 });
  const first = [fetch(url), fetch(url)];
  await untilTaken(2);
  const rest = [fetch(url), fetch(url), fetch(url)];
  const refused = await Promise.race(rest);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(await refused.json()).toMatchObject({ code: 'rate_limited', remedy: expect.any(String) });
  expect((await fetch(`${url}/events`)).status).toBe(200);
  await untilTaken(2);
  release();
  const statuses = (await Promise.all([...first, ...rest])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 200, 200, 429]);
  expect((await fetch(url)).status).toBe(200);
});

it('refuses one that has waited too long, and one whose caller has gone leaves its place to the next', async () => {
  const { url, untilTaken, release } = await serve({ atOnce: 1, waiting: 1, patienceMs: 300 });
  const first = fetch(url);
  await untilTaken(1);
  const impatient = new AbortController();
  const gone = fetch(url, { signal: impatient.signal });
  await new Promise((resolve) => setTimeout(resolve, 100));
  impatient.abort();
  await expect(gone).rejects.toThrow();
  // It waits where the one that left stood, until it has waited too long.
  await vi.waitFor(async () =>
    expect(await (await fetch(url)).json()).toMatchObject({ code: 'rate_limited' }),
  );
  await untilTaken(1);
  release();
  expect((await first).status).toBe(200);
  expect((await fetch(url)).status).toBe(200);
});
