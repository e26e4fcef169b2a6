/** The two sides of a plan beside each other: how many, and some to recognise. */
import type { Plan, PlanSample } from '../../api/contract/index.ts';
import { describeAction, describeSide, describeTies, describeValues } from '../words/plan.ts';

export function PlanSides({ plan, name }: { plan: Plan; name: string }) {
  const { counts, samples = [] } = plan;
  if (!counts) return null;
  const ties = describeTies(counts);
  return (
    <>
      <div className="plan-sides">
        <Side
          title="In Harmony"
          lines={describeSide(counts.harmony, 'harmony')}
          samples={samples}
          side="harmony"
        />
        <Side
          title={`In ${name}`}
          lines={describeSide(counts.provider, 'provider')}
          samples={samples}
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
  readonly side: PlanSample['side'];
}

function Side({ title, lines, samples, side }: SideProps) {
  const own = samples.filter((sample) => sample.side === side);
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
      {own.length > 0 && (
        <>
          <p className="muted">For example</p>
          <ul className="plan-samples">
            {own.map((sample) => (
              <Sample key={`${sample.action}-${sample.contactId}-${sample.remoteId}`} sample={sample} />
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
