/** One open stream of Server-Sent Events: what was missed, then what comes, with a heartbeat, until it has to end. */
import type { Request, Response } from 'express';
import { type EventRow, findLastSeq, isBeforeFeed, listEventsAfter } from '../db/queries/events-feed.ts';
import { findSessionHolder } from '../db/queries/identity.ts';
import { findVisibleIntegration, findWithFacts } from '../db/queries/integrations-read.ts';
import type { Caller } from './caller.ts';
import type { ApiDeps } from './deps.ts';
import { presentIntegration } from './present.ts';
import { ProblemError } from './problem.ts';
import { readCookie, sessionCookie } from './session-cookie.ts';

const heartbeatMs = 15_000;
const clientRetryMs = 2_000;
const batchSize = 200;
/**
 * Sequence numbers are given before commit, so a smaller one may show up after a larger one: for this long the feed is
 * read again from behind, leaving out what was sent.
 */
const settleMs = 10_000;

export interface StreamRequest {
  readonly caller: Caller;
  readonly integrationId: string;
  /** The last event that the client has; undefined: it has none. */
  readonly resumeAfter: number | undefined;
  readonly req: Request;
  readonly res: Response;
}

const openByCaller = new Map<string, number>();

/** Resolves when the stream is open. Throws the 429 problem when the caller holds too many. */
export async function openEventStream(deps: ApiDeps, stream: StreamRequest): Promise<void> {
  const { caller, integrationId, req, res } = stream;
  const release = takePlace(caller, deps.settings.streamsPerCaller);
  const closed = new AbortController();
  res.once('close', () => {
    closed.abort();
    release();
  });
  const write = (event: { id?: number; name: string; data: unknown }) => {
    const id = event.id === undefined ? '' : `id: ${event.id}\n`;
    if (!closed.signal.aborted)
      res.write(`${id}event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
  };
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // nginx would hold events back until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  res.write(`retry: ${clientRetryMs}\n\n`);
  req.socket.setNoDelay(true);

  const reader = createFeedReader(deps, integrationId, await firstPosition());
  let reading = Promise.resolve();
  /** One read at a time; a wake during a read leads to another one after it. */
  const advance = () => {
    reading = reading
      .then(async () => {
        if (closed.signal.aborted) return;
        const rows = await reader.next();
        const isNeeded = rows.some(({ type }) => type === 'attention');
        const shown = isNeeded ? await findWithFacts(deps.db, caller, integrationId) : undefined;
        // A direction that waits for its plan, or a permission that is missing, is in no event: what GET says now is.
        const attention = shown && (presentIntegration(deps, shown).attention ?? null);
        for (const { seq, type, data } of rows) {
          const isCurrent = type === 'attention' && attention !== undefined;
          write({ id: seq, name: type, data: isCurrent ? { attention } : data });
        }
      })
      .catch((err) => end(err));
  };
  const end = (err?: unknown) => {
    if (err !== undefined) deps.logger.warn({ err, integrationId }, 'event stream ended early');
    res.end();
  };
  const unsubscribe = deps.events.subscribe(integrationId, advance);
  const forget = deps.events.onStop(() => end());
  const heartbeat = setInterval(() => {
    stillAllowed(deps, stream).then(
      (allowed) => {
        if (!allowed) return end();
        if (!res.writableEnded) res.write(': heartbeat\n\n');
        advance();
      },
      (err) => end(err),
    );
  }, heartbeatMs);
  const letGo = () => {
    clearInterval(heartbeat);
    unsubscribe();
    forget();
  };
  // The client may have left while the first position was read.
  if (closed.signal.aborted) return letGo();
  closed.signal.addEventListener('abort', letGo);
  advance();

  async function firstPosition(): Promise<number> {
    const { resumeAfter } = stream;
    if (resumeAfter !== undefined && !(await isBeforeFeed(deps.db, integrationId, resumeAfter)))
      return resumeAfter;
    // The position first: what happens between the two is then told twice, not left out.
    const position = await findLastSeq(deps.db, integrationId);
    const visible = await findWithFacts(deps.db, caller, integrationId);
    if (visible !== undefined) {
      const data = presentIntegration(deps, visible);
      write({ ...(position === 0 ? {} : { id: position }), name: 'snapshot', data });
    }
    return position;
  }
}

/** Reads the feed of one integration forward. */
export function createFeedReader(deps: Pick<ApiDeps, 'db'>, integrationId: string, startAfter: number) {
  let floor = startAfter;
  let sent: { seq: number; atMs: number }[] = [];
  return {
    async next(): Promise<EventRow[]> {
      const fresh: EventRow[] = [];
      const known = new Set(sent.map((event) => event.seq));
      let position = floor;
      for (;;) {
        const batch = await listEventsAfter(deps.db, integrationId, position, batchSize);
        fresh.push(...batch.filter((row) => !known.has(row.seq)));
        position = batch.at(-1)?.seq ?? position;
        if (batch.length < batchSize) break;
      }
      const nowMs = Date.now();
      sent.push(...fresh.map(({ seq }) => ({ seq, atMs: nowMs })));
      const settled = sent.filter((event) => nowMs - event.atMs > settleMs);
      if (settled.length > 0) {
        floor = Math.max(floor, ...settled.map((event) => event.seq));
        sent = sent.filter((event) => event.seq > floor);
      }
      return fresh;
    },
  };
}

function takePlace(caller: Caller, limit: number): () => void {
  const key = `${caller.workspaceId}:${caller.userId ?? caller.actor}`;
  const open = openByCaller.get(key) ?? 0;
  if (open >= limit) {
    throw new ProblemError('too_many_streams', {
      detail: `This caller has ${limit} event streams open already.`,
      remedy: 'Close one, for instance another tab of the settings page.',
      headers: { 'Retry-After': '10' },
    });
  }
  openByCaller.set(key, open + 1);
  return () => {
    const left = (openByCaller.get(key) ?? 1) - 1;
    if (left > 0) openByCaller.set(key, left);
    else openByCaller.delete(key);
  };
}

/** A stream outlives neither its session nor its integration. An open page counts as using the session only by its requests. */
async function stillAllowed(deps: ApiDeps, { caller, integrationId, req }: StreamRequest): Promise<boolean> {
  if (caller.session !== undefined) {
    const token = req.headers.authorization?.split(' ')[1] ?? readCookie(req, sessionCookie);
    if (token === undefined || (await findSessionHolder(deps.db, token)) === undefined) return false;
  }
  return (await findVisibleIntegration(deps.db, caller, integrationId)) !== undefined;
}
