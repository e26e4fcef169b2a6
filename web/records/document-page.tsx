/** One document to read: its text, and its properties beside. */
import { useQuery } from '@tanstack/react-query';
import type { Document } from '../../api/contract/index.ts';
import { documentQuery } from '../api/queries.ts';
import { Markdown } from '../ui/markdown.tsx';
import { OutLink } from '../ui/out-link.tsx';
import { Time } from '../ui/time.tsx';
import { describeProperties } from '../words/properties.ts';
import { ItemPage } from './item-page.tsx';

export function DocumentPage({ id }: { id: string }) {
  const document = useQuery(documentQuery(id));
  return (
    <ItemPage
      query={document}
      page="documents"
      backLabel="Documents"
      title={({ title }) => title || 'Untitled'}
    >
      {(shown) => <Reading document={shown} />}
    </ItemPage>
  );
}

function Reading({ document }: { document: Document }) {
  const { content, url, lastEditedAt, updatedAt } = document;
  const properties = describeProperties(document.properties, document.title);
  return (
    <>
      <p className="muted reading-meta">
        Edited <Time at={lastEditedAt ?? updatedAt} />
        {url && (
          <>
            {' · '}
            <OutLink href={url}>Open at the source</OutLink>
          </>
        )}
      </p>
      {properties.length > 0 && (
        <dl className="details">
          {properties.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <article className="reading">
        {content?.trim() ? <Markdown text={content} /> : <p className="muted">This page has no text.</p>}
      </article>
    </>
  );
}
