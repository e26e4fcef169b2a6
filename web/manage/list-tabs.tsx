/** The tabs of an integration: one per need, only those that its provider has. */
import type { ReactNode } from 'react';
import type { Integration, Provider } from '../../api/contract/index.ts';
import type { FeedItem } from '../live/feed.ts';
import { ConflictCount } from '../two-way/conflict-count.tsx';
import { ConflictsTab } from '../two-way/conflicts-tab.tsx';
import { describeCounted } from '../words/provider.ts';
import { ActivityTab } from './activity-tab.tsx';
import { CollectionsTab } from './collections-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SyncTab } from './sync-tab.tsx';
import { UsersTab } from './users-tab.tsx';

export interface Tab {
  readonly id: string;
  readonly label: ReactNode;
  readonly body: ReactNode;
}

interface TabsOf {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
  readonly name: string;
  readonly feed: readonly FeedItem[];
  /** Whose conflicts are shown; of everybody without it. */
  readonly contactId: string | undefined;
}

export function listTabs({ integration, provider, name, feed, contactId }: TabsOf): readonly Tab[] {
  const can = (capability: string): boolean => provider?.capabilities.includes(capability) ?? false;
  const noun = provider?.collectionNoun;
  const twoWay = can('write');
  const tabs: readonly (Tab | false | undefined)[] = [
    {
      id: 'overview',
      label: 'Overview',
      body: <OverviewTab integration={integration} provider={provider} />,
    },
    noun &&
      provider && {
        id: 'collections',
        label: capitalised(noun.many),
        body: <CollectionsTab integration={integration} noun={noun} counted={describeCounted(provider)} />,
      },
    can('users') && {
      id: 'users',
      label: 'Users',
      body: <UsersTab integration={integration} name={name} />,
    },
    {
      id: 'sync',
      label: 'Sync',
      body: <SyncTab integration={integration} name={name} announces={can('push')} twoWay={twoWay} />,
    },
    twoWay && {
      id: 'conflicts',
      label: (
        <>
          Conflicts <ConflictCount integrationId={integration.id} />
        </>
      ),
      body: <ConflictsTab integration={integration} name={name} contactId={contactId} />,
    },
    {
      id: 'activity',
      label: 'Activity',
      body: <ActivityTab integration={integration} feed={feed} canUndo={twoWay} />,
    },
  ];
  return tabs.filter((tab) => tab !== false && tab !== undefined);
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
