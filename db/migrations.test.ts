/**
 * Migrations run while workers and API of the version before are still up (docs/operating.md, Upgrade): whatever those
 * read and write has to go on. What would break them takes two releases: first the code that can do without, then the
 * migration, whose statement says so in a comment: `-- unused since <version>: <why>`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'migrations');
/** No released version ran on the schemas before this one. */
const lastBeforeFirstRelease = '0008_kept_contacts';

interface Rule {
  readonly breaks: RegExp;
  readonly unless?: RegExp;
  readonly why: string;
}

const rules: readonly Rule[] = [
  {
    breaks: /^drop (table|view|materialized view|type|function|schema)\b/i,
    why: 'the old code still uses it',
  },
  { breaks: /\bdrop column\b/i, why: 'the old code still reads and writes it' },
  { breaks: /\brename\b/i, why: 'the old code knows the old name' },
  { breaks: /\bset not null\b/i, why: 'the old code may still write nulls, or not know the column' },
  {
    breaks: /\badd column\b.*\bnot null\b/i,
    unless: /\bdefault\b|\bgenerated always as\b/i,
    why: 'the old code inserts rows without it: give it a default',
  },
  {
    breaks: /\bset data type\b|\balter column\b.*\btype\b/i,
    why: 'rewrites the table under a lock, and the old code expects the old type',
  },
  { breaks: /\bdrop default\b/i, why: 'the old code may rely on it' },
  {
    breaks: /\badd constraint\b/i,
    unless: /\bnot valid\b/i,
    why: 'locks the table while it checks every row, and the old code may not keep to it',
  },
  { breaks: /^(truncate|delete)\b/i, why: 'the old code still reads it' },
];

/** What a migration would break, in words. A new table is nobody's yet: all may be done to it. */
function findBreaks(migration: string): string[] {
  const created = new Set(
    [...migration.matchAll(/create table (?:if not exists )?"?(\w+)"?/gi)].map(([, name]) => name),
  );
  return migration.split(/--> statement-breakpoint|;\s*\n/).flatMap((part) => {
    if (/^\s*-- unused since \S+: \S/m.test(part)) return [];
    const statement = part
      .replaceAll(/^\s*--.*$/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const table = /^alter table (?:if exists )?(?:only )?(?:"?public"?\.)?"?(\w+)"?/i.exec(statement)?.[1];
    if (table !== undefined && created.has(table)) return [];
    return rules
      .filter(({ breaks, unless }) => breaks.test(statement) && !unless?.test(statement))
      .map(({ why }) => `${statement.slice(0, 100)}: ${why}`);
  });
}

describe('migrations', () => {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.replace('.sql', ''))
    .sort();

  it('leave the version before running', () => {
    expect(names).toContain(lastBeforeFirstRelease);
    const judged = names.filter((name) => name > lastBeforeFirstRelease);
    const found = judged.map((name) => [name, findBreaks(readFileSync(join(folder, `${name}.sql`), 'utf8'))]);
    expect(Object.fromEntries(found.filter(([, breaks]) => breaks?.length))).toEqual({});
  });

  it('that break it are found', () => {
    const breaking = [
      'DROP TABLE "runs";',
      'ALTER TABLE "runs" DROP COLUMN "mode";',
      'ALTER TABLE "runs" RENAME COLUMN "mode" TO "kind";',
      'ALTER TABLE "runs" ALTER COLUMN "generation" SET NOT NULL;',
      'ALTER TABLE "runs"\n\tADD COLUMN "why" text NOT NULL;',
      'ALTER TABLE "runs" ALTER COLUMN "read" SET DATA TYPE bigint;',
      'ALTER TABLE "runs" ADD CONSTRAINT "runs_read" CHECK (read >= 0);',
      'CREATE TABLE "other" ("id" text);--> statement-breakpoint\nDROP TABLE "runs";',
    ];
    expect(breaking.filter((statement) => findBreaks(statement).length === 0)).toEqual([]);
  });

  it('that only add, touch what they made, or say that nothing uses it, pass', () => {
    const harmless = [
      'CREATE TABLE "new" ("id" text PRIMARY KEY NOT NULL);--> statement-breakpoint\nALTER TABLE "new" ADD CONSTRAINT "new_fk" FOREIGN KEY ("id") REFERENCES "public"."runs"("id");',
      'ALTER TABLE "runs" ADD COLUMN "why" text;',
      'ALTER TABLE "runs" ADD COLUMN "why" text DEFAULT \'\' NOT NULL;',
      'CREATE INDEX "runs_why" ON "runs" USING btree ("why");',
      'DROP INDEX "runs_why";',
      '-- unused since 0.3.0: replaced by kind\nALTER TABLE "runs" DROP COLUMN "mode";',
    ];
    expect(harmless.flatMap(findBreaks)).toEqual([]);
  });
});
