// Whose value a field takes that several accounts feed: at most one of them wins over Harmony one way, and which one it is
// depends on no order of syncs (docs/decisions/0020).
import { type ContactFields, type FieldName, type FieldValue, isBlank } from './contact-fields.ts';
import { combineDirections, type EffectiveDirection } from './direction.ts';
import type { CompiledMapping, FieldBases } from './map-contact.ts';
import type { Person } from './person.ts';

/** A living remote contact that is tied to a contact of Harmony's. */
export interface Feed {
  readonly mapping: CompiledMapping;
  /** The integration's direction combined with the object mapping's. */
  readonly direction: EffectiveDirection;
  readonly person: Person;
  readonly bases: FieldBases;
  /** Nobody can write it at the provider: it was saved there by itself. */
  readonly isOnlyRead?: boolean;
}

/** Another account's of the same contact. */
export interface OtherFeed extends Feed {
  /** Its integration was connected before. */
  readonly isOlder: boolean;
}

interface Held {
  readonly direction: EffectiveDirection;
  readonly value: FieldValue;
  readonly isOlder: boolean;
}

/**
 * Fields in which `mine` gives way to another account, so that its value rests. Of the accounts that feed a field one way
 * the oldest that has a value is the source; while none has, the oldest. A blank that was always there is nobody's wish, so
 * it gives way to an account that shares the field both ways, too; one that somebody just made is carried over. What is only
 * read decides nothing where another account has the person as a contact of its own: no edit could reach it.
 */
export function fieldsFedElsewhere(mine: Feed, others: readonly OtherFeed[]): ReadonlySet<FieldName> {
  const own = others.filter(({ isOnlyRead }) => isOnlyRead !== true);
  const rivals = mine.isOnlyRead === true ? others : own;
  if (rivals.length === 0) return new Set();
  const values = mine.mapping.readPerson(mine.person, mine.bases);
  const read = rivals.map((feed) => ({ feed, values: feed.mapping.readPerson(feed.person, feed.bases) }));
  const heldOf = (field: FieldName): Held[] =>
    read.map(({ feed, values: theirs }) => ({
      direction: directionIn(feed, field),
      value: theirs[field] ?? null,
      isOlder: feed.isOlder,
    }));
  const fed = mine.mapping.fields.filter(({ field }) => {
    if (directionIn(mine, field) !== 'from_provider') return false;
    if (mine.isOnlyRead === true && own.some((feed) => directionIn(feed, field) !== 'none')) return true;
    const held = heldOf(field);
    const sources = held.filter(({ direction }) => direction === 'from_provider');
    if (sources.some(({ isOlder, value }) => isOlder && !isBlank(value))) return true;
    const wasCleared = !isBlank(mine.bases[field]?.remote ?? null);
    if (!isBlank(values[field] ?? null) || wasCleared) return false;
    return (
      sources.some(({ isOlder, value }) => isOlder || !isBlank(value)) ||
      held.some(({ direction }) => direction === 'both')
    );
  });
  return new Set(fed.map(({ field }) => field));
}

/**
 * The values that other accounts bring in fields which `mine` does not feed one way: of each the oldest one's that has any. At rest
 * Harmony has them. `others`: the oldest first.
 */
export function valuesFedElsewhere(mine: Feed, others: readonly OtherFeed[]): ContactFields {
  const fed: ContactFields = {};
  if (mine.isOnlyRead === true) return fed;
  for (const feed of others) {
    if (feed.isOnlyRead === true) continue;
    const values = feed.mapping.readPerson(feed.person, feed.bases);
    for (const { field } of feed.mapping.fields) {
      if (Object.hasOwn(fed, field) || directionIn(feed, field) !== 'from_provider') continue;
      const value = values[field] ?? null;
      if (!isBlank(value) && directionIn(mine, field) !== 'from_provider') fed[field] = value;
    }
  }
  return fed;
}

function directionIn({ mapping, direction }: Feed, field: FieldName): EffectiveDirection {
  const mapped = mapping.byName.get(field);
  return mapped === undefined ? 'none' : combineDirections(direction, mapped.direction);
}
