import type { Provider } from '../../api/contract/index.ts';

/** What connecting means, in plain words, from what the catalogue says the provider can do. */
export function WhatIsRead({ provider }: { provider: Provider }) {
  const writes = provider.capabilities.some((capability) => capability.startsWith('write'));
  return (
    <ul className="plain-list">
      <li>
        Harmony will read your {provider.streams.map((stream) => stream.label).join(' and your ')}.
        {provider.collectionNoun && ` You choose which ${provider.collectionNoun.many}.`}
      </li>
      <li>
        {writes
          ? `What Harmony changes in ${provider.name} is up to your settings.`
          : `Harmony changes nothing in ${provider.name}: it only reads.`}
      </li>
      <li>Your password stays with {provider.name}. You can end the access here at any time.</li>
    </ul>
  );
}
