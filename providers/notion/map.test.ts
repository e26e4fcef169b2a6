import type { PageObjectResponse } from '@notionhq/client';
import { expect, test } from 'vitest';
import { hasCutProperties } from './long-properties.ts';
import { readProperties, readTitle } from './property-values.ts';
import { cutSignatures, withoutSignatures } from './signed-addresses.ts';

const run = (text: string) => ({ type: 'text', plain_text: text });

function pageWith(properties: Record<string, object>, more: object = {}): PageObjectResponse {
  return {
    object: 'page',
    id: 'p',
    icon: null,
    cover: null,
    properties,
    ...more,
  } as unknown as PageObjectResponse;
}

test('properties come as a person sees them, the title by itself', () => {
  const { properties } = pageWith({
    Name: { type: 'title', title: [run('Plan '), run('B')] },
    Notes: { type: 'rich_text', rich_text: [run('Mind the gap')] },
    Status: { type: 'status', status: { name: 'Done' } },
    Nothing: { type: 'select', select: null },
    Tags: { type: 'multi_select', multi_select: [{ name: 'a' }, { name: 'b' }] },
    Who: { type: 'people', people: [{ id: 'u1', name: 'Ada' }, { id: 'u2' }] },
    By: { type: 'created_by', created_by: { id: 'u1' } },
    Linked: { type: 'relation', relation: [{ id: 'p2' }] },
    Files: { type: 'files', files: [{ name: 'plan.pdf' }] },
    Key: { type: 'unique_id', unique_id: { prefix: 'TSK', number: 7 } },
    Sum: { type: 'formula', formula: { type: 'number', number: 12 } },
    Rolled: { type: 'rollup', rollup: { type: 'array', array: [{ type: 'number', number: 3 }] } },
    When: { type: 'date', date: { start: '2026-11-23', end: null, time_zone: null } },
    Blocked: { type: 'checkbox', checkbox: false },
    Later: { type: 'something_new', something_new: { kept: true } },
  });
  expect(readTitle(properties)).toBe('Plan B');
  expect(readProperties(properties)).toEqual({
    ...{ Notes: 'Mind the gap', Status: 'Done', Nothing: null, Tags: ['a', 'b'] },
    ...{ Who: [{ id: 'u1', name: 'Ada' }, { id: 'u2' }], By: { id: 'u1' }, Linked: ['p2'] },
    ...{ Files: ['plan.pdf'], Key: 'TSK-7', Sum: 12, Rolled: [3], Blocked: false },
    ...{ When: { start: '2026-11-23', end: null, time_zone: null }, Later: { kept: true } },
  });
});

test('addresses that are signed anew each time read the same each time', () => {
  const at = (signature: string) =>
    `https://files.example/a%20b.png?X-Amz-Date=1&X-Amz-Signature=${signature}`;
  expect(cutSignatures(`![map](${at('1')}) and https://example.com/?q=1`)).toBe(
    '![map](https://files.example/a%20b.png) and https://example.com/?q=1',
  );
  const page = (signature: string) =>
    pageWith({
      Files: {
        type: 'files',
        files: [{ name: 'n', type: 'file', file: { url: at(signature), expiry_time: signature } }],
      },
    });
  expect(withoutSignatures(page('1'))).toEqual(withoutSignatures(page('2')));
  const icon = (signature: string) =>
    pageWith({}, { icon: { type: 'file', file: { url: at(signature), expiry_time: signature } } });
  expect(withoutSignatures(icon('1'))).toEqual(withoutSignatures(icon('2')));
});

test('only lists that may have been cut are read again whole', () => {
  const people = (count: number) =>
    pageWith({ P: { type: 'people', people: Array(count).fill({ id: 'u' }) } });
  expect(hasCutProperties(people(24))).toBe(false);
  expect(hasCutProperties(people(25))).toBe(true);
  expect(hasCutProperties(pageWith({ R: { type: 'relation', relation: [], has_more: true } }))).toBe(true);
  expect(hasCutProperties(pageWith({ R: { type: 'relation', relation: [], has_more: false } }))).toBe(false);
  const mentions = Array(25).fill({ type: 'mention', plain_text: '@' });
  expect(hasCutProperties(pageWith({ T: { type: 'rich_text', rich_text: mentions } }))).toBe(true);
});
