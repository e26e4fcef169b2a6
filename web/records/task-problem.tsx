/** Why a task was not written, with the one thing that helps. */
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { describeTaskProblem } from '../words/task-problem.ts';

export function TaskProblem(props: { error: unknown; integrationId: string | undefined }) {
  const { title, text, way } = describeTaskProblem(props.error);
  const id = props.integrationId;
  return (
    <div className="note note-bad">
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {way === 'users' && id && (
        <Button onClick={() => navigate(paths.integration(id, 'users'))}>Map users</Button>
      )}
      {way === 'integration' && id && (
        <Button onClick={() => navigate(paths.integration(id))}>Go to the integration</Button>
      )}
    </div>
  );
}
