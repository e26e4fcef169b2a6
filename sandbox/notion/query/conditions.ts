/** Filter conditions of one property or timestamp: what each operator asks of a value. */
import { validationError } from '../errors.ts';
import type { Json, JsonObject } from '../records.ts';

/** Says whether a value, as Notion answers it under the type's key, meets the condition. */
export type Check = (value: Json) => boolean;

interface Now {
  nowMs: number;
  /** Whom `me` stands for. */
  meId: string;
}

type Operator = (operand: unknown, now: Now) => Check;

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (Array.isArray(value) && (value.length === 0 || textOf(value) === ''));

const existence: Record<string, Operator> = {
  is_empty: (operand) => only(operand, 'is_empty', (value) => isEmpty(value)),
  is_not_empty: (operand) => only(operand, 'is_not_empty', (value) => !isEmpty(value)),
};

const text: Record<string, Operator> = {
  ...existence,
  equals: (operand) => (value) => textOf(value) === lower(operand),
  does_not_equal: (operand) => (value) => textOf(value) !== lower(operand),
  contains: (operand) => (value) => textOf(value).includes(lower(operand)),
  does_not_contain: (operand) => (value) => !textOf(value).includes(lower(operand)),
  starts_with: (operand) => (value) => textOf(value).startsWith(lower(operand)),
  ends_with: (operand) => (value) => textOf(value).endsWith(lower(operand)),
};

const compareNumber =
  (holds: (value: number, operand: number) => boolean): Operator =>
  (operand) => {
    if (typeof operand !== 'number')
      throw validationError('body failed validation: a number filter should be a number.');
    return (value) => {
      const number = numberOf(value);
      return number !== null && holds(number, operand);
    };
  };

const number: Record<string, Operator> = {
  is_empty: (operand) => only(operand, 'is_empty', (value) => numberOf(value) === null),
  is_not_empty: (operand) => only(operand, 'is_not_empty', (value) => numberOf(value) !== null),
  equals: compareNumber((value, operand) => value === operand),
  does_not_equal: (operand) => (value) => numberOf(value) !== operand,
  greater_than: compareNumber((value, operand) => value > operand),
  less_than: compareNumber((value, operand) => value < operand),
  greater_than_or_equal_to: compareNumber((value, operand) => value >= operand),
  less_than_or_equal_to: compareNumber((value, operand) => value <= operand),
};

const checkbox: Record<string, Operator> = {
  equals: (operand) => (value) => value === operand,
  does_not_equal: (operand) => (value) => value !== operand,
};

const oneOption: Record<string, Operator> = {
  ...existence,
  equals: (operand) => (value) => namesOf(value).some((name) => list(operand).includes(name)),
  does_not_equal: (operand) => (value) => !namesOf(value).some((name) => list(operand).includes(name)),
};

const manyOptions: Record<string, Operator> = {
  ...existence,
  contains: oneOption.equals as Operator,
  does_not_contain: oneOption.does_not_equal as Operator,
};

const references: Record<string, Operator> = {
  ...existence,
  contains: (operand, now) => (value) => idsOf(value).includes(personOrId(operand, now)),
  does_not_contain: (operand, now) => (value) => !idsOf(value).includes(personOrId(operand, now)),
};

const DAY_MS = 86_400_000;

const compareDate =
  (holds: (value: number, from: number, to: number) => boolean): Operator =>
  (operand, now) => {
    const [from, to] = interval(operand, now.nowMs);
    return (value) => {
      const at = dateOf(value);
      return at !== null && holds(at, from, to);
    };
  };

const within =
  (fromDays: number, toDays: number): Operator =>
  (_, { nowMs }) => {
    const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return (value) => {
      const at = dateOf(value);
      return at !== null && at >= today + fromDays * DAY_MS && at < today + toDays * DAY_MS;
    };
  };

const date: Record<string, Operator> = {
  is_empty: (operand) => only(operand, 'is_empty', (value) => dateOf(value) === null),
  is_not_empty: (operand) => only(operand, 'is_not_empty', (value) => dateOf(value) !== null),
  equals: compareDate((at, from, to) => at >= from && at < to),
  before: compareDate((at, from) => at < from),
  after: compareDate((at, _, to) => at >= to),
  on_or_before: compareDate((at, _, to) => at < to),
  on_or_after: compareDate((at, from) => at >= from),
  this_week: (_, { nowMs }) => {
    const day = Math.floor(nowMs / DAY_MS);
    const monday = (day - ((day + 3) % 7)) * DAY_MS;
    return (value) => {
      const at = dateOf(value);
      return at !== null && at >= monday && at < monday + 7 * DAY_MS;
    };
  },
  past_week: within(-7, 1),
  past_month: within(-30, 1),
  past_year: within(-365, 1),
  next_week: within(0, 8),
  next_month: within(0, 31),
  next_year: within(0, 366),
};

