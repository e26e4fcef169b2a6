import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { choosePorts, type PortName } from './ports.ts';

const all: PortName[] = ['PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_PORT', 'POSTGRES_PORT', 'SANDBOX_PORT'];
const listening: Server[] = [];

/** A port that another program holds, on one address or on all. */
const takePort = async (host?: string): Promise<number> => {
  const server = createServer();
  listening.push(server);
  await new Promise<void>((resolve) => server.listen({ port: 0, host }, resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
};

afterEach(() => {
  for (const server of listening.splice(0)) server.close();
});

test('random ports are all different, free, and none that an outgoing connection might take', async () => {
  const { ports, notes } = await choosePorts({ env: {}, needed: all, random: true });
  expect(new Set(Object.values(ports)).size).toBe(5);
  for (const port of Object.values(ports)) expect(port).toBeLessThan(32_768);
  expect(notes).toEqual([]);
});

test('the ports of the last run are used again', async () => {
  const first = await choosePorts({ env: {}, needed: all, random: true });
  const second = await choosePorts({ env: {}, needed: all, last: first.ports, random: true });
  expect(second.ports).toEqual(first.ports);
});

test.each(['127.0.0.1', undefined])(
  'a taken port that nobody asked for moves and says so (%s)',
  async (host) => {
    const taken = await takePort(host);
    const { ports, notes } = await choosePorts({ env: {}, needed: ['PORT'], last: { PORT: taken } });
    expect(ports.PORT).not.toBe(taken);
    expect(notes).toEqual([`Port ${taken} is taken, so PORT is ${ports.PORT} this time.`]);
  },
);

test('a port that is not the default is told of, as in the last run', async () => {
  const free = await choosePorts({ env: {}, needed: ['PORT'], random: true });
  const last = { PORT: free.ports.PORT };
  expect(await choosePorts({ env: {}, needed: ['PORT'], last })).toMatchObject({
    ports: last,
    notes: [`PORT is ${last.PORT}, as in the last run; its default is 3000.`],
  });
  const explicit = { PORT: String(last.PORT) };
  expect((await choosePorts({ env: explicit, needed: ['PORT'] })).notes).toEqual([]);
});

test('a taken port that the person set is an error that names the variable', async () => {
  const taken = await takePort();
  await expect(choosePorts({ env: { PORT: String(taken) }, needed: all })).rejects.toThrow(
    `PORT=${taken} is taken`,
  );
});

test('a taken port of a part that is not started here is no error', async () => {
  const taken = await takePort();
  const { ports } = await choosePorts({
    env: { POSTGRES_PORT: String(taken), PORT: '0' },
    needed: ['PORT'],
  });
  expect(ports.POSTGRES_PORT).toBe(taken);
  expect(ports.PORT).toBeGreaterThan(0);
});

test.each(['abc', '70000', '-1', '80.5'])('PORT=%s is refused as no port number', async (text) => {
  await expect(choosePorts({ env: { PORT: text }, needed: all })).rejects.toThrow('is not a port number');
});
