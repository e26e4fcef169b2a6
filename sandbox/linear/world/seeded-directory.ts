/** Teams, workflow states, labels and projects of a seeded organization: few, so they are plain arrays. */
import { mixPair, pick } from '../../core/seeded-random.ts';
import type { SeededRecords } from './collection.ts';
import { createIdSeries } from './ids.ts';
import type { OrganizationSpec } from './organizations.ts';
import type {
  LabelRecord,
  LinearNode,
  ProjectRecord,
  StateRecord,
  TeamRecord,
  UserRecord,
} from './records.ts';

const DAY_MS = 86_400_000;

/** The states that a team starts with, as Linear makes them. */
export const stateTemplates: Pick<StateRecord, 'name' | 'type' | 'color'>[] = [
  { name: 'Backlog', type: 'backlog', color: '#bec2c8' },
  { name: 'Todo', type: 'unstarted', color: '#e2e2e2' },
  { name: 'In Progress', type: 'started', color: '#f2c94c' },
  { name: 'In Review', type: 'started', color: '#0f783c' },
  { name: 'Done', type: 'completed', color: '#5e6ad2' },
  { name: 'Canceled', type: 'canceled', color: '#95a2b3' },
];

const labelTemplates: [string, string][] = [
  ['Bug', '#eb5757'],
  ['Feature', '#bb87fc'],
  ['Improvement', '#4ea7fc'],
  ['Documentation', '#95a2b3'],
  ['Security', '#f2994a'],
  ['Performance', '#26b5ce'],
  ['顧客の声', '#4cb782'],
];

const projectTemplates: [string, string, ProjectRecord['state']][] = [
  ['Public API v2', 'A versioned API that partners can build on', 'started'],
  ['Mobile offline mode', 'Work on the train, sync at the station', 'started'],
  ['SOC 2 readiness', 'Evidence, access reviews, incident drills', 'planned'],
  ['Contact sync', 'Two-way sync with the address books people use', 'started'],
  ['モバイル刷新', 'ナビゲーションと検索の作り直し', 'backlog'],
  ['Billing revamp', 'Seats, invoices and taxes in one place', 'completed'],
];

export interface Directory {
  teams: TeamRecord[];
  states: StateRecord[][];
  labels: LabelRecord[];
  projects: ProjectRecord[];
}

/** Also tells each user which teams they belong to. */
export function seedDirectory(parts: {
  spec: OrganizationSpec;
  seed: number;
  todayMs: number;
  users: UserRecord[];
}): Directory {
  const { spec, seed, todayMs, users } = parts;
  const at = (days: number, more = 0) => new Date(todayMs - days * DAY_MS + more * 1000).toISOString();
  const series = (kind: string) => createIdSeries(`${kind} ${spec.name}`, seed);
  const node = (kind: string, i: number, days: number): LinearNode => ({
    id: series(kind).id(i),
    createdAt: at(days, i),
    updatedAt: at(days - 20, i),
    archivedAt: null,
  });
  const teams = spec.teams.map((team, i) => ({
    ...node('team', i, 790),
    ...team,
    timezone: 'Europe/Berlin',
  }));
  users.forEach((user, i) => {
    const own = pick(teams, mixPair(seed, i));
    user.teamIds = i < 2 ? teams.map((team) => team.id) : [own.id];
  });
  const states = teams.map((team, t) =>
    stateTemplates.map((template, i) => ({
      ...node('state', t * 10 + i, 790),
      ...template,
      teamId: team.id,
      description: null,
      position: i,
    })),
  );
  const labels = labelTemplates.map(([name, color], i) => ({
    ...node('label', i, 780),
    name,
    color,
    description: null,
    teamId: i === 6 ? (teams.at(-1)?.id ?? null) : null,
  }));
  const projects = projectTemplates.map(([name, description, state], i) => ({
    ...node('project', i, 400 - i * 40),
    name,
    description,
    content: `# ${name}\n\n${description}.`,
    slugId: series('project').id(i).slice(24),
    color: pick(['#5e6ad2', '#26b5ce', '#f2994a'], i),
    state,
    priority: i % 5,
    leadId: pick(users, mixPair(seed, 100 + i)).id,
    creatorId: (users[0] as UserRecord).id,
    teamIds: [pick(teams, i).id],
    memberIds: users.filter((_, u) => u % projectTemplates.length === i).map((user) => user.id),
    startDate: at(300 - i * 20).slice(0, 10),
    targetDate: at(-30 - i * 20).slice(0, 10),
  }));
  return { teams, states, labels, projects };
}

/** A plain array as seeded records. */
export function seededArray<T extends LinearNode>(records: readonly T[]): SeededRecords<T> {
  const indices = new Map(records.map((record, i) => [record.id, i]));
  return {
    size: records.length,
    at: (index) => records[index] as T,
    id: (index) => (records[index] as T).id,
    indexOf: (id) => indices.get(id),
    timeMs: (index, order) => Date.parse((records[index] as T)[order]),
  };
}
