/** Two sides and the arrows between them: which way data flows. */
import type { SyncDirection } from '../../api/contract/index.ts';

const toHarmony = 'M50 20h52m-9-7 9 7-9 7';
const toProvider = 'M102 20H50m9-7-9 7 9 7';
const arrows: Readonly<Record<SyncDirection, readonly string[]>> = {
  from_provider: [toHarmony],
  to_provider: [toProvider],
  bidirectional: ['M50 14h52m-8-6 8 6-8 6', 'M102 28H50m8-6-8 6 8 6'],
};

export function FlowPicture({ direction, name }: { direction: SyncDirection; name: string }) {
  return (
    <svg className="flow" viewBox="0 0 152 40" width="152" height="40" aria-hidden="true" focusable="false">
      <rect className="flow-provider" x="1" y="4" width="40" height="32" rx="8" />
      <text className="flow-letter" x="21" y="26" textAnchor="middle">
        {name.slice(0, 1)}
      </text>
      {arrows[direction].map((path) => (
        <path key={path} className="flow-arrow" d={path} />
      ))}
      <rect className="wordmark-tile" x="111" y="4" width="40" height="32" rx="8" />
      <path className="flow-harmony" d="M124 13v14M138 13v14M124 20c4.6-4 9.4-4 14 0" />
    </svg>
  );
}
