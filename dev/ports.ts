// Which ports a run uses: explicit ones as told, the others as in the last run, else the default, else a free one.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const defaultPorts = {
  PORT: 3000,
  TEMPORAL_UI_PORT: 8233,
  TEMPORAL_PORT: 7233,
  POSTGRES_PORT: 5433,
  SANDBOX_PORT: 4010,
} as const;

export type PortName = keyof typeof defaultPorts;
export type Ports = Record<PortName, number>;

export interface PortChoice {
  ports: Ports;
  /** Sentences for the person: which default was taken and where the part went. */
  notes: string[];
}

export interface PortRequest {
  env: NodeJS.ProcessEnv;
  /** The ports of the last run, if known. */
  last?: Partial<Ports> | undefined;
  /** Parts that are not started here need no free port. */
  needed: readonly PortName[];
  /** Free ports only, no defaults: for tests, which run beside anything. */
  random?: boolean | undefined;
}

/** @throws Error when a port set by the person is no port number or is taken. */
export const choosePorts = async (request: PortRequest): Promise<PortChoice> => {
  const ports: Ports = { ...defaultPorts };
  const notes: string[] = [];
  const given = new Set<number>();
  // One after the other, so that no port is handed out twice.
  for (const name of Object.keys(defaultPorts) as PortName[]) {
    const explicit = readExplicitPort(name, request.env);
    const wanted = explicit ?? request.last?.[name] ?? (request.random ? 0 : defaultPorts[name]);
    if (!request.needed.includes(name)) {
      ports[name] = wanted;
      continue;
    }
    const free = wanted !== 0 && !given.has(wanted) && (await isFree(wanted));
    if (!free && explicit) {
      throw new Error(
        `${name}=${explicit} is taken by another program. Free it, or set ${name} to another port.`,
      );
    }
    const fallback = defaultPorts[name];
    const useDefault = !free && !request.random && wanted !== fallback && !given.has(fallback);
    const port = free
      ? wanted
      : useDefault && (await isFree(fallback))
        ? fallback
        : await findFreePort(given);
    if (!request.random && port !== wanted) {
      notes.push(`Port ${wanted} is taken, so ${name} is ${port} this time.`);
    } else if (!request.random && !explicit && port !== fallback) {
      notes.push(`${name} is ${port}, as in the last run; its default is ${fallback}.`);
    }
    given.add(port);
    ports[name] = port;
  }
  return { ports, notes };
};

const readExplicitPort = (name: PortName, env: NodeJS.ProcessEnv): number | undefined => {
  const text = env[name]?.trim();
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${name}="${text}" is not a port number (0 to 65535, 0 for any free one).`);
  }
  return port;
};

/**
 * Free ports are looked for below those that systems give to outgoing connections (from 32,768 on Linux, from 49,152
 * elsewhere): one of these may be taken by the time that the part which is to have it listens.
 */
const freePorts = { from: 10_000, below: 32_768 };

export const findFreePort = async (except: ReadonlySet<number>): Promise<number> => {
  for (;;) {
    const port = randomInt(freePorts.from, freePorts.below);
    if (!except.has(port) && (await isFree(port))) return port;
  }
};

/** Both are tried: on macOS the loopback address can be bound while another program holds the port for all. */
const isFree = async (port: number): Promise<boolean> =>
  (await canListen(port, '127.0.0.1')) && (await canListen(port, '::'));

/** False when it is taken or not allowed; true also for an address that this machine has not got. */
const canListen = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const noSuchAddress = error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT';
      resolve(noSuchAddress);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
