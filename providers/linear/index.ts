import type { ProviderAdapter } from '../contract/index.ts';
import { classifyLinearError } from './classify.ts';
import { linearEnvironment } from './environment.ts';
import { createLinearOAuth } from './oauth.ts';
import { readLinearPush } from './read-push.ts';
import { openLinearSession } from './session.ts';

/**
 * Removals that no increment shows (deleted for good, restored from the trash, renamed labels, states and projects) are
 * found by listing everything once a day: at 250 records a call that is 4 calls per 1,000 records.
 */
const dayMs = 24 * 60 * 60 * 1000;

export const linear: ProviderAdapter = {
  id: 'linear',
  displayName: 'Linear',
  description: 'The issues of your teams as tasks, with their comments and the people they belong to.',
  category: 'tasks',
  authKinds: ['oauth', 'api_key'],
  grantFamily: 'linear',
  capabilities: ['read', 'collections', 'push', 'users', 'tasks'],
  streams: [
    // People first: a task's assignee is known by the time the task is.
    {
      name: 'members',
      label: 'members',
      kind: 'person',
      perCollection: false,
      deletions: 'absence',
      fullListingEveryMs: dayMs,
      gatherUpTo: 1000,
    },
    {
      name: 'issues',
      label: 'issues',
      kind: 'task',
      perCollection: true,
      deletions: 'tombstones',
      fullListingEveryMs: dayMs,
      gatherUpTo: 1000,
    },
    {
      name: 'comments',
      label: 'comments',
      kind: 'comment',
      perCollection: true,
      deletions: 'absence',
      fullListingEveryMs: dayMs,
      gatherUpTo: 1000,
    },
  ],
  collectionNoun: { one: 'team', many: 'teams' },
  environment: linearEnvironment,
  oauth: createLinearOAuth,
  openSession: openLinearSession,
  push: 'app',
  readPush: readLinearPush,
  classify: (error) => classifyLinearError(error),
};
