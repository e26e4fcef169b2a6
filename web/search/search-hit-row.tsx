/** One thing that was found: what it is, and where the words stand in it. */
import type { ReactNode } from 'react';
import type { SearchHit } from '../../api/contract/index.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { eventStart } from '../words/time.ts';
import { plainExcerpt, readHighlight } from './highlight.ts';

const shape: Readonly<Record<SearchHit['type'], { icon: ReactNode; label: string }>> = {
  contact: { icon: icons.people, label: 'Contact' },
  calendar_event: { icon: icons.calendar, label: 'Event' },
  task: { icon: icons.tasks, label: 'Task' },
  document: { icon: icons.document, label: 'Document' },
};

/** Where it can be read: here, else at the provider. */
function placeOf({ type, id }: SearchHit): string | undefined {
  if (type === 'contact') return paths.item('contacts', id);
  if (type === 'task') return paths.item('tasks', id);
  return type === 'document' ? paths.item('documents', id) : undefined;
}

export function SearchHitRow({ hit }: { hit: SearchHit }) {
  const { icon, label } = shape[hit.type];
  const part = (field: 'title' | 'text') =>
    hit.highlights.find((highlight) => highlight.field === field)?.html;
  const title = part('title');
  const text = part('text');
  const words = title === undefined ? hit.title || 'Untitled' : <Highlight html={title} />;
  const place = placeOf(hit);
  return (
    <li className="row row-link hit" data-hit={hit.id}>
      {icon}
      <div className="row-main">
        {place ? (
          <Link href={place}>{words}</Link>
        ) : hit.url ? (
          <a href={hit.url} target="_blank" rel="noreferrer">
            {words}
          </a>
        ) : (
          <span className="hit-title">{words}</span>
        )}
        {hit.start && <p className="muted hit-text">{eventStart(hit.start)}</p>}
        {text && (
          <p className="muted hit-text">
            <Highlight html={plainExcerpt(text)} />
          </p>
        )}
      </div>
      <span className="muted row-side">{label}</span>
    </li>
  );
}

function Highlight({ html }: { html: string }) {
  let at = 0;
  return readHighlight(html).map(({ text, marked }) => {
    at += text.length;
    return marked ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>;
  });
}
