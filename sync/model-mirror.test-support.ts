// What the model engine has seen of Google: one row per remote contact, kept by the real rules for observations.
import { judgeAbsence } from './delete-evidence.ts';
import type { ModelGoogle } from './model-google.test-support.ts';
import { isStaleObservation, planRenames, supersededBy } from './observation.ts';
import type { ContactLink } from './operations.ts';
import { contactSource, type Person, type PersonWithName } from './person.ts';

/** Rule 13's D. */
export const GRACE_MS = 15 * 60_000;

export type Fault = 'none' | 'lost_request' | 'lost_answer' | 'local_edit' | 'remote_edit';

export interface PassOptions {
  kind: 'full' | 'incremental';
  /** Cut short: part of the contacts is missing and the listing doesn't count as complete. */
  isTruncated?: boolean;
  /** How far this listing lags behind for the n-th contact, below D. */
  lagMs?: (index: number) => number;
  getLagMs?: number;
  /** Turns the order of observations and contacts around, and delivers each twice. */
  isShuffled?: boolean;
  /** The fault of the n-th provider write of the pass. */
  fault?: (index: number) => Fault;
}

/** One row per remote contact: the mirror, and the link where there is one. */
export interface Row {
  person: PersonWithName;
  link: ContactLink | null;
  isDeleted: boolean;
  /** A listing showed the tombstone, whatever has become of the contact since. */
  isShownDeleted?: boolean;
  latestUpdateTime?: string;
  supersededEtags: string[];
  lastAliveAtMs: number;
}

export class ModelMirror {
  readonly rows = new Map<string, Row>();
  private readonly google: ModelGoogle;
  private delivered = new Map<string, Person | null>();
  private listed = new Set<string>();

  constructor(google: ModelGoogle) {
    this.google = google;
  }

  ingest({ kind, isTruncated, lagMs = () => 0, isShuffled }: PassOptions): boolean {
    const names = this.google.names();
    const seen = names.flatMap((name, index) => {
      if (isTruncated && index % 2 === 0) return [];
      const person = this.google.get(name, lagMs(index));
      const isNews = person !== undefined && this.delivered.get(name) !== person;
      this.delivered.set(name, person ?? null);
      if (person === undefined) return [];
      if (kind === 'full') return person === null ? [] : [person];
      if (!isNews) return [];
      return [person ?? this.google.tombstone(name)];
    });
    const observed = isShuffled ? [...seen].reverse().flatMap((person) => [person, person]) : seen;
    for (const { from, to } of planRenames(observed, (name) => this.rows.has(name)).renames)
      this.rename(from, to);
    for (const person of observed) this.observe(person);
    this.listed = new Set(seen.map(({ resourceName }) => resourceName));
    return !isTruncated;
  }

  private rename(from: string, to: string): void {
    const row = this.rows.get(from);
    if (!row) return;
    this.rows.delete(from);
    if (row.link) row.link.resourceName = to;
    this.rows.set(to, row);
  }

  private observe(person: PersonWithName): void {
    const row = this.rows.get(person.resourceName);
    if (person.metadata?.deleted) {
      if (!row) return;
      this.markDeleted(row);
      row.isShownDeleted = true;
      return;
    }
    if (!row) {
      this.rows.set(person.resourceName, this.newRow(person, null));
      return;
    }
    if (isStaleObservation(person, row)) return;
    row.person = person;
    row.isDeleted = false;
    row.isShownDeleted = false;
    this.remember(row, person);
  }

  newRow(person: PersonWithName, link: ContactLink | null): Row {
    const row: Row = { person, link, isDeleted: false, supersededEtags: [], lastAliveAtMs: 0 };
    this.remember(row, person);
    return row;
  }

  remember(row: Row, person: Person): void {
    row.lastAliveAtMs = this.google.nowMs;
    const updateTime = contactSource(person)?.updateTime;
    if (updateTime !== undefined) row.latestUpdateTime = updateTime;
  }

  markDeleted(row: Row): void {
    row.isDeleted = true;
    row.supersededEtags.push(...supersededBy(row.person));
  }

  inferAbsence(startedAtMs: number, { getLagMs = 0 }: PassOptions): void {
    for (const [name, row] of this.rows) {
      if (row.isDeleted || this.listed.has(name)) continue;
      const listing = { kind: 'full', complete: true, startedAtMs } as const;
      const known = { deleted: false, listing, lastAliveAtMs: row.lastAliveAtMs };
      if (judgeAbsence(known, GRACE_MS) !== 'verify' || this.google.get(name, getLagMs)) continue;
      const verdict = judgeAbsence({ ...known, notFoundAtMs: this.google.nowMs }, GRACE_MS);
      if (verdict === 'deleted') this.markDeleted(row);
    }
  }
}
