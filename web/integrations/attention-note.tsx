/** What needs attention, with the one button that helps. */
import type { Integration, Provider } from '../../api/contract/index.ts';
import { useConnect } from '../connect/connect-context.tsx';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useOpenPlan } from '../two-way/use-open-plan.ts';
import { Button } from '../ui/button.tsx';
import { remedyOf } from '../words/attention.ts';
import { actionLabels, describeAttention, signInLabel } from '../words/state.ts';
import { useStartSync } from './use-actions.ts';

interface AttentionNoteProps {
  readonly integration: Integration;
  readonly provider: Provider | undefined;
}

export function AttentionNote({ integration, provider }: AttentionNoteProps) {
  const connect = useConnect();
  const sync = useStartSync(integration);
  const openPlan = useOpenPlan(integration.id);
  const notice = describeAttention(integration);
  if (!notice) return null;
  const act = (): void => {
    if (notice.action === 'sync') sync.mutate('incremental');
    else if (notice.action === 'full-sync') sync.mutate('full');
    else if (notice.action === 'choose') navigate(paths.integration(integration.id, 'collections'));
    else if (notice.action === 'activity') navigate(paths.integration(integration.id, 'activity'));
    else if (notice.action === 'plan') openPlan.mutate(undefined);
    else if (provider) connect({ provider, integration });
  };
  return (
    <div className={`note ${notice.action === 'sign-in' ? 'note-bad' : 'note-warn'}`}>
      <div>
        <strong>{notice.title}</strong>
        <p>{remedyOf(notice)}</p>
      </div>
      <Button
        look={notice.action.endsWith('sign-in') || notice.action === 'plan' ? 'primary' : 'plain'}
        busy={sync.isPending || openPlan.isPending}
        onClick={act}
      >
        {notice.action === 'sign-in' ? signInLabel(integration) : actionLabels[notice.action]}
      </Button>
    </div>
  );
}
