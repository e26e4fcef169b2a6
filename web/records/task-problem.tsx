/** Why a task was not written, with the one thing that helps. */
import { describeProblem, hasCode } from '../api/problem.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';

export function TaskProblem(props: { error: unknown; integrationId: string | undefined }) {
  const { error, integrationId } = props;
  const { title, text } = describeProblem(error);
  const unmapped = hasCode(error, 'assignee_unmapped');
  const collided = hasCode(error, 'conflict');
  return (
    <div className="note note-bad">
      <div>
        <strong>
          {unmapped ? 'That person is not mapped yet' : collided ? 'Somebody changed it meanwhile' : title}
        </strong>
        <p>
          {unmapped
            ? 'Say under Users who they are at the provider, then come back: what you entered is kept.'
            : text}
        </p>
      </div>
      {unmapped && integrationId && (
        <Button onClick={() => navigate(paths.integration(integrationId, 'users'))}>Map users</Button>
      )}
    </div>
  );
}
