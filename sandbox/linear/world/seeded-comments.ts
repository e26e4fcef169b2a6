/** Comments as pure functions of (seed, index): four on every five issues. */
import { hashText, mixPair, pick } from '../../core/seeded-random.ts';
import type { SeededRecords, TimeOrder } from './collection.ts';
import { createIdSeries, type IdSeries } from './ids.ts';
import { commentBody } from './issue-texts.ts';
import type { CommentRecord } from './records.ts';
import type { SeededIssues } from './seeded-issues.ts';

/** Which of five issues the four comments of a block belong to. */
const issueOfPlace = [0, 0, 1, 3];

export class SeededComments implements SeededRecords<CommentRecord> {
  readonly size: number;
  readonly #issues: SeededIssues;
  readonly #ids: IdSeries;
  readonly #salt: number;

  constructor(issues: SeededIssues) {
    this.#issues = issues;
    this.#ids = createIdSeries(`comment ${issues.world.spec.name}`, issues.world.seed);
    this.#salt = mixPair(hashText('comments'), issues.salt);
    this.size = Math.floor(issues.size / 5) * 4;
  }

  id(index: number): string {
    return this.#ids.id(index);
  }

  indexOf(id: string): number | undefined {
    return this.#ids.indexOf(id);
  }

  timeMs(index: number, _order: TimeOrder): number {
    const issue = this.#issueIndex(index);
    const createdMs = this.#issues.timeMs(issue, 'createdAt');
    const share = mixPair(this.#salt, index) / 4294967296;
    return createdMs + Math.floor(share * (this.#issues.timeMs(issue, 'updatedAt') - createdMs));
  }

  at(index: number): CommentRecord {
    const writtenAt = new Date(this.timeMs(index, 'createdAt')).toISOString();
    const hash = mixPair(this.#salt + 1, index);
    return {
      id: this.id(index),
      createdAt: writtenAt,
      updatedAt: writtenAt,
      archivedAt: null,
      issueId: this.#issues.id(this.#issueIndex(index)),
      userId: pick(this.#issues.world.users, mixPair(hash, 1)).id,
      parentId: null,
      body: commentBody(mixPair(hash, 2)),
      editedAt: null,
    };
  }

  inGroup(issueId: string): number[] {
    const issue = this.#issues.indexOf(issueId);
    if (issue === undefined || issue >= this.#issues.size) return [];
    const first = Math.floor(issue / 5) * 4;
    return issueOfPlace.flatMap((place, i) =>
      place === issue % 5 && first + i < this.size ? [first + i] : [],
    );
  }

  #issueIndex(index: number): number {
    return Math.floor(index / 4) * 5 + (issueOfPlace[index % 4] as number);
  }
}
