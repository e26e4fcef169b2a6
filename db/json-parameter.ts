/**
 * Rows as one JSON parameter, for `json_to_recordset`: one statement writes a page. Records come as JSON text already
 * (they were hashed as such), and are put in without being parsed and printed again.
 */

/** One row: `columns` plus `rawJson` under the name `raw`. */
export function rowJson(columns: Readonly<Record<string, unknown>>, rawJson: string): string {
  return `${JSON.stringify(columns).slice(0, -1)},"raw":${rawJson}}`;
}

/** Joins rows to one array. */
export const toJsonParameter = (rows: readonly string[]): string => cleanJson(`[${rows.join(',')}]`);

/**
 * Postgres refuses U+0000 and lone surrogates in jsonb and text, and one such record must not hold up a stream, so they
 * are replaced by U+FFFD.
 */
export function cleanJson(json: string): string {
  if (!json.includes('\\u') || !/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(JSON.parse(json), (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD').toWellFormed() : value,
  );
}

/** The value as it is once it was stored as JSON: texts as `cleanJson` leaves them. */
export function asStored<Value>(value: Value): Value {
  const json = JSON.stringify(value);
  const clean = cleanJson(json);
  return clean === json ? value : (JSON.parse(clean) as Value);
}
