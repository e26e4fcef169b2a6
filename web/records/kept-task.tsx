/** A task that stayed when its integration was deleted: it can be read, and nothing from here reaches the provider. */
import type { TaskWithComments } from '../../api/contract/index.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { describeTaskState } from '../words/task.ts';

export function KeptTask({ task }: { task: TaskWithComments }) {
  return (
    <div className="note note-plain">
      <div>
        <StateBadge {...describeTaskState(task)} />
        <p>
          The integration that it came from was deleted, so it can only be read here, as it was then. Change
          it at the source, or connect the account again under{' '}
          <Link href={paths.integrations}>Integrations</Link>.
        </p>
      </div>
    </div>
  );
}
