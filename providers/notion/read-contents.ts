/** The contents of many pages, a call or more for each: what Notion can't give of one must not hold up the others. */
import { setTimeout } from 'node:timers/promises';
import type { PageObjectResponse } from '@notionhq/client';
import type { ProviderError } from '../contract/index.ts';
import { classifyNotionError } from './classify.ts';
import { callsAtOnce } from './transport.ts';

export interface ReadContents<Read> {
  readonly read: readonly Read[];
  /** Listed, but no longer readable a moment later. */
  readonly lost: readonly string[];
  /** Notion can't give their contents. */
  readonly unreadable: readonly PageObjectResponse[];
  /** What ended the reading before all were asked for. */
  readonly failure: ProviderError | undefined;
}

/** What came of a page whose content was not given. */
export interface FailedRead {
  readonly page: PageObjectResponse;
  readonly error: ProviderError;
  readonly tookMs: number;
  /** How many contents had been read when it was first asked for. */
  readonly readBefore: number;
  readonly tries: number;
}

/** So many failures on end are Notion's, not those of pages: more than what is under way when it goes away. */
const outageAfter = 2 * callsAtOnce;
/** Once one has failed no other is begun after this time: each may take a minute, and an activity has three. */
const beginForMs = 60_000;
/** Notion gives a call up after a minute: nearly as long means that there is too much on the page. */
const wholeMinuteMs = 55_000;
/** Before those that failed are asked for once more. */
const pauseMs = 1000;

export async function readContents<Read>(
  pages: readonly PageObjectResponse[],
  readPage: (page: PageObjectResponse) => Promise<Read>,
  signal: AbortSignal,
): Promise<ReadContents<Read>> {
  const read: Read[] = [];
  const lost: string[] = [];
  let failed: FailedRead[] = [];
  let failure: ProviderError | undefined;
  let onEnd = 0;
  const endAtMs = Date.now() + beginForMs;

  const tryPage = async (page: PageObjectResponse, former?: FailedRead): Promise<void> => {
    const { readBefore, tries } = former ?? { readBefore: read.length, tries: 0 };
    const startedAtMs = Date.now();
    try {
      read.push(await readPage(page));
      onEnd = 0;
    } catch (thrown) {
      const error = classifyNotionError(thrown);
      if (error.kind === 'not_found') {
        lost.push(page.id);
        return;
      }
      if (!mayBeOfPage(error) || signal.aborted) {
        failure ??= error;
        return;
      }
      failed.push({ page, error, tookMs: Date.now() - startedAtMs, readBefore, tries: tries + 1 });
      onEnd += 1;
      if (onEnd >= outageAfter) failure ??= error;
    }
  };
  const work = async <Item>(waiting: Item[], tryOne: (item: Item) => Promise<void>): Promise<void> => {
    const isOver = () => failure !== undefined || (failed.length > 0 && Date.now() > endAtMs);
    // Those that can't be read may stand together: after one the next is taken from the other end.
    const take = () => (onEnd > 0 ? waiting.pop() : waiting.shift());
    const worker = async () => {
      for (let item = take(); item !== undefined; item = take()) {
        if (isOver()) {
          waiting.push(item);
          return;
        }
        await tryOne(item);
      }
    };
    await Promise.all(Array.from({ length: callsAtOnce }, worker));
  };

  const waiting = [...pages];
  await work(waiting, tryPage);
  const again = failed.filter(isWorthAnotherTry);
  if (failure === undefined && again.length > 0 && Date.now() <= endAtMs) {
    await setTimeout(pauseMs, undefined, { signal }).catch(() => {});
    failed = failed.filter((one) => !again.includes(one));
    onEnd = 0;
    await work(again, (former) => tryPage(former.page, former));
    failed.push(...again);
  }

  const state = { read: read.length, isOutage: onEnd >= outageAfter };
  const unreadable = failed.filter((one) => isOfPage(one, state)).map(({ page }) => page);
  const isLeft = waiting.length > 0 || unreadable.length < failed.length;
  if (isLeft) failure ??= failed[0]?.error;
  return { read, lost, unreadable, failure };
}

const mayBeOfPage = ({ kind }: ProviderError): boolean => kind === 'invalid_request' || kind === 'transient';

const isWorthAnotherTry = ({ error, tookMs }: FailedRead): boolean =>
  error.kind === 'transient' && tookMs < wholeMinuteMs;

/**
 * Whether it is the page's own failure, and asking again no use. Of other pages read meanwhile it can be told from an outage;
 * where there were none, by an answer that outages don't give: a refusal, an error within Notion (500), a whole minute.
 */
export function isOfPage(
  { error, tookMs, readBefore, tries }: FailedRead,
  { read, isOutage }: { readonly read: number; readonly isOutage: boolean },
): boolean {
  const isAlone = read <= readBefore;
  const isRefused = error.kind === 'invalid_request';
  const isTooMuch = tookMs >= wholeMinuteMs;
  if (!isRefused && !isTooMuch && tries < 2) return false;
  return isAlone ? !isOutage && (isRefused || isTooMuch || error.httpStatus === 500) : true;
}
