import type { Provider } from '../../api/contract/index.ts';
import { useConnect } from '../connect/connect-context.tsx';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { ProviderLogo } from '../ui/provider-logo.tsx';
import { readAtFirst } from '../words/provider.ts';

export function AvailableCard({ provider, connected }: { provider: Provider; connected: boolean }) {
  const connect = useConnect();
  return (
    <li className="card">
      <div className="card-head">
        <ProviderLogo id={provider.id} name={provider.name} />
        <div className="card-title">
          <h3>{provider.name}</h3>
          <p className="muted category">{provider.category}</p>
        </div>
      </div>
      <p className="grow">{provider.description}</p>
      <p className="muted">
        Brings{' '}
        {readAtFirst(provider)
          .map(({ label }) => label)
          .join(', ')}
      </p>
      <div className="card-foot">
        <Button
          look={connected ? 'plain' : 'primary'}
          icon={icons.plus}
          onClick={() => connect({ provider })}
        >
          {connected ? 'Connect another account' : 'Connect'}
          <span className="visually-hidden">{connected ? ` of ${provider.name}` : ` ${provider.name}`}</span>
        </Button>
      </div>
    </li>
  );
}
