/** The stand-in providers' server: one origin for all providers, the control surface under `/_control`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerControlError, ControlError } from './control/control-error.ts';
import { createControlRoutes } from './control/control-routes.ts';
import { readBody, sendAnswer } from './core/answering.ts';
import { Call } from './core/call.ts';
import { createClock } from './core/clock.ts';
import { Consent, type ConsentOrder } from './core/consent.ts';
import { DurableState } from './core/durable-state.ts';
import { type Fault, Faults } from './core/faults.ts';
import { Lags } from './core/lag.ts';
import type { Answer, ControlRoute, Provider, ProviderModule, Route } from './core/provider.ts';
import { Pushes } from './core/pushes.ts';
import { RequestLog } from './core/request-log.ts';
import { type Matched, Router } from './core/router.ts';
import { createReadPoints } from './core/sandbox-core.ts';
import { Settings, type SettingsPatch } from './core/settings.ts';
import { Worlds } from './core/worlds.ts';
import { providerModules } from './providers.ts';

const REQUESTS_KEPT = 100_000;

export interface SandboxOptions {
  /** 0 takes a free port. */
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Where everything is kept across restarts; without it, in memory only. */
  stateDir?: string;
  /** Choices per provider, `{google: {accessTokenLifetimeSeconds: 60}}`; docs/sandbox.md lists them. */
  settings?: SettingsPatch;
  /** How consent is answered until the control surface says otherwise. Default: ask on a page. */
  consent?: ConsentOrder;
  /** Which providers to run; default all. */
  modules?: readonly ProviderModule[];
}

export interface RunningSandbox {
  url: string;
  /** Drops all connections and writes what is pending. */
  close(): Promise<void>;
}

