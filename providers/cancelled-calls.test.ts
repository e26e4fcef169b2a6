/** A cancelled call passes, at every provider: whoever tells a lasting failure from it would forget what is still there. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calendar } from '@googleapis/calendar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callGoogle } from './google/transport.ts';
import { createAsk } from './linear/transport.ts';
import { createNotion } from './notion/transport.ts';

/** Takes every request and answers none. */
const silent = createServer(() => arrived());
let arrived: () => void = () => {};
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

const environment = () => ({ live: false, origins: { api: origin }, clientId: 'c', clientSecret: 's' });

const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
  google: (signal) =>
    callGoogle({ accessToken: 't', signal }, (options) =>
      calendar({ version: 'v3', rootUrl: `${origin}/` }).calendarList.list({}, options),
    ),
  linear: (signal) =>
    createAsk({ accessToken: 't', authKind: 'oauth' }, environment())('{ viewer { id } }', {}, signal),
  notion: (signal) =>
    createNotion(environment(), { accessToken: 't' })(signal, (client) => client.users.me({})),
};

/** As the workflow engine aborts: with an error of its own. */
const reason = Object.assign(new Error('The activity was cancelled.'), { name: 'CancelledFailure' });

test.each(Object.entries(calls))(
  '%s: before it was sent, and while it waits for its answer',
  async (_id, call) => {
    const cancelled = { kind: 'transient', message: expect.stringMatching(/was cancelled\.$/) };
    await expect(call(AbortSignal.abort(reason))).rejects.toMatchObject(cancelled);
    const abort = new AbortController();
    arrived = () => abort.abort(reason);
    await expect(call(abort.signal)).rejects.toMatchObject(cancelled);
  },
);
