// What to make of a person that a listing or a get shows: stale (5), renamed (6), or our own echo (11).
import { sameValue } from './contact-fields.ts';
import { compareInstants } from './instant.ts';
import type { CompiledMapping, FieldBases } from './map-contact.ts';
import { contactSource, type Person } from './person.ts';

export interface KnownVersions {
  /**
   * The latest updateTime of the contact source that is certain: of the answer to our last acked write, or of an
   * observation that was kept. Google's clock, not ours.
   */
  latestUpdateTime?: string;
  /** Etags that our writes replaced, of the person and of its contact source. */
  supersededEtags: readonly string[];
}

/**
 * Rule 5: whether the observation is older than what is known. Google's reads lag writes by minutes and flicker, and
 * the lag would look like a user's revert. `metadata.deleted` is never stale.
 */
export function isStaleObservation(person: Person, known: KnownVersions): boolean {
  if (person.metadata?.deleted) return false;
  const source = contactSource(person);
  const etags = [person.etag, source?.etag];
  if (etags.some((etag) => etag !== undefined && known.supersededEtags.includes(etag))) return true;
  const { latestUpdateTime } = known;
  if (latestUpdateTime === undefined || source?.updateTime === undefined) return false;
  return compareInstants(source.updateTime, latestUpdateTime) < 0;
}

/**
 * The same of a group. Its time goes before its etag, which may be that of its content: a name that somebody gives it again is no
 * old one.
 */
export function isStaleGroup(
  shown: { readonly etag: string | null; readonly remoteUpdatedAt: string | null },
  known: { readonly remoteUpdatedAt: string | null; readonly supersededEtags: readonly string[] | null },
): boolean {
  if (shown.remoteUpdatedAt !== null && known.remoteUpdatedAt !== null) {
    const order = compareInstants(shown.remoteUpdatedAt, known.remoteUpdatedAt);
    if (order !== 0) return order < 0;
  }
  return shown.etag !== null && known.supersededEtags?.includes(shown.etag) === true;
}

/** The etags to remember as superseded once a write on top of `person` is acked, or the person is gone. */
export function supersededBy(person: Person): string[] {
  const etags = [person.etag, contactSource(person)?.etag].filter((etag) => etag !== undefined);
  return [...new Set(etags)];
}

/** Rule 11: every mapped value is the agreed one, as after our own write; there is nothing to plan for this side. */
export function isEcho(mapping: CompiledMapping, person: Person, bases: FieldBases): boolean {
  const values = mapping.readPerson(person, bases);
  return mapping.fields.every(({ field, kind }) => {
    const base = bases[field];
    return base !== undefined && sameValue(kind, values[field], base.remote);
  });
}

export interface Renames {
  renames: { from: string; to: string }[];
  /** The present name is somebody else's, or another former one's by now: a person decides. */
  collisions: { from: string[]; to: string }[];
}

/**
 * Rule 6: renames to apply to links before anything else; the order of the persons doesn't matter. One that was read by
 * several of its former names comes several times. Of several that are linked the first goes on under the present name, unless
 * that `isTaken`, which a contact that is gone may be, too.
 */
export function planRenames(
  persons: readonly Person[],
  isLinked: (resourceName: string) => boolean,
  isTaken = isLinked,
): Renames {
  const result: Renames = { renames: [], collisions: [] };
  const byName = Map.groupBy(persons, ({ resourceName }) => resourceName);
  for (const [to, same] of byName) {
    if (to === undefined) continue;
    const former = new Set(same.flatMap(({ metadata }) => metadata?.previousResourceNames ?? []));
    former.delete(to);
    const linked = [...former].filter(isLinked).sort();
    const [from, ...others] = linked;
    if (from === undefined) continue;
    const merged = isTaken(to) ? linked : others;
    if (!isTaken(to)) result.renames.push({ from, to });
    if (merged.length > 0) result.collisions.push({ from: merged, to });
  }
  result.renames.sort((a, b) => (a.from < b.from ? -1 : 1));
  result.collisions.sort((a, b) => (a.to < b.to ? -1 : 1));
  return result;
}
