/** Live events as lines for a person, newest first. Pure. */
import { runReason } from '../words/run.ts';
import { describeState } from '../words/state.ts';
import type { LiveEvent } from './use-live-integration.ts';

export interface FeedItem {
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

const longest = 50;

export function foldFeed(feed: readonly FeedItem[], event: LiveEvent, nowMs: number): readonly FeedItem[] {
  const text = describeEvent(event);
  if (text === undefined || feed[0]?.text === text) return feed;
  const item = { key: `${nowMs}-${feed.length}-${text}`, at: new Date(nowMs).toISOString(), text };
  return [item, ...feed].slice(0, longest);
}

/** undefined for what is shown elsewhere (progress) or is nothing new (the first snapshot). */
export function describeEvent(event: LiveEvent): string | undefined {
  switch (event.name) {
    case 'run':
      return describeRun(event.data);
    case 'phase':
      return `State: ${describeState({ phase: event.data.phase, autoSync: true }).text}`;
    case 'attention':
      return event.data.attention ? event.data.attention.title : 'What needed attention is settled';
    case 'collections':
      return 'The list, or a choice in it, changed';
    default:
      return undefined;
  }
}

function describeRun(run: Extract<LiveEvent, { name: 'run' }>['data']): string {
  const what = run.mode === 'full' ? 'Full sync' : 'Sync';
  switch (run.status) {
    case 'running':
      return run.trigger ? `${what} started: ${runReason({ trigger: run.trigger })}` : `${what} started`;
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
