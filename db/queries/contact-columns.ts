/** Contact fields as columns: Harmony's own by name, a workspace's (`custom.<name>`) in one JSON object. */

const columnsByField: Readonly<Record<string, string>> = {
  firstName: 'first_name',
  lastName: 'last_name',
  jobTitle: 'job_title',
  company: 'company',
  department: 'department',
  email: 'email',
  phone: 'phone',
  address: 'address',
  birthday: 'birthday',
  website: 'website',
  notes: 'notes',
};

/** Harmony's own fields. */
export const fieldNames: readonly string[] = Object.keys(columnsByField);

const customPrefix = 'custom.';

/** Names of the columns that these fields live in, custom ones left out. */
export const mappedColumns = (fields: readonly string[]): string[] =>
  fields.flatMap((field) => columnsByField[field] ?? []);

/** Names of the custom fields among these. */
export const customNames = (fields: readonly string[]): string[] =>
  fields.filter((field) => field.startsWith(customPrefix)).map((field) => field.slice(customPrefix.length));

/** One row for `json_to_recordset`: the columns of these fields, and `custom_fields` without blanks. */
export function contactColumns(
  values: Readonly<Record<string, string | null>>,
  fields: readonly string[],
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  const custom: [string, string][] = [];
  for (const field of fields) {
    const column = columnsByField[field];
    const value = values[field] ?? null;
    if (column !== undefined) row[column] = value;
    else if (value !== null) custom.push([field.slice(customPrefix.length), value]);
  }
  return { ...row, custom_fields: custom.length === 0 ? null : Object.fromEntries(custom) };
}

/** Harmony's own fields of these by name, and custom ones by theirs. */
export function splitFields<Value>(values: Iterable<readonly [field: string, Value]>): {
  own: Record<string, Value>;
  custom: Record<string, Value>;
} {
  const isCustom = ([field]: readonly [string, Value]): boolean => field.startsWith(customPrefix);
  const { custom = [], own = [] } = Object.groupBy(values, (one) => (isCustom(one) ? 'custom' : 'own'));
  const named = custom.map(([field, value]) => [field.slice(customPrefix.length), value] as const);
  return { own: Object.fromEntries(own), custom: Object.fromEntries(named) };
}

/** The value of a field in a row of `contacts`. */
export function valueIn(
  contact: { readonly customFields: Readonly<Record<string, string>> | null },
  field: string,
): string | null {
  if (field.startsWith(customPrefix)) {
    const name = field.slice(customPrefix.length);
    const custom = contact.customFields ?? {};
    // A person may call a field as each object's own parts are called.
    return Object.hasOwn(custom, name) ? (custom[name] ?? null) : null;
  }
  return (contact as unknown as Readonly<Record<string, string | null>>)[field] ?? null;
}
