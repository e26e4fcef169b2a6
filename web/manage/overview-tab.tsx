/** What arrived, whether it is well, and the latest runs. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Integration, Provider } from '../../api/contract/index.ts';
import { runsQuery } from '../api/queries.ts';
import { NextSync } from '../integrations/sync-times.tsx';
import { Link } from '../router.tsx';
import { type DataPage, paths } from '../routes.ts';
import { Fact } from '../ui/facts.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { count, countOf } from '../words/run.ts';
import { everyInterval } from '../words/time.ts';
import { RunList } from './run-list.tsx';

/** Where a stream's records can be looked at. */
const recordPages: Readonly<Record<string, DataPage>> = {
  events: 'calendar',
  contacts: 'contacts',
  issues: 'tasks',
  pages: 'documents',
};
const shownRuns = 5;

interface OverviewTabProps {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
}

export function OverviewTab({ integration, provider }: OverviewTabProps) {
  const runs = useInfiniteQuery(runsQuery(integration.id));
  const latest = runs.data?.pages[0]?.data.slice(0, shownRuns);
  return (
    <>
      <Counts integration={integration} provider={provider} />
      <Health integration={integration} />
      <section aria-labelledby="latest-runs">
        <div className="section-head">
          <h2 id="latest-runs">Latest syncs</h2>
          <Link href={paths.integration(integration.id, 'activity')}>All activity</Link>
        </div>
        {latest ? (
          <RunList integration={integration} runs={latest} />
        ) : runs.error ? (
          <ProblemNote error={runs.error} onRetry={() => void runs.refetch()} />
        ) : (
          <Skeleton rows={3} />
        )}
      </section>
    </>
  );
}

function Counts({ integration, provider }: OverviewTabProps) {
  const { counts, id } = integration;
  const noun = provider?.collectionNoun;
  const streams = (provider?.streams ?? []).filter(
    ({ name, enabledBy }) => enabledBy === undefined || counts[name] !== undefined,
  );
  return (
    <ul className="count-tiles" aria-label="What has arrived">
      {streams.map((stream) => {
        const page = recordPages[stream.name];
        return (
          <li key={stream.name} className="count-tile">
            <span className="count-figure">{count(counts[stream.name] ?? 0)}</span>
            {page ? <Link href={paths.data(page, id)}>{stream.label}</Link> : <span>{stream.label}</span>}
          </li>
        );
      })}
      {noun && (
        <li className="count-tile">
          <span className="count-figure">{count(counts.collections ?? 0)}</span>
          <Link href={paths.integration(id, 'collections')}>
            {countOf(counts.collections ?? 0, noun).replace(/^\S+ /, '')}
          </Link>
        </li>
      )}
    </ul>
  );
}

function Health({ integration }: { integration: Integration }) {
  const { lastSucceededAt, autoSync, intervalSeconds, createdAt } = integration;
  return (
    <dl className="facts facts-wide">
      <Fact label="Last successful sync">{lastSucceededAt ? <Time at={lastSucceededAt} /> : 'none yet'}</Fact>
      <Fact label="Next sync">
        <NextSync integration={integration} />
      </Fact>
      <Fact label="Auto Sync">{autoSync ? everyInterval(intervalSeconds) : 'Off'}</Fact>
      <Fact label="Connected">
        <Time at={createdAt} />
      </Fact>
    </dl>
  );
}
