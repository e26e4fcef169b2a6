import type { Provider } from '../../api/contract/index.ts';

/** What connecting means, in plain words, from what the catalogue says the provider can do. */
export function WhatIsRead({ provider }: { provider: Provider }) {
  const writes = provider.capabilities.some((capability) => capability.startsWith('write'));
  const writesTasks = provider.capabilities.includes('tasks');
  const streams = new Intl.ListFormat('en').format(provider.streams.map((stream) => stream.label));
  return (
    <ul className="plain-list">
      <li>
        Harmony will read your {streams}.
        {provider.collectionNoun && ` You choose which ${provider.collectionNoun.many}.`}
      </li>
      <li>
        {writes
          ? `What Harmony changes in ${provider.name} is up to your settings.`
          : writesTasks
            ? `Harmony writes to ${provider.name} only what you or your Companion create or change in a task.`
            : `Harmony changes nothing in ${provider.name}: it only reads.`}
      </li>
      <li>Your password stays with {provider.name}. You can end the access here at any time.</li>
    </ul>
  );
}
