/** Live events as lines for a person, newest first. Pure. */
import type { Integration, LiveEventData, RunMode } from '../../api/contract/index.ts';
import { runReason } from '../words/run.ts';
import { describePhase } from '../words/state.ts';
import type { LiveEvent } from './live-event.ts';

export interface FeedItem {
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  /** Of a line about a run: its end is told without its mode. */
  readonly run?: { readonly id: string; readonly mode: RunMode | undefined };
  /** Of a line about attention: whether it is needed now. */
  readonly attention?: boolean;
}

const longest = 50;

/** `authKind`: how the integration signs in, where it is known. */
export function foldFeed(
  feed: readonly FeedItem[],
  event: LiveEvent,
  { nowMs, authKind }: { nowMs: number; authKind?: Integration['authKind'] | undefined },
): readonly FeedItem[] {
  const line = describeEvent(event, feed, authKind);
  if (line === undefined || feed[0]?.text === line.text) return feed;
  const item = { key: `${nowMs}-${feed.length}-${line.text}`, at: new Date(nowMs).toISOString(), ...line };
  return [item, ...feed].slice(0, longest);
}

type Line = Omit<FeedItem, 'key' | 'at'>;

/** undefined for what is shown elsewhere (progress) or is nothing new (a snapshot, a settled thing that never was). */
function describeEvent(
  event: LiveEvent,
  feed: readonly FeedItem[],
  authKind: Integration['authKind'] | undefined,
): Line | undefined {
  switch (event.name) {
    case 'run': {
      const known = feed.find(({ run }) => run?.id === event.data.runId)?.run?.mode;
      const mode = event.data.mode ?? known;
      return { text: describeRun(event.data, mode), run: { id: event.data.runId, mode } };
    }
    case 'phase':
      return { text: `State: ${describePhase({ ...event.data, ...(authKind && { authKind }) }).text}` };
    case 'attention': {
      const before = feed.find(({ attention }) => attention !== undefined);
      const needed = before?.attention === true;
      if (event.data.attention) {
        const { title } = event.data.attention;
        // Each run tells it again while a person does nothing about it.
        return needed && before.text === title ? undefined : { text: title, attention: true };
      }
      return needed ? { text: 'What needed attention is settled', attention: false } : undefined;
    }
    case 'collections':
      return { text: 'The list, or a choice in it, changed' };
    default:
      return undefined;
  }
}

function describeRun({ status, trigger }: LiveEventData['run'], mode: RunMode | undefined): string {
  const what = mode === 'full' ? 'Full sync' : 'Sync';
  switch (status) {
    case 'running':
      return trigger ? `${what} started: ${runReason({ trigger })}` : `${what} started`;
    case 'succeeded':
      return `${what} done`;
    case 'failed':
      return `${what} failed`;
    case 'cancelled':
      return `${what} stopped`;
    case 'parked':
      return `${what} waits for your decision`;
  }
}
