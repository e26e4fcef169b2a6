/** What a person does at Google while a pass is under way: right after a read, before the call that follows from it. */
import type { RemoteDeed } from '../../sync/model-world.test-support.ts';

/** Two contacts become one in Google's own page. */
export interface Merge {
  readonly kind: 'remote_merge';
  readonly at: number;
  readonly with: number;
  readonly as: 'deletion' | 'former_name';
}

export type Race = RemoteDeed | Merge;
