/** Property values of the seeded rows, as pure functions of a row's hash. */
import { mixPair, pick } from '../../core/seeded-random.ts';
import type { IdCodec } from '../ids.ts';
import type { Json, RichText, User } from '../records.ts';
import { textRun } from '../rich-text.ts';
import type { SeededSchema } from './schemas.ts';
import { companies, familyNames, givenNames, meetingTitles, sentences, taskTitles } from './word-lists.ts';

/** @returns values by property id. `row` counts from 0 within the data source. */
export type ValueMaker = (dataSourceIndex: number, row: number, hash: number) => Record<string, Json>;

const DAY_MS = 86_400_000;
/** So many related pages that a page's answer cuts them (25) and they must be paged. */
const MANY_RELATED = 40;

export function createValueMaker(parts: {
  schemas: readonly SeededSchema[];
  ids: IdCodec;
  users: readonly User[];
  rows: readonly (readonly [from: number, to: number])[];
  todayMs: number;
}): ValueMaker {
  const { schemas, ids, users, rows, todayMs } = parts;
  const optionIds = schemas.map(({ properties }) =>
    Object.fromEntries(
      properties
        .filter(({ config }) => Array.isArray(config.options))
        .map(({ name, config }) => [name, (config.options as { id: string }[]).map((option) => option.id)]),
    ),
  );
  const propertyIds = schemas.map(({ properties }) =>
    Object.fromEntries(properties.map(({ name, id }) => [name, id])),
  );
  const option = (dataSource: number, name: string, hash: number): string =>
    pick(optionIds[dataSource]?.[name] ?? [''], hash);
  const date = (offsetMs: number) => new Date(todayMs + offsetMs).toISOString();
  const related = (dataSource: number, hash: number, count: number): Json[] => {
    const [from, to] = rows[dataSource] ?? [0, 0];
    if (to === from) return [];
    // Neighbours from a random start: as many as asked for, none twice.
    const start = mixPair(hash, 100) % (to - from);
    const indexes = Array.from(
      { length: Math.min(count, to - from) },
      (_, i) => from + ((start + i) % (to - from)),
    );
    return indexes.map((index) => ids.encode('page', index));
  };
  const some = (hash: number, max: number): Json[] => [
    ...new Set(Array.from({ length: hash % (max + 1) }, (_, i) => pick(users, mixPair(hash, i)).id)),
  ];

  const makers: readonly ((row: number, at: (salt: number) => number) => Record<string, Json>)[] = [
    (row, at) => ({
      Name: [textRun(`${pick(taskTitles, at(20))}${row % 4 === 0 ? '' : ` #${row + 1}`}`)],
      Status: option(0, 'Status', at(21)),
      Priority: at(22) % 5 === 0 ? null : option(0, 'Priority', at(23)),
      Tags: [...new Set(Array.from({ length: at(24) % 4 }, (_, i) => option(0, 'Tags', at(25 + i))))],
      Due:
        at(30) % 4 === 0
          ? null
          : {
              start: date((at(31) % 120) * DAY_MS).slice(0, 10),
              end: at(32) % 6 === 0 ? date((120 + (at(33) % 30)) * DAY_MS).slice(0, 10) : null,
              time_zone: null,
            },
      Assignee: some(at(34), 2),
      Estimate: at(35) % 6 === 0 ? null : (at(36) % 40) / 2,
      Blocked: at(37) % 7 === 0,
      Link: at(38) % 3 === 0 ? `https://example.com/issues/${row + 1}` : null,
      Customer: related(2, at(39), at(40) % 3),
      Notes: notes(at),
    }),
    (row, at) => ({
      Title: [textRun(`${pick(meetingTitles, at(20))} ${date(-(at(21) % 365) * DAY_MS).slice(0, 10)}`)],
      When: {
        start: date(-(at(21) % 365) * DAY_MS),
        end: at(22) % 2 === 0 ? date(-(at(21) % 365) * DAY_MS + 3_600_000) : null,
        time_zone: null,
      },
      Attendees: some(at(23), 6),
      Kind: option(1, 'Kind', at(24)),
      Summary: notes(at),
      'Action items': related(0, at(25), row % 9 === 3 ? MANY_RELATED : at(26) % 5),
      Recording: at(27) % 4 === 0 ? `https://example.com/recordings/${row + 1}` : null,
    }),
    (row, at) => {
      const name = `${pick(givenNames, at(20))} ${pick(familyNames, at(21))}`;
      return {
        Contact: [textRun(name)],
        Company: [textRun(pick(companies, at(22)))],
        'E-mail': at(23) % 8 === 0 ? null : `contact.${row + 1}@example.com`,
        Phone: at(24) % 3 === 0 ? null : `+49 30 ${String(1_000_000 + (at(25) % 9_000_000))}`,
        Website: at(26) % 2 === 0 ? 'https://example.com' : null,
        Segment: option(2, 'Segment', at(27)),
        'Contract value': at(28) % 5 === 0 ? null : (at(29) % 5_000_000) / 100,
        Active: at(30) % 3 !== 0,
        'Customer since': {
          start: date(-(at(31) % 2000) * DAY_MS).slice(0, 10),
          end: null,
          time_zone: null,
        },
        Files:
          at(32) % 6 === 0
            ? [
                {
                  name: 'Contract.pdf',
                  type: 'external',
                  external: { url: 'https://example.com/contract.pdf' },
                },
              ]
            : [],
      };
    },
  ];

  return (dataSourceIndex, row, hash) => {
    const named = makers[dataSourceIndex]?.(row, (salt) => mixPair(hash, salt)) ?? {};
    const byName = propertyIds[dataSourceIndex] ?? {};
    return Object.fromEntries(Object.entries(named).map(([name, value]) => [byName[name] ?? name, value]));
  };
}

function notes(at: (salt: number) => number): RichText[] {
  if (at(50) % 3 === 0) return [];
  return [
    textRun(pick(sentences, at(51))),
    textRun(' — ', { italic: true }),
    textRun(pick(sentences, at(52))),
  ];
}
