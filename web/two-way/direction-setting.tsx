/** Sync Direction and who wins. A wider direction holds only after its plan was seen. */
import { ToggleGroup } from 'radix-ui';
import { useId } from 'react';
import type { Integration, SyncDirection } from '../../api/contract/index.ts';
import { useSettings } from '../manage/use-settings.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { describeDirections, describePolicies } from '../words/direction.ts';
import { FlowPicture } from './flow-picture.tsx';
import { useOpenPlan } from './use-open-plan.ts';

interface DirectionSettingProps {
  readonly integration: Integration;
  readonly name: string;
}

export function DirectionSetting({ integration, name }: DirectionSettingProps) {
  const ids = { title: useId(), policy: useId() };
  const settings = useSettings(integration);
  const openPlan = useOpenPlan(integration.id);
  const chosen = integration.syncDirection ?? 'from_provider';
  const held = integration.approvedDirection ?? chosen;
  const busy = settings.isPending || openPlan.isPending;
  const choose = (syncDirection: SyncDirection): void =>
    settings.mutate(
      { syncDirection },
      {
        onSuccess: (changed) => {
          if (changed.approvedDirection !== syncDirection) openPlan.mutate(syncDirection);
        },
      },
    );
  return (
    <>
      <div className="setting setting-tall">
        <div>
          <span className="setting-name" id={ids.title}>
            Sync Direction
          </span>
          <p className="muted">Before anything more is written, Harmony shows you what would change.</p>
        </div>
        {/* Arrow keys only move here, where those of a radio group choose: whoever reads the directions decides nothing. */}
        <ToggleGroup.Root
          type="single"
          className="directions"
          aria-labelledby={ids.title}
          value={chosen}
          onValueChange={(next) => next !== '' && !busy && choose(next as SyncDirection)}
        >
          {describeDirections(name).map(({ value, title, text }) => (
            <ToggleGroup.Item
              key={value}
              className="direction-card"
              value={value}
              aria-disabled={busy || undefined}
            >
              <FlowPicture direction={value} name={name} />
              <strong>{title}</strong>
              <span className="muted">{text}</span>
            </ToggleGroup.Item>
          ))}
        </ToggleGroup.Root>
        {held !== chosen && (
          <div className="note note-warn">
            <div>
              <strong>Not in force yet</strong>
              <p>Look at what would change, then decide. Until then everything goes on as before.</p>
            </div>
            <Button busy={settings.isPending} onClick={() => settings.mutate({ syncDirection: held })}>
              Keep it as it was
            </Button>
            <Button look="primary" busy={openPlan.isPending} onClick={() => openPlan.mutate(chosen)}>
              See the plan
            </Button>
          </div>
        )}
      </div>
      {chosen === 'bidirectional' && (
        <div className="setting">
          <div>
            <label className="setting-name" htmlFor={ids.policy}>
              When both sides changed
            </label>
            <p className="muted">The value that gives way is kept under Conflicts, and can be put back.</p>
          </div>
          <Select
            id={ids.policy}
            value={integration.conflictPolicy ?? 'newest'}
            options={describePolicies(name)}
            onChange={(conflictPolicy) => settings.mutate({ conflictPolicy })}
          />
        </div>
      )}
    </>
  );
}
