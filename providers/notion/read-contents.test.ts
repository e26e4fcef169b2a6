import type { PageObjectResponse } from '@notionhq/client';
import { expect, test } from 'vitest';
import { ProviderError, type ProviderErrorKind } from '../contract/index.ts';
import { type FailedRead, isOfPage } from './read-contents.ts';

const failed = (kind: ProviderErrorKind, httpStatus: number, more: Partial<FailedRead>): FailedRead => ({
  ...{ page: {} as PageObjectResponse, error: new ProviderError({ kind, message: '', httpStatus }) },
  ...{ tookMs: 100, readBefore: 7, tries: 1, ...more },
});
const others = { read: 9, isOutage: false };
const alone = { read: 7, isOutage: false };
const outage = { read: 7, isOutage: true };

const cases: [string, FailedRead, { others: boolean; alone: boolean; outage: boolean }][] = [
  ['refused', failed('invalid_request', 400, {}), { others: true, alone: true, outage: false }],
  ['not given once', failed('transient', 503, {}), { others: false, alone: false, outage: false }],
  ['not given twice', failed('transient', 503, { tries: 2 }), { others: true, alone: false, outage: false }],
  [
    'an error within Notion, twice',
    failed('transient', 500, { tries: 2 }),
    { others: true, alone: true, outage: false },
  ],
  [
    'given up after a minute',
    failed('transient', 503, { tookMs: 60_000 }),
    { others: true, alone: true, outage: false },
  ],
];

for (const [name, failure, is] of cases) {
  test(`${name}: the page's own failure where others are read (${is.others}), alone (${is.alone}), in an outage (${is.outage})`, () => {
    expect({
      others: isOfPage(failure, others),
      alone: isOfPage(failure, alone),
      outage: isOfPage(failure, outage),
    }).toEqual(is);
  });
}
