/** When it last synced and when it will again, in the reader's zone. */
import type { Integration } from '../../api/contract/index.ts';
import { Time } from '../ui/time.tsx';
import { describeCounts } from '../words/run.ts';

export function SyncTimes({ integration }: { integration: Integration }) {
  const { phase } = integration;
  if (phase === 'connecting' || phase === 'deleting') return null;
  return (
    <dl className="facts">
      <div>
        <dt>Last sync</dt>
        <dd>
          <LastSync integration={integration} />
        </dd>
      </div>
      <div>
        <dt>Next sync</dt>
        <dd>
          <NextSync integration={integration} />
        </dd>
      </div>
    </dl>
  );
}

function LastSync({ integration: { lastRun } }: { integration: Integration }) {
  if (!lastRun) return 'not yet';
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
  const { nextSyncAt, phase, autoSync } = integration;
  if (phase === 'needs_reauth') return 'after you sign in';
  if (phase === 'parked') return 'after your decision';
  if (integration.lastRun === undefined) return 'about to start';
  if (nextSyncAt) return <Time at={nextSyncAt} />;
  return autoSync ? 'soon' : 'when you ask for it';
}
