/** Comparisons of one value, as Linear's comparator inputs write them. */
import { inputError } from './errors.ts';

export type Comparator = Record<string, unknown>;
type Value = string | number | boolean | null | undefined;

const DURATION =
  /^([+-])?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** A test of a value against every operator that the comparator names. */
export function compileComparator(
  comparator: Comparator,
  isTime: boolean,
  nowMs: number,
): (value: Value) => boolean {
  const operand = (value: unknown) =>
    isTime ? readTime(String(value), nowMs) : (value as string | number | boolean);
  const tests = Object.entries(comparator)
    .filter(([, expected]) => expected !== null && expected !== undefined)
    .map(([name, expected]) =>
      compileOperator(name, Array.isArray(expected) ? expected.map(operand) : operand(expected)),
    );
  return (raw) => {
    const value = isTime && typeof raw === 'string' ? Date.parse(raw) : (raw ?? null);
    return tests.every((test) => test(value));
  };
}

/** Milliseconds of an ISO 8601 time, or of a duration from now (`-P2W` is two weeks ago). Throws INPUT_ERROR. */
export function readTime(text: string, nowMs: number): number {
  const duration = DURATION.exec(text);
  if (duration === null || text.length < 3) {
    const ms = Date.parse(text);
    if (Number.isNaN(ms)) throw inputError(`"${text}" is neither a date nor an ISO 8601 duration`);
    return ms;
  }
  const [, sign, years, months, weeks, days, hours, minutes, seconds] = duration;
  const factor = sign === '-' ? -1 : 1;
  const date = new Date(nowMs);
  date.setUTCFullYear(date.getUTCFullYear() + factor * Number(years ?? 0));
  date.setUTCMonth(date.getUTCMonth() + factor * Number(months ?? 0));
  const wholeDays = Number(weeks ?? 0) * 7 + Number(days ?? 0);
  const restSeconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return date.getTime() + factor * (wholeDays * 86_400 + restSeconds) * 1000;
}

type Test = (value: string | number | boolean | null) => boolean;

function compileOperator(name: string, expected: unknown): Test {
  const text = (fold: (text: string) => string, test: (value: string, expected: string) => boolean): Test => {
    const wanted = fold(String(expected));
    return (value) => typeof value === 'string' && test(fold(value), wanted);
  };
  const not =
    (test: Test): Test =>
    (value) =>
      !test(value);
  switch (name) {
    case 'eq':
      return (value) => value === expected;
    case 'neq':
      return (value) => value !== expected;
    case 'in':
      return isIn(expected);
    case 'nin':
      return not(isIn(expected));
    case 'null':
      return (value) => (value === null) === expected;
    case 'gt':
      return (value) => value !== null && (value as number) > (expected as number);
    case 'gte':
      return (value) => value !== null && (value as number) >= (expected as number);
    case 'lt':
      return (value) => value !== null && (value as number) < (expected as number);
    case 'lte':
      return (value) => value !== null && (value as number) <= (expected as number);
    case 'eqIgnoreCase':
      return text(lower, (value, wanted) => value === wanted);
    case 'neqIgnoreCase':
      return not(text(lower, (value, wanted) => value === wanted));
    case 'contains':
      return text(same, (value, wanted) => value.includes(wanted));
    case 'notContains':
      return not(text(same, (value, wanted) => value.includes(wanted)));
    case 'containsIgnoreCase':
      return text(lower, (value, wanted) => value.includes(wanted));
    case 'notContainsIgnoreCase':
      return not(text(lower, (value, wanted) => value.includes(wanted)));
    case 'containsIgnoreCaseAndAccent':
      return text(withoutAccents, (value, wanted) => value.includes(wanted));
    case 'startsWith':
      return text(same, (value, wanted) => value.startsWith(wanted));
    case 'startsWithIgnoreCase':
      return text(lower, (value, wanted) => value.startsWith(wanted));
    case 'notStartsWith':
      return not(text(same, (value, wanted) => value.startsWith(wanted)));
    case 'endsWith':
      return text(same, (value, wanted) => value.endsWith(wanted));
    case 'notEndsWith':
      return not(text(same, (value, wanted) => value.endsWith(wanted)));
    default:
      throw inputError(`The stand-in does not know the comparison "${name}"`);
  }
}

function isIn(expected: unknown): Test {
  const wanted = new Set(expected as (string | number | boolean | null)[]);
  return (value) => wanted.has(value);
}

const same = (text: string) => text;
const lower = (text: string) => text.toLowerCase();
const withoutAccents = (text: string) => lower(text).normalize('NFD').replace(/\p{M}/gu, '');
