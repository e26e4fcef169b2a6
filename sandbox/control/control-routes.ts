/** The control surface that no provider owns: world, faults, lag, request log, pushes, consent, settings, clock. */
import { z } from 'zod';
import type { Call } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import { type Consent, consentOrder } from '../core/consent.ts';
import { type Faults, faultOrder } from '../core/faults.ts';
import { type Lags, lagOrder } from '../core/lag.ts';
import type { ControlRoute, Provider } from '../core/provider.ts';
import { type Pushes, pushOrder } from '../core/pushes.ts';
import type { RequestLog } from '../core/request-log.ts';
import type { Settings } from '../core/settings.ts';
import type { Worlds } from '../core/worlds.ts';
import { ControlError, controlErrorFrom, parseControl } from './control-error.ts';
import { listingRange, listPage, MAX_LIMIT } from './listing.ts';

export interface ControlParts {
  worlds: Worlds;
  providers: readonly Provider[];
  faults: Faults;
  lags: Lags;
  requestLog: RequestLog;
  pushes: Pushes;
  consent: Consent;
  settings: Settings;
  clock: Clock;
  /** Moves the clock to that offset (ms), and remembers it. */
  setClock: (offsetMs: number) => void;
}

const scopesOrder = z.strictObject({ granted: z.array(z.string()) });
const clockOrder = z.strictObject({ advanceMs: z.number() });

export function createControlRoutes(parts: ControlParts): ControlRoute[] {
  return [
    ...worldRoutes(parts),
    ...faultRoutes(parts),
    ...observationRoutes(parts),
    ...tokenRoutes(parts.providers),
  ];
}

function worldRoutes({ worlds, providers, faults, lags, pushes, setClock }: ControlParts): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/reset',
      handle: (call) => {
        const world = worlds.reset(call.json());
        faults.clear();
        lags.clear();
        pushes.clear();
        setClock(0);
        return { status: 200, body: { ...world, accounts: listAccounts(providers) } };
      },
    },
    { method: 'GET', path: '/world', handle: () => ({ status: 200, body: worlds.current }) },
    {
      method: 'GET',
      path: '/accounts',
      handle: (call) => ({ status: 200, body: listPage(listAccounts(providers), call) }),
    },
  ];
}

function faultRoutes({ faults, lags }: ControlParts): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/faults',
      handle: (call) => ({ status: 200, body: listPage(faults.list(), call) }),
    },
    {
      method: 'POST',
      path: '/faults',
      handle: (call) => ({ status: 201, body: { id: faults.add(parseControl(faultOrder, call.json())) } }),
    },
    {
      method: 'DELETE',
      path: '/faults',
      handle: () => {
        faults.clear();
        return { status: 200, body: {} };
      },
    },
    {
      method: 'DELETE',
      path: '/faults/{id}',
      handle: (call) => {
        if (!faults.remove(call.param('id'))) throw new ControlError(404, `no fault ${call.param('id')}`);
        return { status: 200, body: {} };
      },
    },
    {
      method: 'POST',
      path: '/lag',
      handle: (call) => {
        const order = parseControl(lagOrder, call.json());
        lags.set(order);
        return { status: 200, body: order };
      },
    },
  ];
}

function observationRoutes({
  requestLog,
  pushes,
  consent,
  settings,
  clock,
  setClock,
}: ControlParts): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/requests',
      handle: (call) => {
        // Whoever counts requests counts all of them.
        const { limit, offset } = listingRange(call, MAX_LIMIT);
        const provider = call.query.get('provider') || undefined;
        return {
          status: 200,
          body: requestLog.list({ provider, sinceMs: readSince(call), limit, cursor: offset }),
        };
      },
    },
    { method: 'GET', path: '/pushes', handle: () => ({ status: 200, body: pushes.status }) },
    {
      method: 'POST',
      path: '/pushes',
      handle: (call) => {
        pushes.setMode(parseControl(pushOrder, call.json()).mode);
        return { status: 200, body: pushes.status };
      },
    },
    { method: 'GET', path: '/consent', handle: () => ({ status: 200, body: consent.order }) },
    {
      method: 'POST',
      path: '/consent',
      handle: (call) => {
        consent.set(parseControl(consentOrder, call.json()));
        return { status: 200, body: consent.order };
      },
    },
    { method: 'GET', path: '/settings', handle: () => ({ status: 200, body: settings.all() }) },
    {
      method: 'PATCH',
      path: '/settings',
      handle: (call) => {
        try {
          settings.patch(call.json());
        } catch (error) {
          if (error instanceof z.ZodError) throw controlErrorFrom(error);
          throw error;
        }
        return { status: 200, body: settings.all() };
      },
    },
    {
      method: 'POST',
      path: '/clock',
      handle: (call) => {
        setClock(clock.offsetMs + parseControl(clockOrder, call.json()).advanceMs);
        return { status: 200, body: { now: clock.iso() } };
      },
    },
  ];
}

function tokenRoutes(providers: readonly Provider[]): ControlRoute[] {
  const act = (call: Call, action: (provider: Provider, account: string) => void) => {
    const provider = providers.find((one) => one.id === call.param('provider'));
    if (provider === undefined) throw new ControlError(404, `no provider ${call.param('provider')}`);
    const name = call.param('account');
    const account = provider.accounts().find((one) => one.name === name || one.id === name);
    if (account === undefined) throw new ControlError(404, `no account ${name} at ${provider.id}`);
    action(provider, account.name);
    return { status: 200, body: {} };
  };
  return [
    {
      method: 'POST',
      path: '/{provider}/{account}/access-tokens/expire',
      handle: (call) => act(call, (provider, account) => provider.expireAccessTokens(account)),
    },
    {
      method: 'POST',
      path: '/{provider}/{account}/revoke',
      handle: (call) => act(call, (provider, account) => provider.revoke(account)),
    },
    {
      method: 'POST',
      path: '/{provider}/{account}/scopes',
      handle: (call) => {
        const { granted } = parseControl(scopesOrder, call.json());
        return act(call, (provider, account) => provider.setGrantedScopes(account, granted));
      },
    },
  ];
}

function listAccounts(providers: readonly Provider[]) {
  return providers.flatMap((provider) => provider.accounts());
}

/** `since` is an ISO time or milliseconds since the epoch; what happened at that very moment is included. */
function readSince(call: Call): number {
  const since = call.query.get('since');
  if (since === null || since === '') return 0;
  const ms = /^\d+$/.test(since) ? Number(since) : Date.parse(since);
  if (Number.isNaN(ms)) throw new ControlError(400, 'since: must be an ISO 8601 time or milliseconds');
  return ms;
}
