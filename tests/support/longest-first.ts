/** The order in which test files start: those that take longest first, so that none of them is left over at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They kill processes and wait until that is noticed, or drive a browser. A wrong list costs time, nothing else. */
const longest = [
  'tests/random-histories/histories-',
  'tests/browser/integrations-page',
  'tests/sync/kill',
  'tests/sync/shared-grant',
  'tests/workflows',
  'tests/browser/contacts',
  'tests/linear/task-kill',
  'tests/browser/needs-attention',
  'tests/contacts/safety',
  'tests/random-histories/processes',
  'tests/contacts/two-way',
  'tests/demo',
  'tests/browser',
  'tests/sync/',
  'tests/full-disk',
  'tests/contacts/',
  'tests/notion/',
  'tests/dev-stack',
  'tests/api/',
];

const rank = ({ moduleId }: TestSpecification): number => {
  const found = longest.findIndex((path) => moduleId.includes(path));
  return found === -1 ? longest.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
