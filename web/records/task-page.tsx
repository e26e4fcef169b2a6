/** One task: its text and comments, and what can be changed at the provider from here. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskWithComments } from '../../api/contract/index.ts';
import { integrationsQuery, taskQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { OutLink } from '../ui/out-link.tsx';
import { Time } from '../ui/time.tsx';
import { describeDue, describePriority } from '../words/task.ts';
import { ItemPage } from './item-page.tsx';
import { KeptTask } from './kept-task.tsx';
import { TaskControls } from './task-controls.tsx';
import { isTaskEdited, TaskEdit } from './task-edit.tsx';

export function TaskPage({ id }: { id: string }) {
  const task = useQuery(taskQuery(id));
  return (
    <ItemPage query={task} page="tasks" backLabel="Tasks" title={({ title }) => title}>
      {(shown) => <TaskDetails task={shown} />}
    </ItemPage>
  );
}

function TaskDetails({ task }: { task: TaskWithComments }) {
  const { data: integrations } = useQuery(integrationsQuery);
  const isKept = integrations?.every(({ id }) => id !== task.integrationId) ?? false;
  const [editing, setEditing] = useState(() => isTaskEdited(task));
  const facts = [
    task.identifier,
    task.projectName,
    describePriority(task),
    describeDue(task),
    ...task.labels,
  ];
  return (
    <>
      <p className="muted reading-meta">
        {facts.filter(Boolean).join(' · ')}
        {task.url && (
          <>
            {' · '}
            <OutLink href={task.url}>Open at the source</OutLink>
          </>
        )}
      </p>
      {isKept ? (
        <KeptTask task={task} />
      ) : (
        <>
          <TaskControls task={task} />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields */}
          <div className="toolbar" role="group" aria-label="Actions">
            <Button icon={icons.edit} disabled={editing} onClick={() => setEditing(true)}>
              Edit
            </Button>
          </div>
        </>
      )}
      {editing && !isKept ? (
        <TaskEdit task={task} onDone={() => setEditing(false)} />
      ) : (
        <article className="reading">
          {task.description?.trim() ? (
            <Markdown text={task.description} />
          ) : (
            <p className="muted">No description.</p>
          )}
        </article>
      )}
      {task.comments.length > 0 && (
        <section aria-labelledby="comments">
          <h2 id="comments">Comments</h2>
          <ul className="rows">
            {task.comments.map((comment) => (
              <li key={comment.id} className="comment">
                <p className="muted">
                  {comment.author ?? 'Somebody'}
                  {comment.remoteUpdatedAt && (
                    <>
                      , <Time at={comment.remoteUpdatedAt} />
                    </>
                  )}
                </p>
                <Markdown text={comment.body} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
