/** The Linear organizations that exist, whatever the seed: tokens outlive a reset, so their owners must too. */
import { mixPair, pick } from '../../core/seeded-random.ts';
import { createIdSeries } from './ids.ts';
import type { UserRecord } from './records.ts';

export interface OrganizationSpec {
  /** How control paths name it; also its urlKey. */
  name: string;
  displayName: string;
  teams: { name: string; key: string; description: string; color: string }[];
  /** Which team the n-th of every ten issues belongs to. */
  teamPattern: readonly number[];
  people: [name: string, email: string, title: string][];
  /** Positions of people whom the organization has suspended. */
  suspended: readonly number[];
  defaultIssues: number;
}

export const organizationSpecs: readonly [OrganizationSpec, ...OrganizationSpec[]] = [
  {
    name: 'northwind',
    displayName: 'Northwind Labs',
    teams: [
      { name: 'Engineering', key: 'ENG', description: 'Everything that ships', color: '#5e6ad2' },
      { name: 'Design', key: 'DES', description: 'How it looks and reads', color: '#f2994a' },
      { name: 'Customer Success', key: 'CS', description: 'What customers ask for', color: '#26b5ce' },
    ],
    teamPattern: [0, 1, 0, 2, 0, 1, 0, 0, 1, 2],
    people: [
      ['Ada Lindqvist', 'ada@example.com', 'Head of Engineering'],
      ['Grace Okafor', 'grace@example.com', 'Staff Engineer'],
      ['佐藤 健', 'sato.ken@example.com', 'Product Designer'],
      ['Мария Соколова', 'maria.sokolova@example.com', 'Backend Engineer'],
      ['Søren Ångström', 'soren@example.com', 'Frontend Engineer'],
      ['李雅婷', 'yating.li@example.com', 'Customer Success Lead'],
      ['أحمد منصور', 'ahmed.mansour@example.com', 'QA Engineer'],
      ['Tomás Ferreira', 'tomas@example.com', 'Support Engineer'],
      ['Nguyễn Thị Hương', 'huong.nguyen@example.com', 'Product Manager'],
      ['Priya Raman', 'priya.raman@example.com', 'Site Reliability Engineer'],
      ["Fionnuala O'Dwyer", 'fionnuala@example.com', 'Technical Writer'],
      ['김민준', 'minjun.kim@example.com', 'Mobile Engineer'],
    ],
    suspended: [7],
    defaultIssues: 80,
  },
  {
    name: 'lumen',
    displayName: 'Lumen Studio',
    teams: [
      { name: 'Studio', key: 'STU', description: 'Client work', color: '#bb87fc' },
      { name: 'Back Office', key: 'BO', description: 'Contracts and invoices', color: '#4cb782' },
    ],
    teamPattern: [0, 0, 1, 0, 0, 0, 1, 0, 0, 0],
    people: [
      ['Grace Okafor', 'grace@example.com', 'Owner'],
      ['Ivo Marchetti', 'ivo@example.com', 'Art Director'],
      ['Zofia Wiśniewska', 'zofia@example.com', 'Producer'],
    ],
    suspended: [],
    defaultIssues: 20,
  },
];

export function organizationId(spec: OrganizationSpec): string {
  return createIdSeries(`organization ${spec.name}`, 0).id(0);
}

const givenNames = [
  'Noor',
  'Elias',
  'Ines',
  'Matti',
  'Chiara',
  'Kwame',
  'Lena',
  'Rafael',
  'Yuki',
  'Amara',
  'Jonas',
];
const familyNames = [
  'Haddad',
  'Virtanen',
  'Moreau',
  'Castillo',
  'Nakamura',
  'Adeyemi',
  'Brandt',
  'Kowalski',
  'Singh',
];

/** The organization's members; the same people for every seed, further ones made up when more are asked for. */
export function seedUsers(spec: OrganizationSpec, count: number, todayMs: number): UserRecord[] {
  const ids = createIdSeries(`user ${spec.name}`, 0);
  return Array.from({ length: Math.max(1, count) }, (_, i) => {
    const [name, email, title] = spec.people[i] ?? makePerson(i);
    const joinedMs = todayMs - 800 * 86_400_000 + i * 3_600_000;
    const active = !spec.suspended.includes(i) && (i < spec.people.length || i % 40 !== 17);
    return {
      id: ids.id(i),
      createdAt: new Date(joinedMs).toISOString(),
      updatedAt: new Date(joinedMs + (active ? 30 : 400) * 86_400_000).toISOString(),
      archivedAt: null,
      name,
      displayName: email.slice(0, email.indexOf('@')),
      email,
      active,
      admin: i < 2,
      owner: i === 0,
      guest: i >= 12 && i % 25 === 3,
      app: false,
      title,
      description: null,
      timezone: pick(['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Africa/Lagos'], i),
      avatarUrl: null,
      statusEmoji: null,
      statusLabel: null,
      statusUntilAt: null,
      teamIds: [],
    };
  });
}

function makePerson(index: number): [string, string, string] {
  const given = pick(givenNames, mixPair(index, 1));
  const family = pick(familyNames, mixPair(index, 2));
  return [`${given} ${family}`, `${given}.${family}.${index}@example.com`.toLowerCase(), 'Member'];
}
