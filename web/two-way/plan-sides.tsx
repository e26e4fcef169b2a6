/** The two sides of a plan beside each other: how many, and some to recognise. */
import type { Plan, PlanListSample, PlanSample } from '../../api/contract/index.ts';
import {
  describeAction,
  describeListAction,
  describeListChange,
  describeListSide,
  describeListTies,
  describeSide,
  describeTies,
  describeValues,
} from '../words/plan.ts';

export function PlanSides({ plan, name }: { plan: Plan; name: string }) {
  const { counts, lists, samples = [] } = plan;
  if (!counts) return null;
  const ties = [...describeTies(counts), ...(lists ? describeListTies(lists) : [])];
  const linesOf = (side: 'harmony' | 'provider') => [
    ...describeSide(counts[side], side),
    ...(lists ? describeListSide(lists[side], side) : []),
  ];
  return (
    <>
      <div className="plan-sides">
        <Side
          title="In Harmony"
          lines={linesOf('harmony')}
          samples={samples}
          lists={lists?.samples}
          side="harmony"
        />
        <Side
          title={`In ${name}`}
          lines={linesOf('provider')}
          samples={samples}
          lists={lists?.samples}
          side="provider"
        />
      </div>
      {ties.length > 0 && (
        <ul className="plain-list plan-ties">
          {ties.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

interface SideProps {
  readonly title: string;
  readonly lines: readonly string[];
  readonly samples: readonly PlanSample[];
  readonly lists: readonly PlanListSample[] | undefined;
  readonly side: PlanSample['side'];
}

function Side({ title, lines, samples, lists = [], side }: SideProps) {
  const own = samples.filter((sample) => sample.side === side);
  const ownLists = lists.filter((sample) => sample.side === side);
  return (
    <section className="plan-side" aria-label={title}>
      <h3>{title}</h3>
      {lines.length === 0 ? (
        <p className="muted">Nothing changes.</p>
      ) : (
        <ul className="plan-counts">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {own.length + ownLists.length > 0 && (
        <>
          <p className="muted">For example</p>
          <ul className="plan-samples">
            {own.map((sample) => (
              <Sample key={`${sample.action}-${sample.contactId}-${sample.remoteId}`} sample={sample} />
            ))}
            {ownLists.map((sample) => (
              <ListSample key={`${sample.action}-${sample.name}-${sample.newName}`} sample={sample} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Sample({ sample }: { sample: PlanSample }) {
  const values = describeValues(sample);
  return (
    <li>
      <span className={`tag plan-${sample.action}`}>{describeAction(sample)}</span>
      <strong>{sample.name}</strong>
      {values && <span className="muted plan-values">{values}</span>}
      {sample.reason && <span className="muted plan-values">{sample.reason}</span>}
    </li>
  );
}

export function ListSample({ sample }: { sample: PlanListSample }) {
  const change = describeListChange(sample);
  return (
    <li>
      <span className={`tag plan-${sample.action}`}>{describeListAction(sample)}</span>
      <strong>{sample.name}</strong>
      <span className="muted plan-values">
        {sample.side === 'provider' ? 'Label' : 'List'}
        {change && ` · ${change}`}
      </span>
    </li>
  );
}
