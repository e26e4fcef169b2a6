/**
 * Seeded contacts as pure functions of (seed, index), written straight as JSON text: a world of a million costs nothing to
 * make and a page of a thousand a few milliseconds.
 */
import { createIndexScrambler, hashText, mix32, mixPair, pick } from '../../core/seeded-random.ts';
import { companies, departments, labelNames, type NameList, nameLists, notes, titles } from './name-lists.ts';
import type { PersonField } from './person-fields.ts';

/** What one contact's fields are made from. */
interface Draft {
  index: number;
  /** The contact's own hash. */
  hash: number;
  list: NameList;
  given: readonly [string, string];
  family: readonly [string, string];
  /** `metadata` of the first entry of a field, and of the others. */
  first: string;
  other: string;
}

type FieldWriter = (draft: Draft, seed: ContactSeed) => string;

/** Three years of changes lie before the world's date. */
const UPDATE_SPAN_MS = 3 * 365 * 86_400_000;

export class ContactSeed {
  readonly count: number;
  readonly groupIds: readonly string[];
  readonly #seed: number;
  readonly #prefix: string;
  readonly #scrambler;
  readonly #worldMs: number;

  constructor(world: { seed: number; count: number; worldDate: string; account: string }) {
    this.count = world.count;
    this.#seed = mixPair(world.seed, hashText(world.account));
    this.#prefix = String(100_000_000 + (mix32(this.#seed) % 800_000_000));
    this.#scrambler = createIndexScrambler(this.#seed);
    this.#worldMs = Date.parse(world.worldDate);
    this.groupIds = labelNames.map((name) =>
      mixPair(this.#seed, hashText(name)).toString(16).padStart(8, '0'),
    );
  }

  resourceName(index: number): string {
    return `people/c${this.#prefix}${String(this.#scrambler.scramble(index)).padStart(10, '0')}`;
  }

  /** The index behind a resource name; undefined where it is none of this world's. */
  indexOf(resourceName: string): number | undefined {
    const head = `people/c${this.#prefix}`;
    const digits = resourceName.slice(head.length);
    if (!resourceName.startsWith(head) || !/^\d{10}$/.test(digits)) return undefined;
    const index = this.#scrambler.unscramble(Number(digits));
    return index >= 0 && index < this.count ? index : undefined;
  }

  /** Grows with the index, so that index order is the order of last modification. */
  updateTime(index: number): string {
    const before = UPDATE_SPAN_MS - Math.floor((UPDATE_SPAN_MS * index) / Math.max(1, this.count));
    return new Date(this.#worldMs - before).toISOString();
  }

  /** Whether the contact is starred, or has the label of that number. */
  isStarred(index: number): boolean {
    return mixPair(this.#hash(index), 90) % 23 === 0;
  }

  hasLabel(index: number, label: number): boolean {
    return mixPair(this.#hash(index), 91 + label) % (6 + 4 * label) === 0;
  }

  /** One field as a JSON array; empty text where the contact lacks it. `metadata` is not among them. */
  field(index: number, field: PersonField, draft = this.draft(index)): string {
    const written = writers[field]?.(draft, this) ?? '';
    return written === '' ? '' : `[${written}]`;
  }

  /** Made once per contact and passed to `field`. */
  draft(index: number): Draft {
    const hash = this.#hash(index);
    const list = pick(nameLists, hash);
    const id = sourceId(this.resourceName(index));
    const source = `"source":{"type":"CONTACT","id":"${id}"}`;
    return {
      index,
      hash,
      list,
      given: pick(list.given, mixPair(hash, 1)),
      family: pick(list.family, mixPair(hash, 2)),
      first: `"metadata":{"primary":true,"sourcePrimary":true,${source}}`,
      other: `"metadata":{${source}}`,
    };
  }

  #hash(index: number): number {
    return mixPair(this.#seed, index + 1);
  }
}

/** The CONTACT source's id: the number of the resource name in hexadecimal. */
export function sourceId(resourceName: string): string {
  return BigInt(resourceName.slice('people/c'.length)).toString(16);
}

/** A chance of `percent`, drawn for one purpose of one contact. */
const chance = (draft: Draft, purpose: number, percent: number) =>
  mixPair(draft.hash, purpose) % 100 < percent;

/** Nine in a hundred have no name: a company's switchboard, or a bare address from a mail. */
const isCompany = (draft: Draft) => draft.hash % 100 < 5;
const isNameless = (draft: Draft) => draft.hash % 100 < 9;

const address = (draft: Draft, domain: string) =>
  `${draft.given[1]}.${draft.family[1]}${draft.index + 1}@${domain}`;

const company = (draft: Draft) => pick(companies, mixPair(draft.hash, 3));

const writers: Partial<Record<PersonField, FieldWriter>> = {
  names: (draft) => {
    if (isNameless(draft)) return '';
    const [given] = draft.given;
    if (chance(draft, 10, 4))
      return `{${draft.first},"displayName":"${given}","givenName":"${given}","displayNameLastFirst":"${given}","unstructuredName":"${given}"}`;
    const [family] = draft.family;
    const joiner = draft.list.joiner ?? ' ';
    const full = draft.list.familyFirst ? `${family}${joiner}${given}` : `${given}${joiner}${family}`;
    const prefix = chance(draft, 11, 4) ? '"honorificPrefix":"Dr.",' : '';
    const shown = prefix === '' ? full : `Dr. ${full}`;
    return `{${draft.first},"displayName":"${shown}","familyName":"${family}","givenName":"${given}",${prefix}"displayNameLastFirst":"${family}, ${given}","unstructuredName":"${shown}"}`;
  },
  nicknames: (draft) =>
    chance(draft, 12, 5) && !isNameless(draft)
      ? `{${draft.first},"value":"${draft.given[0]}${draft.given[0]}"}`
      : '',
  emailAddresses: (draft) => {
    if (!isNameless(draft) && chance(draft, 13, 12)) return '';
    const home = `{${draft.first},"value":"${address(draft, 'mail.example')}","type":"home","formattedType":"Home"}`;
    if (chance(draft, 14, 35))
      return `${home},{${draft.other},"value":"${address(draft, 'work.example')}","type":"work","formattedType":"Work"}`;
    if (chance(draft, 15, 6))
      return `${home},{${draft.other},"value":"${address(draft, 'old.example')}"},{${draft.other},"value":"${address(draft, 'club.example')}","type":"Sailing club","formattedType":"Sailing club"}`;
    return home;
  },
  phoneNumbers: (draft) => {
    if (!isCompany(draft) && chance(draft, 16, 25)) return '';
    const number = draft.list.phone + String(10_000 + (mixPair(draft.hash, 17) % 90_000));
    const shown = `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`;
    const mobile = `{${draft.first},"value":"${shown}","canonicalForm":"${number}","type":"mobile","formattedType":"Mobile"}`;
    if (!chance(draft, 18, 30)) return mobile;
    const local = `0${String(1_000_000 + (mixPair(draft.hash, 19) % 9_000_000))}`;
    return `${mobile},{${draft.other},"value":"${local}","type":"work","formattedType":"Work"}`;
  },
  organizations: (draft) => {
    if (isCompany(draft)) return `{${draft.first},"name":"${company(draft)}"}`;
    if (!chance(draft, 20, 45)) return '';
    const title = `"title":"${pick(titles, mixPair(draft.hash, 21))}"`;
    const department = chance(draft, 22, 40)
      ? `,"department":"${pick(departments, mixPair(draft.hash, 23))}"`
      : '';
    const now = `{${draft.first},"type":"work","formattedType":"Work","current":true,"name":"${company(draft)}"${department},${title}}`;
    if (!chance(draft, 24, 8)) return now;
    const former = pick(companies, mixPair(draft.hash, 25));
    return `${now},{${draft.other},"type":"work","formattedType":"Work","endDate":{"year":2019,"month":6,"day":30},"name":"${former}"}`;
  },
  addresses: (draft) => {
    if (!chance(draft, 26, 30)) return '';
    const street = `${pick(draft.list.streets, mixPair(draft.hash, 27))} ${1 + (mixPair(draft.hash, 28) % 120)}`;
    const code = String(10_000 + (mixPair(draft.hash, 29) % 89_999));
    const city = pick(draft.list.cities, mixPair(draft.hash, 30));
    return `{${draft.first},"formattedValue":"${street}\\n${code} ${city}\\n${draft.list.country}","type":"home","formattedType":"Home","streetAddress":"${street}","city":"${city}","postalCode":"${code}","country":"${draft.list.country}","countryCode":"${draft.list.countryCode}"}`;
  },
  birthdays: (draft) => {
    if (isNameless(draft) || !chance(draft, 31, 30)) return '';
    const day = 1 + (mixPair(draft.hash, 32) % 28);
    const month = 1 + (mixPair(draft.hash, 33) % 12);
    const year = chance(draft, 34, 75) ? `"year":${1940 + (mixPair(draft.hash, 35) % 70)},` : '';
    return `{${draft.first},"date":{${year}"month":${month},"day":${day}}}`;
  },
  biographies: (draft) =>
    chance(draft, 36, 18)
      ? `{${draft.first},"value":"${pick(notes, mixPair(draft.hash, 37))}","contentType":"TEXT_PLAIN"}`
      : '',
  urls: (draft) =>
    chance(draft, 38, 10)
      ? `{${draft.first},"value":"https://www.example.com/${draft.given[1]}-${draft.index + 1}","type":"homePage","formattedType":"Home Page"}`
      : '',
  relations: (draft) =>
    chance(draft, 39, 4)
      ? `{${draft.first},"person":"${pick(draft.list.given, mixPair(draft.hash, 40))[0]}","type":"spouse","formattedType":"Spouse"}`
      : '',
  events: (draft) =>
    chance(draft, 41, 3)
      ? `{${draft.first},"date":{"year":${2000 + (mixPair(draft.hash, 42) % 25)},"month":6,"day":${1 + (mixPair(draft.hash, 43) % 28)}},"type":"anniversary","formattedType":"Anniversary"}`
      : '',
  userDefined: (draft) =>
    chance(draft, 44, 3) ? `{${draft.first},"key":"Shoe size","value":"${36 + (draft.hash % 10)}"}` : '',
  photos: (draft) =>
    `{${draft.first},"url":"https://lh3.googleusercontent.com/cm/default-${draft.hash % 16}=s100","default":true}`,
  memberships: (draft, seed) => {
    const groups = seed.groupIds.filter((_, label) => seed.hasLabel(draft.index, label));
    if (seed.isStarred(draft.index)) groups.push('starred');
    groups.push('myContacts');
    return groups
      .map(
        (id) =>
          `{${draft.other},"contactGroupMembership":{"contactGroupId":"${id}","contactGroupResourceName":"contactGroups/${id}"}}`,
      )
      .join(',');
  },
};
