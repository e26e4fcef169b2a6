/** One connect dialog for the whole page, opened from cards, menus, the toolbar and reports. */
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { ConnectByKeyDialog } from './connect-by-key-dialog.tsx';
import { ConnectDialog, type ConnectRequest } from './connect-dialog.tsx';
import { openSignInPopup } from './sign-in-popup.ts';
import { UpdateKeyDialog } from './update-key-dialog.tsx';

type Connect = (request: ConnectRequest) => void;
const ConnectContext = createContext<Connect>(() => {});
/** Call it straight from the click: it opens the window in which the person signs in. */
export const useConnect = (): Connect => useContext(ConnectContext);

interface Opened extends ConnectRequest {
  readonly key: number;
  readonly popup: Window | null;
  readonly by: 'sign-in' | 'key';
}

export function ConnectProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened>();
  const connect = useMemo<Connect>(
    () => (request) => {
      // Who signed in with a key does so again with a key.
      const by = request.integration?.authKind === 'api_key' ? 'key' : 'sign-in';
      const popup = by === 'key' ? null : openSignInPopup(request.provider.name);
      setOpened({ ...request, key: Date.now(), popup, by });
    },
    [],
  );
  return (
    <ConnectContext value={connect}>
      {children}
      {opened && (
        <OpenedDialog
          key={opened.key}
          opened={opened}
          onUseKey={() => setOpened({ ...opened, by: 'key' })}
          onClose={() => setOpened(undefined)}
        />
      )}
    </ConnectContext>
  );
}

interface OpenedDialogProps {
  readonly opened: Opened;
  readonly onUseKey: () => void;
  readonly onClose: () => void;
}

function OpenedDialog({ opened, onUseKey, onClose }: OpenedDialogProps) {
  const { provider, integration, popup, by } = opened;
  if (by === 'sign-in') {
    const offersKey = integration === undefined && provider.authKinds.includes('api_key');
    return (
      <ConnectDialog
        request={opened}
        popup={popup}
        onUseKey={offersKey ? onUseKey : undefined}
        onClose={onClose}
      />
    );
  }
  return integration ? (
    <UpdateKeyDialog integration={integration} provider={provider} onClose={onClose} />
  ) : (
    <ConnectByKeyDialog provider={provider} onClose={onClose} />
  );
}