const operators: Record<string, Record<string, Operator>> = {
  title: text,
  rich_text: text,
  url: text,
  email: text,
  phone_number: text,
  number,
  unique_id: number,
  checkbox,
  select: oneOption,
  status: oneOption,
  multi_select: manyOptions,
  people: references,
  created_by: references,
  last_edited_by: references,
  relation: references,
  files: existence,
  date,
  created_time: date,
  last_edited_time: date,
};

/** The condition under a property's type key. Throws 400 where the type has no such operator. */
export function compileCondition(type: string, condition: unknown, now: Now): Check {
  if (type === 'formula') return compileFormula(condition, now);
  const known = operators[type];
  const entries = Object.entries((condition ?? {}) as JsonObject);
  const [operator, operand] = entries[0] ?? [];
  const make = operator === undefined ? undefined : known?.[operator];
  if (make === undefined || entries.length !== 1)
    throw validationError(
      `body failed validation: body.filter.${type} should have exactly one of ${Object.keys(known ?? {}).join(', ')}, instead was \`${JSON.stringify(condition)?.slice(0, 100)}\`.`,
    );
  return make(operand, now);
}

function compileFormula(condition: unknown, now: Now): Check {
  const [kind, inner] = Object.entries((condition ?? {}) as JsonObject)[0] ?? ['', null];
  const type = kind === 'string' ? 'rich_text' : kind;
  const check = compileCondition(type, inner, now);
  return (value) => check((value as JsonObject)[kind] ?? null);
}

function only(operand: unknown, name: string, check: Check): Check {
  if (operand !== true)
    throw validationError(`body failed validation: body.filter ${name} should be \`true\`.`);
  return check;
}

function lower(operand: unknown): string {
  if (typeof operand !== 'string')
    throw validationError('body failed validation: a text filter should be a string.');
  return operand.toLowerCase();
}

function list(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value.toLowerCase();
  if (!Array.isArray(value)) return '';
  return value
    .map((item) =>
      String((item as JsonObject).plain_text ?? (item as JsonObject).id ?? (item as JsonObject).name),
    )
    .join('')
    .toLowerCase();
}

function numberOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  const inner = (value as JsonObject | null)?.number;
  return typeof inner === 'number' ? inner : null;
}

function namesOf(value: Json): Json[] {
  const items = Array.isArray(value) ? value : value === null ? [] : [value];
  return items.map((item) => (item as JsonObject).name ?? null);
}

function idsOf(value: Json): Json[] {
  const items = Array.isArray(value) ? value : value === null ? [] : [value];
  return items.map((item) => (item as JsonObject).id ?? null);
}

function personOrId(operand: unknown, now: Now): string {
  return operand === 'me' ? now.meId : String(operand);
}

function dateOf(value: Json): number | null {
  const text = typeof value === 'string' ? value : (value as JsonObject | null)?.start;
  return typeof text === 'string' ? Date.parse(text) : null;
}

const relativeDays: Record<string, number> = {
  today: 0,
  tomorrow: 1,
  yesterday: -1,
  one_week_ago: -7,
  one_week_from_now: 7,
  one_month_ago: -30,
  one_month_from_now: 30,
};

/** A date without a time stands for its whole day (UTC), one with a time for that moment. */
function interval(operand: unknown, nowMs: number): [from: number, to: number] {
  const text = typeof operand === 'string' ? operand : '';
  const days = relativeDays[text];
  const from = days === undefined ? Date.parse(text) : (Math.floor(nowMs / DAY_MS) + days) * DAY_MS;
  if (Number.isNaN(from))
    throw validationError(
      `body failed validation: a date filter should be a valid ISO 8601 date string, instead was \`${JSON.stringify(operand)}\`.`,
    );
  return [from, days !== undefined || /^\d{4}-\d\d-\d\d$/.test(text) ? from + DAY_MS : from + 1];
}
