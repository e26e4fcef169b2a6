/** When it last synced and when it will again, in the reader's zone. */
import type { Integration } from '../../api/contract/index.ts';
import { Fact } from '../ui/facts.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { describeCounts } from '../words/run.ts';

export function SyncTimes({ integration }: { integration: Integration }) {
  const { phase } = integration;
  if (phase === 'connecting' || phase === 'deleting') return null;
  return (
    <dl className="facts">
      <Fact label="Last sync">
        <LastSync integration={integration} />
      </Fact>
      <Fact label="Next sync">
        <NextSync integration={integration} />
      </Fact>
    </dl>
  );
}

function LastSync({ integration: { lastRun, lastSucceededAt } }: { integration: Integration }) {
  if (!lastRun) return 'not yet';
  // A check that finds nothing new is no run of its own.
  if (lastRun.status === 'succeeded' && isLater(lastSucceededAt, lastRun.finishedAt)) {
    return (
      <>
        <Time at={lastSucceededAt as string} /> · Nothing had changed
      </>
    );
  }
  return (
    <>
      <Time at={lastRun.finishedAt ?? lastRun.startedAt} />
      {lastRun.status === 'succeeded' && ` · ${describeCounts(lastRun.counts)}`}
      {lastRun.status === 'failed' && ' · failed'}
      {lastRun.status === 'cancelled' && ' · stopped'}
    </>
  );
}

/** By more than what lies between the two marks of one run. */
const isLater = (checkedAt: string | undefined, finishedAt: string | undefined): boolean =>
  checkedAt !== undefined &&
  finishedAt !== undefined &&
  Date.parse(checkedAt) - Date.parse(finishedAt) > 5_000;

export function NextSync({ integration }: { integration: Integration }) {
  const { nextSyncAt, phase, autoSync, authKind } = integration;
  const nowMs = useNow();
  if (phase === 'needs_reauth')
    return authKind === 'api_key' ? 'after you enter a new key' : 'after you sign in';
  if (phase === 'parked') return 'after your decision';
  if (integration.lastRun === undefined) return 'about to start';
  if (nextSyncAt) return Date.parse(nextSyncAt) <= nowMs ? 'any moment' : <Time at={nextSyncAt} />;
  return autoSync ? 'soon' : 'when you ask for it';
}
