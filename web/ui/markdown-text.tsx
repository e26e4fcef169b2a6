import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { levelHeadings } from './level-headings.ts';

/** Pictures would be fetched from elsewhere, which the CSP refuses, so they are links. */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noreferrer">
      {alt || 'Picture'}
    </a>
  ),
  input: ({ checked }) => (
    <span className="task-mark" role="img" aria-label={checked ? 'done' : 'open'}>
      {checked ? '☑' : '☐'}
    </span>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
};

export default function MarkdownText({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[remarkGfm, levelHeadings]} components={components} skipHtml>
      {text}
    </ReactMarkdown>
  );
}
