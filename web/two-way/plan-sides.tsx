/** The two sides of a plan beside each other, and what is of both: how many, and some to recognise. */
import type { Plan, PlanListSample, PlanSample } from '../../api/contract/index.ts';
import {
  describeAction,
  describeListAction,
  describeListChange,
  describeListSide,
  describeListTies,
  describeSampleReason,
  describeSide,
  describeTies,
  describeValues,
  sampleTies,
} from '../words/plan.ts';

export function PlanSides({ plan, name }: { plan: Plan; name: string }) {
  const { counts, lists, samples = [] } = plan;
  if (!counts) return null;
  const ties = [...describeTies(counts), ...(lists ? describeListTies(lists) : [])];
  const linesOf = (side: 'harmony' | 'provider') => [
    ...describeSide(counts[side], side),
    ...(lists ? describeListSide(lists[side], side) : []),
  ];
  const of = (side: PlanSample['side']) => ({
    name,
    samples: samples.filter((sample) => sample.side === side),
    lists: lists?.samples.filter((sample) => sample.side === side) ?? [],
  });
  return (
    <>
      <div className="plan-sides">
        <Side title="In Harmony" lines={linesOf('harmony')} {...of('harmony')} />
        <Side title={`In ${name}`} lines={linesOf('provider')} {...of('provider')} />
      </div>
      {ties.length > 0 && (
        <div className="plan-ties">
          <ul className="plain-list">
            {ties.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <Samples {...of('none')} samples={sampleTies(samples, counts)} />
        </div>
      )}
    </>
  );
}

interface SamplesProps {
  /** The provider's. */
  readonly name: string;
  readonly samples: readonly PlanSample[];
  readonly lists: readonly PlanListSample[];
}

interface SideProps extends SamplesProps {
  readonly title: string;
  readonly lines: readonly string[];
}

function Side({ title, lines, ...shown }: SideProps) {
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
      <Samples {...shown} />
    </section>
  );
}

function Samples({ name, samples, lists }: SamplesProps) {
  if (samples.length + lists.length === 0) return null;
  return (
    <>
      <p className="muted">For example</p>
      <ul className="plan-samples">
        {samples.map((sample) => (
          <Sample
            key={`${sample.action}-${sample.contactId}-${sample.remoteId}`}
            sample={sample}
            name={name}
          />
        ))}
        {lists.map((sample) => (
          <ListSample key={`${sample.action}-${sample.name}-${sample.newName}`} sample={sample} />
        ))}
      </ul>
    </>
  );
}

function Sample({ sample, name }: { sample: PlanSample; name: string }) {
  const values = describeValues(sample);
  const reason = describeSampleReason(sample, name);
  return (
    <li>
      <span className={`tag plan-${sample.action}`}>{describeAction(sample)}</span>
      <strong>{sample.name}</strong>
      {values && <span className="muted plan-values">{values}</span>}
      {reason && <span className="muted plan-values">{reason}</span>}
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
