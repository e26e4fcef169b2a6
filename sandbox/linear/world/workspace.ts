/** One organization's nodes, and the few questions that span them. */
import type { DurableState, Table } from '../../core/durable-state.ts';
import { RecentCache } from '../../core/paging.ts';
import type { World } from '../../core/provider.ts';
import { Collection } from './collection.ts';
import { type OrganizationSpec, organizationId, seedUsers } from './organizations.ts';
import type {
  CommentRecord,
  IssueRecord,
  LabelRecord,
  LinearNode,
  ProjectRecord,
  StateRecord,
  TeamRecord,
  UserRecord,
  WebhookRecord,
} from './records.ts';
import { SeededComments } from './seeded-comments.ts';
import { seedDirectory, seededArray } from './seeded-directory.ts';
import { SeededIssues } from './seeded-issues.ts';

export class Workspace {
  readonly spec: OrganizationSpec;
  readonly id: string;
  readonly createdAt: string;
  readonly issues: Collection<IssueRecord>;
  readonly users: Collection<UserRecord>;
  readonly teams: Collection<TeamRecord>;
  readonly states: Collection<StateRecord>;
  readonly labels: Collection<LabelRecord>;
  readonly projects: Collection<ProjectRecord>;
  readonly comments: Collection<CommentRecord>;
  readonly webhooks: Collection<WebhookRecord>;
  readonly #seededIssues: SeededIssues;
  readonly #seededTeams: TeamRecord[];
  /** Issues that got their identifier after the start: it names their id. */
  readonly #identifiers: Table<string>;
  readonly #numbers: Table<number>;
  readonly #issueCounts = new RecentCache<Map<string, number>>(4);

  constructor(parts: {
    spec: OrganizationSpec;
    state: DurableState;
    world: World;
    todayMs: number;
    isFirst: boolean;
  }) {
    const { spec, state, world, todayMs, isFirst } = parts;
    this.spec = spec;
    this.id = organizationId(spec);
    this.createdAt = new Date(todayMs - 800 * 86_400_000).toISOString();
    const members = (isFirst ? world.linearMembers : undefined) ?? spec.people.length;
    const users = seedUsers(spec, members, todayMs);
    const directory = seedDirectory({ spec, seed: world.seed, todayMs, users });
    this.#seededTeams = directory.teams;
    this.#seededIssues = new SeededIssues({
      spec,
      seed: world.seed,
      size: (isFirst ? world.linearIssues : undefined) ?? spec.defaultIssues,
      todayMs,
      users,
      ...directory,
    });
    const table = <T>(name: string) => state.versioned<T>(`linear.world.${spec.name}.${name}`);
    this.issues = new Collection(this.#seededIssues, table('issues'), (issue) => issue.parentId);
    this.users = new Collection(seededArray(users), table('users'));
    this.teams = new Collection(seededArray(directory.teams), table('teams'));
    this.states = new Collection(seededArray(directory.states.flat()), table('states'));
    this.labels = new Collection(seededArray(directory.labels), table('labels'));
    this.projects = new Collection(seededArray(directory.projects), table('projects'));
    const comments = new SeededComments(this.#seededIssues);
    this.comments = new Collection(comments, table('comments'), (comment) => comment.issueId);
    this.webhooks = new Collection(seededArray<WebhookRecord>([]), table('webhooks'));
    this.#identifiers = state.table(`linear.world.${spec.name}.identifiers`);
    this.#numbers = state.table(`linear.world.${spec.name}.numbers`);
  }

  /** The issue of that id or identifier (`ENG-123`), former identifiers included. */
  findIssue(idOrIdentifier: string, seq?: number): IssueRecord | undefined {
    return this.issues.get(this.issueIdOf(idOrIdentifier), seq);
  }

  /** The id for an identifier; anything else comes back as it is. */
  issueIdOf(idOrIdentifier: string): string {
    const parts = /^([A-Za-z][A-Za-z0-9]*)-(\d+)$/.exec(idOrIdentifier);
    if (parts === null) return idOrIdentifier;
    const given = this.#identifiers.get(idOrIdentifier.toUpperCase());
    if (given !== undefined) return given;
    const team = this.#seededTeams.findIndex((one) => one.key === parts[1]?.toUpperCase());
    const index = this.#seededIssues.indexOfNumber(team, Number(parts[2]));
    return index === undefined ? idOrIdentifier : this.#seededIssues.id(index);
  }

  /** Takes the team's next number for an issue. */
  takeNumber(team: TeamRecord, issueId: string): { number: number; identifier: string } {
    const position = this.#seededTeams.findIndex((one) => one.id === team.id);
    const last = this.#numbers.get(team.id) ?? this.#seededIssues.lastNumber(position);
    const number = last + 1;
    this.#numbers.set(team.id, number);
    const identifier = `${team.key}-${number}`;
    this.#identifiers.set(identifier, issueId);
    return { number, identifier };
  }

  findUser(idOrEmail: string, seq?: number): UserRecord | undefined {
    const direct = this.users.get(idOrEmail, seq);
    if (direct !== undefined || !idOrEmail.includes('@')) return direct;
    return listAll(this.users, seq).find((user) => user.email === idOrEmail.toLowerCase());
  }

  statesOf(teamId: string, seq?: number): StateRecord[] {
    const states = listAll(this.states, seq).filter((state) => state.teamId === teamId);
    return states.sort((a, b) => a.position - b.position);
  }

  /** How many issues a team has; counted once for each state of the world that is asked about. */
  countIssues(teamId: string, includeArchived: boolean, seq: number): number {
    const counts = this.#issueCounts.getOrCreate(`${includeArchived} ${seq}`, () => {
      const byTeam = new Map<string, number>();
      for (const issue of this.issues.walk({ orderBy: 'createdAt', descending: true, seq }))
        if (includeArchived || issue.archivedAt === null)
          byTeam.set(issue.teamId, (byTeam.get(issue.teamId) ?? 0) + 1);
      return byTeam;
    });
    return counts.get(teamId) ?? 0;
  }

  url(path: string): string {
    return `https://linear.app/${this.spec.name}/${path}`;
  }
}

/** Every record of a collection, oldest first. */
export function listAll<T extends LinearNode>(
  collection: Collection<T>,
  seq = Number.POSITIVE_INFINITY,
): T[] {
  return [...collection.walk({ orderBy: 'createdAt', descending: false, seq })];
}