/** Starts the stand-ins. Rejects where the port is taken or a setting is unknown. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const clock = createClock();
  const state = new DurableState(clock, options.stateDir);
  // The clock's offset is kept: times in the journal must not lie in the future after a restart.
  const clockTable = state.table<number>('core.clock');
  clock.offsetMs = clockTable.get('offset') ?? 0;
  const setClock = (offsetMs: number) => {
    clock.offsetMs = offsetMs;
    clockTable.set('offset', offsetMs);
  };
  const modules = options.modules ?? providerModules;
  const settings = new Settings(state, modules, options.settings ?? {});
  const consent = new Consent(state, options.consent ?? { mode: 'ask' });
  const pushes = new Pushes();
  const faults = new Faults();
  const requestLog = new RequestLog(REQUESTS_KEPT);
  const lags = new Lags();
  const providers = modules.map((module) =>
    module.create({
      state,
      clock,
      consent,
      pushes,
      settings: () => settings.of(module.id),
      ...createReadPoints(module.id, { state, clock, lags }),
    }),
  );
  const worlds = new Worlds(state, providers);
  const live = createLiveHandler({ providers, faults, requestLog, now: clock.now });
  const control = createControlHandler([
    ...providers.flatMap((provider) => provider.controlRoutes),
    ...createControlRoutes({
      worlds,
      providers,
      faults,
      lags,
      requestLog,
      pushes,
      consent,
      settings,
      clock,
      setClock,
    }),
  ]);

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      console.error('sandbox: a handler failed', error);
      if (response.headersSent) response.destroy();
      else sendAnswer(response, { status: 500, body: { error: 'the stand-in itself failed' } }, false);
    });
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const call = new Call({
      method: request.method ?? 'GET',
      url,
      headers: request.headers,
      body: await readBody(request),
    });
    const isControl = url.pathname === '/_control' || url.pathname.startsWith('/_control/');
    const outcome = isControl ? await control(call, url.pathname) : await live(call, url.pathname);
    state.flush();
    if (outcome.die) response.socket?.destroy();
    else sendAnswer(response, outcome.answer, outcome.cut ?? false);
  }

  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    close: async () => {
      pushes.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      state.close();
    },
  };
}

type Outcome = { die: true } | { die?: false; answer: Answer; cut?: boolean };

function createControlHandler(routes: ControlRoute[]) {
  const router = new Router(routes);
  return async (call: Call, rawPath: string): Promise<Outcome> => {
    try {
      const matched = router.match(call.method, rawPath.slice('/_control'.length));
      if (matched === undefined) throw new ControlError(404, `no control route ${call.method} ${call.path}`);
      call.params = matched.params;
      return { answer: await matched.route.handle(call) };
    } catch (error) {
      if (error instanceof ControlError) return { answer: answerControlError(error) };
      if (error instanceof SyntaxError)
        return { answer: answerControlError(new ControlError(400, 'the body is not JSON')) };
      throw error;
    }
  };
}

function createLiveHandler(parts: {
  providers: readonly Provider[];
  faults: Faults;
  requestLog: RequestLog;
  now: () => number;
}) {
  const owners = new Map<Route, Provider>();
  for (const provider of parts.providers) for (const route of provider.routes) owners.set(route, provider);
  const router = new Router([...owners.keys()]);

  return async (call: Call, rawPath: string): Promise<Outcome> => {
    const matched = router.match(call.method, rawPath);
    const provider = matched ? owners.get(matched.route) : parts.providers.find((one) => one.owns(call.path));
    if (provider === undefined)
      return { answer: { status: 404, body: { error: `no stand-in serves ${call.method} ${call.path}` } } };
    if (matched !== undefined) call.params = matched.params;
    const account = provider.accountOf(call);
    const subject = {
      provider: provider.id,
      method: call.method,
      path: matched?.route.label?.(call) ?? call.path,
      account,
      list: flag(matched?.route.list, call, false),
      write: flag(matched?.route.write, call, call.method !== 'GET'),
    };
    const atMs = parts.now();
    const outcome = await answerUnderFaults(call, provider, matched, parts.faults.hit(subject));
    const { list: _, account: __, ...entry } = subject;
    const status = outcome.die ? 0 : outcome.answer.status;
    parts.requestLog.add({ atMs, ...entry, account: account ?? provider.accountOf(call) ?? null, status });
    return outcome;
  };
}

async function answerUnderFaults(
  call: Call,
  provider: Provider,
  matched: Matched<Route> | undefined,
  faults: readonly Fault[],
): Promise<Outcome> {
  for (const fault of faults) {
    if (fault.kind === 'delay') await sleep(fault.ms);
    else if (fault.kind === 'truncate-list') call.truncateKeep = fault.keep;
    else if (fault.kind === 'stale-read') call.staleMs = fault.ms;
    else if (fault.kind === 'lose-request') return { die: true };
    else if (fault.kind === 'status') return { answer: faultAnswer(fault, provider, call) };
  }
  const answer = matched ? await matched.route.handle(call) : provider.errorAnswer(404, call);
  if (faults.some((fault) => fault.kind === 'lose-answer')) return { die: true };
  const after = faults.find((fault) => fault.kind === 'status-after-saving');
  if (after !== undefined && answer.status < 300)
    return {
      answer:
        provider.answerAfterSaving?.(after.status, call, answer) ?? provider.errorAnswer(after.status, call),
    };
  return { answer, cut: faults.some((fault) => fault.kind === 'cut-body') };
}

function faultAnswer(fault: Fault & { kind: 'status' }, provider: Provider, call: Call): Answer {
  const own = provider.errorAnswer(fault.status, call);
  return {
    status: fault.status,
    body: fault.body === undefined ? own.body : fault.body,
    headers: { ...own.headers, ...fault.headers },
  };
}

function flag(
  value: boolean | ((call: Call) => boolean) | undefined,
  call: Call,
  otherwise: boolean,
): boolean {
  if (value === undefined) return otherwise;
  return typeof value === 'boolean' ? value : value(call);
}
