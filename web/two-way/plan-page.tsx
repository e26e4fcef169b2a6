/** What a change would do on each side, before it is done. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Integration, Plan } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { hasCode, isStatus } from '../api/problem.ts';
import { planQuery, refetchIntegration } from '../api/queries.ts';
import { hasNavigated, Link, navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { describePlanReason, describePlanStatus, describeRejection, describeRemoved } from '../words/plan.ts';
import { type Choices, decisionsOf, stillAsked } from './plan-choices.ts';
import { PlanReviewList } from './plan-review.tsx';
import { PlanSides } from './plan-sides.tsx';
import { useOpenPlan } from './use-open-plan.ts';
import { useRejectPlan } from './use-reject-plan.ts';

interface PlanPageProps {
  readonly integration: Integration;
  readonly name: string;
  readonly planId: string;
}

export function PlanPage({ integration, name, planId }: PlanPageProps) {
  const plan = useQuery(planQuery(integration.id, planId));
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another plan is another page
  useEffect(() => {
    if (hasNavigated()) heading.current?.focus({ preventScroll: true });
  }, [planId]);
  return (
    <section className="plan" aria-labelledby="plan-title">
      <Link className="back-link" href={paths.integration(integration.id, 'sync')}>
        {icons.back} Settings
      </Link>
      <h2 id="plan-title" ref={heading} tabIndex={-1}>
        What would change
      </h2>
      <PlanStatus plan={plan.data} />
      {plan.data ? (
        // What was answered is of this plan alone.
        <PlanBody key={plan.data.id} integration={integration} name={name} plan={plan.data} />
      ) : plan.error ? (
        <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />
      ) : (
        <Skeleton rows={3} tall />
      )}
    </section>
  );
}

/** Stays while what it says changes, so that the end of waiting is read out. */
function PlanStatus({ plan }: { plan: Plan | undefined }) {
  const isUnderWay = plan?.status === 'computing' || plan?.status === 'applying';
  // Whoever sees the plan needs no word that it is there.
  const isSeen = plan?.status === 'ready';
  return (
    <p className={isSeen ? 'visually-hidden' : 'waiting'} role="status">
      {isUnderWay && <span className="spinner" aria-hidden="true" />}
      {plan && describePlanStatus(plan)}
    </p>
  );
}

function PlanBody({ integration, name, plan }: { integration: Integration; name: string; plan: Plan }) {
  const client = useQueryClient();
  const notices = useNotices();
  /** Somebody else decided first, or either side moved. */
  const readAgain = (error: unknown): void => {
    if (isStatus(error, 409))
      void client.invalidateQueries({ queryKey: planQuery(integration.id, plan.id).queryKey });
  };
  const afresh = useOpenPlan(integration.id);
  // Whoever decides later comes back to a fresh plan, which asks mostly the same.
  const [kept, keep, forget] = useDraft<Choices>(`who-is-who-${integration.id}`, {});
  const chosen = stillAsked(kept, plan.review ?? []);
  const apply = useMutation({
    mutationFn: () => api.applyPlan(integration.id, plan.id, decisionsOf(chosen)),
    onSuccess: () => {
      forget();
      notices.tell('The plan is being carried out', 'You can close this page: it goes on without it.');
      navigate(paths.integration(integration.id, 'activity'));
      return refetchIntegration(client, integration.id);
    },
    onError: readAgain,
  });
  const reject = useRejectPlan(integration, plan, { onRejected: forget, onError: readAgain });
  const error = apply.error ?? reject.error;
  const stale = plan.status === 'stale' || hasCode(apply.error, 'plan_stale');
  if (stale)
    return (
      <div className="note note-warn" role="alert">
        <div>
          <strong>Something changed since this plan was made</strong>
          <p>Nothing was written. A fresh plan shows how things are now.</p>
        </div>
        <Button look="primary" busy={afresh.isPending} onClick={() => afresh.mutate(undefined)}>
          Make a fresh plan
        </Button>
      </div>
    );
  if (plan.status === 'failed')
    return (
      <div className="note note-bad" role="alert">
        <div>
          <strong>The plan could not be made</strong>
          <p>{plan.error}</p>
        </div>
        <Button busy={afresh.isPending} onClick={() => afresh.mutate(undefined)}>
          Try again
        </Button>
      </div>
    );
  if (plan.status !== 'ready') return null;
  const removed = describeRemoved(plan);
  return (
    <>
      <p className="lead">{describePlanReason(plan)} Nothing has been written yet.</p>
      <PlanSides plan={plan} name={name} />
      <PlanReviewList plan={plan} name={name} chosen={chosen} onChoose={keep} />
      {error && <ProblemNote error={error} />}
      <p className="muted plan-rejection">{describeRejection(plan, name)}</p>
      <div className="plan-actions">
        <Button look="quiet" onClick={() => navigate(paths.integration(integration.id, 'sync'))}>
          Decide later
        </Button>
        <Button busy={reject.isPending} onClick={() => reject.mutate()}>
          Turn it down
        </Button>
        <Button
          look={removed === undefined ? 'primary' : 'danger'}
          busy={apply.isPending}
          onClick={() => apply.mutate()}
        >
          {removed === undefined ? 'Carry it out' : `Carry it out and remove ${removed}`}
        </Button>
      </div>
    </>
  );
}
