/** Whose account it is. One person may have several organizations at a provider: the name tells them apart. */
import type { Integration } from '../../api/contract/index.ts';

export function AccountName({ account, phase }: Pick<Integration, 'account' | 'phase'>) {
  if (!account)
    return <p className="muted account">{phase === 'connecting' ? 'No account yet' : 'Account not known'}</p>;
  return (
    <p className="muted account">
      <span>{account.name}</span>
      {account.email && <span>{account.email}</span>}
    </p>
  );
}
