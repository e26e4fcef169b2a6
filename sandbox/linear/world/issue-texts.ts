/** Titles, descriptions and comments as people write them: markdown, several scripts. */
import { mixPair, pick } from '../../core/seeded-random.ts';

const areas = [
  'Checkout',
  'Calendar sync',
  'Search',
  'Onboarding',
  'Billing',
  'Mobile app',
  'CSV import',
  'Webhooks',
  'Settings page',
  'Audit log',
  'Notifications',
  'Public API',
  'Sign-in',
  'Contact merge',
  'Reports',
];
const problems = [
  'fails when the name contains an apostrophe',
  'shows the wrong time zone',
  'times out for large workspaces',
  'loses the draft after a refresh',
  'ignores the saved filter',
  'sends two e-mails instead of one',
  'returns 500 for an empty list',
  'does not scroll on small screens',
  'counts archived items',
  'forgets the chosen language',
];
const wishes = [
  'Let people undo',
  'Add keyboard shortcuts to',
  'Show progress in',
  'Document limits of',
  'Speed up',
  'Translate',
  'Write tests for',
  'Remove the old flag from',
  'Make bulk edit work in',
];
const otherScripts = [
  '検索結果に削除済みの項目が表示される',
  'Ошибка при экспорте отчёта в CSV',
  'إعادة تصميم صفحة تسجيل الدخول',
  '联系人合并后丢失电话号码',
  'Émojis 🎉 cassés dans les notifications',
  'Chức năng tìm kiếm chậm khi có nhiều dữ liệu',
];
const sentences = [
  'Reported by three customers this week.',
  'It started after the last release, see the graph in the dashboard.',
  'Reproduced on staging with a fresh workspace.',
  'Nobody has complained yet, but it will bite us when we open the beta.',
  'The cause is a missing index; the query scans the whole table.',
  'We agreed in the weekly to keep the first version small.',
  'Blocked until legal has answered about data retention.',
];
const remarks = [
  'I can reproduce this on `main`.',
  'Fixed in the branch, waiting for review.',
  'Moving this to the next cycle.',
  'Could we ship **without** the migration first?',
  'ありがとうございます、確認します。',
  'Is this still a problem?\n\n> It started after the last release',
  'Спасибо, проверю сегодня.',
];

export function issueTitle(hash: number): string {
  const kind = hash % 16;
  if (kind === 0) return pick(otherScripts, mixPair(hash, 1));
  if (kind < 9) return `${pick(areas, mixPair(hash, 2))} ${pick(problems, mixPair(hash, 3))}`;
  return `${pick(wishes, mixPair(hash, 4))} ${pick(areas, mixPair(hash, 5)).toLowerCase()}`;
}

/** Markdown; null for about one in seven. */
export function issueDescription(hash: number): string | null {
  if (hash % 7 === 0) return null;
  const sentence = (field: number) => pick(sentences, mixPair(hash, field));
  const parts = [sentence(10)];
  if (hash % 3 === 0)
    parts.push(`## Steps\n\n1. Open **${pick(areas, mixPair(hash, 11))}**\n2. Save\n3. Reload the page`);
  if (hash % 4 === 0) parts.push(`- [ ] ${sentence(12)}\n- [x] ${sentence(13)}`);
  if (hash % 5 === 0) parts.push('```ts\nawait queue.drain({ timeoutMs: 5_000 });\n```');
  if (hash % 6 === 0) parts.push('See [the runbook](https://docs.example.com/runbook) and @grace.');
  if (hash % 11 === 0) parts.push('| case | before | after |\n| --- | --- | --- |\n| empty | 500 | 200 |');
  parts.push(sentence(14));
  return parts.join('\n\n');
}

export function commentBody(hash: number): string {
  return pick(remarks, hash);
}
