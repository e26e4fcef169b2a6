/**
 * Rows as one JSON parameter, for `json_to_recordset`: one statement writes a page. Postgres refuses U+0000 and lone
 * surrogates in jsonb, and one such record must not hold up a stream, so they are replaced by U+FFFD.
 */
export function toJsonParameter(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  if (!/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD').toWellFormed() : value,
  );
}
