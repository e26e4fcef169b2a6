/** The blocks of a seeded page: common types, some nested, as a pure function of seed and index. */
import { mixPair, pick, seededRandom } from '../../core/seeded-random.ts';
import type { IdCodec } from '../ids.ts';
import type { BlockRecord, JsonObject, RichText, Touched } from '../records.ts';
import { textRun } from '../rich-text.ts';
import { sentences, taskTitles } from './word-lists.ts';

type Draft = { type: string; content: JsonObject; children?: Draft[] };

const text = (...runs: RichText[]): JsonObject => ({ rich_text: runs, color: 'default' });

export function seededBlocks(parts: {
  ids: IdCodec;
  seed: number;
  pageIndex: number;
  touched: Touched;
  isMeeting: boolean;
}): BlockRecord[] {
  const random = seededRandom(mixPair(parts.seed, parts.pageIndex));
  const integer = () => Math.floor(random() * 4294967296);
  const sentence = () => textRun(pick(sentences, integer()));
  const drafts: Draft[] = [
    { type: 'heading_2', content: { ...text(textRun('Context')), is_toggleable: false } },
    {
      type: 'paragraph',
      content: text(sentence(), textRun(' '), textRun('Read this first', { bold: true })),
    },
  ];
  if (parts.isMeeting && random() < 0.5) drafts.unshift(meetingNotes(sentence()));
  const count = 1 + Math.floor(random() * 4);
  for (let i = 0; i < count; i++) drafts.push(...pick(sections, integer())(sentence, integer));
  let ordinal = 0;
  const place = (draft: Draft): BlockRecord => ({
    id: parts.ids.encode('block', parts.pageIndex, ordinal++),
    type: draft.type,
    content: draft.content,
    ...parts.touched,
    children: (draft.children ?? []).map(place),
  });
  return drafts.map(place);
}

function meetingNotes(title: RichText): Draft {
  return { type: 'meeting_notes', content: { title: [title], status: 'notes_ready' } };
}

type Section = (sentence: () => RichText, integer: () => number) => Draft[];

const sections: readonly Section[] = [
  (sentence) => [
    {
      type: 'bulleted_list_item',
      content: text(sentence()),
      children: [
        { type: 'bulleted_list_item', content: text(sentence()) },
        {
          type: 'bulleted_list_item',
          content: text(
            textRun('see ', { italic: true }),
            textRun('the guide', { link: 'https://example.com/guide' }),
          ),
        },
      ],
    },
    { type: 'bulleted_list_item', content: text(sentence()) },
  ],
  (sentence) => [
    { type: 'numbered_list_item', content: text(sentence()) },
    { type: 'numbered_list_item', content: text(sentence()) },
  ],
  (_, integer) => [
    { type: 'heading_3', content: { ...text(textRun('Next steps')), is_toggleable: false } },
    { type: 'to_do', content: { ...text(textRun(pick(taskTitles, integer()))), checked: true } },
    { type: 'to_do', content: { ...text(textRun(pick(taskTitles, integer()))), checked: false } },
  ],
  (sentence) => [
    {
      type: 'toggle',
      content: text(textRun('Details')),
      children: [
        { type: 'paragraph', content: text(sentence()) },
        {
          type: 'toggle',
          content: text(textRun('More')),
          children: [{ type: 'paragraph', content: text(sentence()) }],
        },
      ],
    },
  ],
  (sentence) => [
    { type: 'quote', content: text(sentence()) },
    { type: 'callout', content: { ...text(sentence()), icon: { type: 'emoji', emoji: '💡' } } },
  ],
  () => [
    {
      type: 'code',
      content: {
        rich_text: [textRun('const total = rows.reduce((sum, row) => sum + row.net, 0);\nreturn total > 0;')],
        caption: [],
        language: 'typescript',
      },
    },
    { type: 'divider', content: {} },
  ],
  (sentence) => [
    {
      type: 'table',
      content: { table_width: 2, has_column_header: true, has_row_header: false },
      children: [
        { type: 'table_row', content: { cells: [[textRun('Item')], [textRun('Remark')]] } },
        { type: 'table_row', content: { cells: [[textRun('1')], [sentence()]] } },
      ],
    },
  ],
  () => [
    {
      type: 'image',
      content: {
        type: 'external',
        external: { url: 'https://example.com/chart.png' },
        caption: [textRun('Chart')],
      },
    },
    { type: 'bookmark', content: { url: 'https://example.com/reading', caption: [] } },
    { type: 'equation', content: { expression: 'e = mc^2' } },
  ],
  (sentence) => [
    {
      type: 'column_list',
      content: {},
      children: [
        { type: 'column', content: {}, children: [{ type: 'paragraph', content: text(sentence()) }] },
        { type: 'column', content: {}, children: [{ type: 'paragraph', content: text(sentence()) }] },
      ],
    },
  ],
];
