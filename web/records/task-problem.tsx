/** Why a task was not written, with the one thing that helps. */
import { describeProblem, hasCode } from '../api/problem.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';

const unmappedWords = {
  title: 'That person is not mapped yet',
  text: 'Say under Users who they are at the provider, then come back: what you entered is kept.',
};
const collidedWords = {
  title: 'Somebody changed it meanwhile',
  text: 'Their change is shown now, and nothing was overwritten. Repeat yours if you still want it.',
};

export function TaskProblem(props: { error: unknown; integrationId: string | undefined }) {
  const { error, integrationId } = props;
  const unmapped = hasCode(error, 'assignee_unmapped');
  const { title, text } = unmapped
    ? unmappedWords
    : hasCode(error, 'conflict')
      ? collidedWords
      : describeProblem(error);
  return (
    <div className="note note-bad">
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {unmapped && integrationId && (
        <Button onClick={() => navigate(paths.integration(integrationId, 'users'))}>Map users</Button>
      )}
    </div>
  );
}
