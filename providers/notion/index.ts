import type { ProviderAdapter } from '../contract/index.ts';
import { classifyNotionError } from './classify.ts';
import { confirmAtOnce } from './confirm-gone.ts';
import { notionEnvironment } from './environment.ts';
import { createNotionOAuth } from './oauth.ts';
import { readNotionPush } from './read-push.ts';
import { openNotionSession } from './session.ts';

const hourMs = 60 * 60 * 1000;

export const notion: ProviderAdapter = {
  id: 'notion',
  displayName: 'Notion',
  description:
    'The databases and pages that you share, with their text, kept current and searchable in Harmony.',
  category: 'documents',
  authKinds: ['oauth'],
  grantFamily: 'notion',
  capabilities: ['read', 'collections', 'push', 'search'],
  streams: [
    {
      name: 'pages',
      label: 'pages',
      kind: 'document',
      perCollection: true,
      deletions: 'tombstones',
      // Losing access shows only by absence. The contents that are held are not read again, so this costs little.
      fullListingEveryMs: 6 * hourMs,
      notFoundHides: true,
      confirmAtOnce,
    },
  ],
  collectionNoun: { one: 'database', many: 'databases' },
  environment: notionEnvironment,
  oauth: createNotionOAuth,
  openSession: openNotionSession,
  push: 'app',
  readPush: readNotionPush,
  classify: (error) => classifyNotionError(error),
};
