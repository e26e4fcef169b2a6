/** What happens as it happens, and every sync before. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Integration } from '../../api/contract/index.ts';
import { runsQuery } from '../api/queries.ts';
import type { FeedItem } from '../live/feed.ts';
import { Paged } from '../ui/paged.tsx';
import { useNow } from '../ui/time.tsx';
import { clockTime } from '../words/time.ts';
import { RunList } from './run-list.tsx';

interface ActivityTabProps {
  readonly integration: Integration;
  readonly feed: readonly FeedItem[];
  readonly canUndo: boolean;
}

export function ActivityTab({ integration, feed, canUndo }: ActivityTabProps) {
  const nowMs = useNow();
  const runs = useInfiniteQuery(runsQuery(integration.id));
  return (
    <>
      <section aria-labelledby="live">
        <h2 id="live">As it happens</h2>
        {feed.length === 0 ? (
          <p className="muted">Nothing since you opened this page. News appears here by itself.</p>
        ) : (
          <ul className="feed" aria-live="polite">
            {feed.map((item) => (
              <li key={item.key}>
                <time dateTime={item.at}>{clockTime(item.at, nowMs)}</time> {item.text}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="all-runs">
        <h2 id="all-runs">Syncs</h2>
        <Paged
          query={runs}
          empty={<RunList integration={integration} runs={[]} />}
          skeletonRows={4}
          moreLabel="Show earlier ones"
        >
          {(all) => <RunList integration={integration} runs={all} canUndo={canUndo} />}
        </Paged>
      </section>
    </>
  );
}
