/**
 * Loading by COPY, which costs Postgres half of what an insert of the same rows does (docs/decisions/0013). The rows are
 * CSV whose delimiter and quote are control characters: JSON text never has any and goes in as it is.
 */
import { causesOf } from './causes.ts';
import { clientOf, type Transaction } from './client.ts';
import { cleanJson } from './json-parameter.ts';

/** JSON text without U+0000; it has no other control characters, so it needs no look and no quotes. */
export interface JsonText {
  readonly json: string;
}

/** A list becomes a `text[]`. */
export type CopyValue = string | number | boolean | null | readonly string[] | JsonText;

export interface PackedRows {
  readonly count: number;
  readonly bytes: Buffer;
}

const delimiter = '\u0001';
const quote = '\u0002';

/** A JSON column of text that `JSON.stringify` made. */
export const jsonText = (json: string): JsonText => ({ json: cleanJson(json) });

/** A JSON column; null stays null. */
export const toJson = (value: unknown): JsonText | null =>
  value === null || value === undefined ? null : jsonText(JSON.stringify(value));

let scratch = Buffer.allocUnsafe(1024 * 1024);
const mostKept = 16 * 1024 * 1024;

/**
 * Encodes rows outside V8's heap, one after the other, so that what a row is made of dies young. U+0000 and lone
 * surrogates, which Postgres refuses, become U+FFFD.
 */
export function packRows<R>(records: Iterable<R>, valuesOf: (record: R) => readonly CopyValue[]): PackedRows {
  let length = 0;
  let count = 0;
  for (const record of records) {
    const line = `${valuesOf(record).map(encode).join(delimiter)}\n`;
    // A UTF-16 unit takes at most three bytes.
    const needed = length + line.length * 3;
    if (needed > scratch.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, scratch.length * 2));
      scratch.copy(larger, 0, 0, length);
      scratch = larger;
    }
    length += scratch.write(line, length, 'utf8');
    count += 1;
  }
  const bytes = Buffer.from(scratch.subarray(0, length));
  if (scratch.length > mostKept) scratch = Buffer.allocUnsafe(1024 * 1024);
  return { count, bytes };
}

function encode(value: CopyValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return encodeText(value);
  if (typeof value !== 'object') return String(value);
  if ('json' in value) return value.json;
  return encodeText(`{${value.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
}

/** Only what holds a control character, or nothing (which would read as null), needs quotes. */
function encodeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (text !== '' && !/[\0-\x1f]/.test(text)) return text;
  return quote + text.replaceAll('\u0000', '\uFFFD').replaceAll(quote, quote + quote) + quote;
}

/**
 * Appends the rows. Where one is there already, this or the statement after it in the transaction fails: see
 * `isRefusedCopy`. Postgres.js leaves a COPY that is refused at its end for ever unsettled, so nothing waits for that.
 */
export async function copyRows(
  tx: Transaction,
  into: { readonly table: string; readonly columns: readonly string[] },
  rows: PackedRows,
): Promise<void> {
  if (rows.count === 0) return;
  const statement = `copy ${into.table} (${into.columns.join(', ')}) from stdin
    (format csv, delimiter E'\\x01', quote E'\\x02', escape E'\\x02')`;
  const stream = await clientOf(tx).unsafe(statement).writable();
  // A failure comes through the callback, or with the next statement.
  stream.on('error', () => {});
  // Postgres.js sends a CopyFail when the stream closes, also after its end: that would hit the COPY which comes next.
  stream._destroy = (error, done) => done(error);
  await new Promise<void>((sent, fail) => {
    stream.write(rows.bytes, (error) => (error ? fail(error) : sent()));
  });
  stream.end();
}

const uniqueViolation = '23505';
const inFailedTransaction = '25P02';

/** Thrown in the transaction by who finds out that rows are to be written with a look at what is there after all. */
export class RefusedCopyError extends Error {}

/** Whether a transaction failed because a copied row was there already, or because of what followed that; or see above. */
export function isRefusedCopy(error: unknown): boolean {
  for (const cause of causesOf(error)) {
    if (cause instanceof RefusedCopyError) return true;
    if (cause.code === uniqueViolation || cause.code === inFailedTransaction) return true;
  }
  return false;
}
