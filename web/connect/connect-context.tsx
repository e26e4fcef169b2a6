/** One connect dialog for the whole page, opened from cards, menus, the toolbar and reports. */
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { ConnectDialog, type ConnectRequest } from './connect-dialog.tsx';
import { UpdateKeyDialog } from './update-key-dialog.tsx';

const ConnectContext = createContext<(request: ConnectRequest) => void>(() => {});
export const useConnect = (): ((request: ConnectRequest) => void) => useContext(ConnectContext);

export function ConnectProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<ConnectRequest & { key: number }>();
  const open = useMemo(() => (next: ConnectRequest) => setRequest({ ...next, key: Date.now() }), []);
  return (
    <ConnectContext value={open}>
      {children}
      {request && (
        <RequestedDialog key={request.key} request={request} onClose={() => setRequest(undefined)} />
      )}
    </ConnectContext>
  );
}

/** Who signed in with a key does so again with a key. */
function RequestedDialog({ request, onClose }: { request: ConnectRequest; onClose: () => void }) {
  const { integration, provider } = request;
  if (integration?.authKind === 'api_key')
    return <UpdateKeyDialog integration={integration} provider={provider} onClose={onClose} />;
  return <ConnectDialog request={request} onClose={onClose} />;
}
