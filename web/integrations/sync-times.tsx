/** When it last synced and when it will again, in the reader's zone. */
import type { Integration } from '../../api/contract/index.ts';
import { Fact } from '../ui/facts.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { describeCounts } from '../words/run.ts';
import { wasCheckedAfter } from '../words/state.ts';

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

function LastSync({ integration }: { integration: Integration }) {
  const { lastRun, lastSucceededAt } = integration;
  if (!lastRun) return 'not yet';
  if (lastSucceededAt !== undefined && wasCheckedAfter(integration)) {
    return (
      <>
        <Time at={lastSucceededAt} /> · Nothing had changed
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
