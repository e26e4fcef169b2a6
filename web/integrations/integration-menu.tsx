/** The ⋮ menu of a card. Not modal: the modal one injects a style element, which a strict CSP refuses. */
import { DropdownMenu } from 'radix-ui';
import type { Integration } from '../../api/contract/index.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { useStartSync } from './use-actions.ts';

interface IntegrationMenuProps {
  readonly integration: Integration;
  readonly name: string;
  readonly onDelete: () => void;
}

export function IntegrationMenu({ integration, name, onDelete }: IntegrationMenuProps) {
  const sync = useStartSync(integration);
  const canSync = integration.phase === 'active';
  const label = integration.account ? `${name}, ${integration.account.name}` : name;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`More for ${label}`}>
        {icons.more}
      </DropdownMenu.Trigger>

      <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
        <DropdownMenu.Item className="menu-item" onSelect={() => navigate(paths.integration(integration.id))}>
          {icons.settings} Manage
        </DropdownMenu.Item>
        <DropdownMenu.Item
          className="menu-item"
          disabled={!canSync}
          onSelect={() => sync.mutate('incremental')}
        >
          {icons.sync} Sync now
        </DropdownMenu.Item>
        <DropdownMenu.Separator className="menu-line" />
        <DropdownMenu.Item
          className="menu-item menu-item-danger"
          disabled={integration.phase === 'deleting'}
          onSelect={onDelete}
        >
          {icons.trash} Delete
        </DropdownMenu.Item>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
