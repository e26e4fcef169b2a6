/** Whether and how often it syncs by itself, which way data flows, and what corresponds to what. */
import { Switch } from 'radix-ui';
import { useId } from 'react';
import type { Integration } from '../../api/contract/index.ts';
import { useStartSync } from '../integrations/use-actions.ts';
import { DirectionSetting } from '../two-way/direction-setting.tsx';
import { MappingSettings } from '../two-way/mapping-settings.tsx';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Select } from '../ui/select.tsx';
import { everyInterval } from '../words/time.ts';
import { useSettings } from './use-settings.ts';

const offeredSeconds = [60, 300, 900, 1_800, 3_600, 21_600, 86_400];

interface SyncTabProps {
  readonly integration: Integration;
  readonly name: string;
  /** Whether the provider can announce changes. */
  readonly announces: boolean;
  /** Whether data can flow to the provider, too. */
  readonly twoWay: boolean;
}

export function SyncTab({ integration, name, announces, twoWay }: SyncTabProps) {
  const sync = useStartSync(integration);
  const ids = { auto: useId(), autoHelp: useId(), every: useId() };
  const change = useSettings(integration);
  const intervals = [...new Set([...offeredSeconds, integration.intervalSeconds])].sort((a, b) => a - b);
  return (
    <>
      <div className="settings">
        <div className="setting">
          <div>
            <label className="setting-name" htmlFor={ids.auto}>
              Auto Sync
            </label>
            <p className="muted" id={ids.autoHelp}>
              Looks for changes in {name} by itself. Off: only when you ask for it.
            </p>
          </div>
          <Switch.Root
            className="switch"
            id={ids.auto}
            aria-describedby={ids.autoHelp}
            checked={integration.autoSync}
            onCheckedChange={(autoSync) => change.mutate({ autoSync })}
          >
            <Switch.Thumb className="switch-thumb" />
          </Switch.Root>
        </div>
        <div className="setting">
          <div>
            <label className="setting-name" htmlFor={ids.every}>
              How often
            </label>
            <p className="muted">
              {announces
                ? `Changes that ${name} announces arrive sooner.`
                : `${name} does not announce changes: one may take this long to arrive.`}
            </p>
          </div>
          <Select
            id={ids.every}
            value={String(integration.intervalSeconds)}
            disabled={!integration.autoSync}
            options={intervals.map((seconds) => ({ value: String(seconds), label: everyInterval(seconds) }))}
            onChange={(seconds) => change.mutate({ intervalSeconds: Number(seconds) })}
          />
        </div>
        {twoWay && <DirectionSetting integration={integration} name={name} />}
        <div className="setting">
          <div>
            <span className="setting-name">Sync now</span>
            <p className="muted">
              Fetches what has changed. “Trigger Full Sync” above compares everything anew.
            </p>
          </div>
          <Button
            icon={icons.sync}
            busy={sync.isPending}
            disabled={integration.phase !== 'active'}
            onClick={() => sync.mutate('incremental')}
          >
            Sync now
          </Button>
        </div>
      </div>
      {twoWay && <MappingSettings integration={integration} name={name} />}
    </>
  );
}
