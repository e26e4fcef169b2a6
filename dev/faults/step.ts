/** What can happen in a fault run: what people do, what providers do, and damage to the processes. Plain data. */
import type { ProcessName } from '../running-file.ts';

export const providers = ['google-calendar', 'google-contacts', 'linear', 'notion'] as const;
export type ProviderId = (typeof providers)[number];

/** As the stand-in's controls name them: Google's two share an account. */
export const standIns = ['google', 'linear', 'notion'] as const;
export type StandIn = (typeof standIns)[number];

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'delay' | 'stale-read'; readonly ms: number }
  | { readonly kind: 'lose-request' | 'lose-answer' | 'cut-body' }
  | { readonly kind: 'truncate-list'; readonly keep: number };

/** `pick` chooses among whatever there is at that moment: the remainder of a division by its count. */
export type Act =
  | { readonly do: 'connect' | 'reauthenticate' | 'delete' | 'test'; readonly provider: ProviderId }
  | { readonly do: 'sync'; readonly provider: ProviderId; readonly mode: 'incremental' | 'full' }
  | {
      readonly do: 'tick';
      readonly provider: ProviderId;
      readonly pick: number;
      readonly subscribed: boolean;
    }
  | { readonly do: 'settings'; readonly provider: ProviderId; readonly autoSync: boolean }
  | { readonly do: 'refresh-collections'; readonly provider: ProviderId }
  | { readonly do: 'sync-users' }
  /** Linear by a personal API key, and another key in its place. */
  | { readonly do: 'connect-by-key' | 'replace-key' }
  /** Contacts flow both ways from here on. */
  | { readonly do: 'two-way' }
  | { readonly do: 'contact-add' | 'contact-edit' | 'contact-archive'; readonly pick: number }
  | { readonly do: 'create-task' | 'change-task'; readonly pick: number }
  | { readonly do: 'add' | 'edit' | 'remove'; readonly provider: ProviderId; readonly pick: number }
  | { readonly do: 'expire-access' | 'revoke'; readonly standIn: StandIn }
  | { readonly do: 'expire-sync-tokens' }
  | { readonly do: 'forge-push'; readonly provider: ProviderId }
  | {
      readonly do: 'fault';
      readonly standIn: StandIn;
      readonly times: number;
      readonly after: number;
      readonly fault: Fault;
    }
  | { readonly do: 'lag'; readonly standIn: StandIn; readonly ms: number }
  | { readonly do: 'pushes'; readonly mode: 'deliver' | 'hold' | 'duplicate' | 'reorder' | 'drop' }
  | { readonly do: 'clear-faults' }
  /** The steps after it wait until every provider is connected and read once, or half a minute. */
  | { readonly do: 'await-connected' }
  | { readonly do: 'kill'; readonly process: ProcessName }
  | { readonly do: 'pause'; readonly process: ProcessName; readonly ms: number };

export interface Step {
  /** Time to let pass since the step before. Steps are begun in order and not waited for. */
  readonly afterMs: number;
  readonly act: Act;
}

/** `kill worker`, `sync linear full`: what it does and to whom, in one line. */
export function describeAct(act: Act): string {
  const { do: verb, ...rest } = act;
  return [verb, ...wordsOf(rest)].join(' ');
}

const wordsOf = (value: object): string[] =>
  Object.values(value).flatMap((one: unknown) =>
    typeof one === 'object' && one !== null ? wordsOf(one) : [String(one)],
  );
