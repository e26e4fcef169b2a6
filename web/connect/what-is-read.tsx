/** What connecting means, in plain words: what comes in, what goes out, and how it ends. */
import type { ReactNode } from 'react';
import type { Provider } from '../../api/contract/index.ts';
import { icons } from '../ui/icons.tsx';
import { describeReads, describeWrites } from '../words/provider.ts';

export function WhatIsRead({ provider }: { provider: Provider }) {
  return (
    <dl className="access">
      <Line icon={icons.arrive} term="Reads">
        {describeReads(provider)}
      </Line>
      <Line icon={icons.send} term="Changes">
        {describeWrites(provider)}
      </Line>
      <Line icon={icons.lock} term="Yours">
        Your password stays with {provider.name}. You can end the access here at any time.
      </Line>
    </dl>
  );
}

function Line({ icon, term, children }: { icon: ReactNode; term: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {icon}
        {term}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
