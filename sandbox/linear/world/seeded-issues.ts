/** Issues as pure functions of (seed, index): 100,000 cost nothing until someone reads them. */
import { hashText, mix32, mixPair, pick } from '../../core/seeded-random.ts';
import type { SeededRecords, TimeOrder } from './collection.ts';
import { createIdSeries, type IdSeries } from './ids.ts';
import { issueDescription, issueTitle } from './issue-texts.ts';
import type { OrganizationSpec } from './organizations.ts';
import type {
  IssueRecord,
  LabelRecord,
  ProjectRecord,
  StateRecord,
  TeamRecord,
  UserRecord,
} from './records.ts';

export interface IssueWorld {
  spec: OrganizationSpec;
  seed: number;
  size: number;
  /** The world's today, and how far back its first issue lies. */
  todayMs: number;
  teams: TeamRecord[];
  users: UserRecord[];
  projects: ProjectRecord[];
  labels: LabelRecord[];
  /** By team position, in the order of their positions. */
  states: StateRecord[][];
}

const SPAN_MS = 730 * 86_400_000;
const DAY_MS = 86_400_000;
/** Which of a team's states an issue is in: most are done. */
const statePattern = [0, 1, 4, 2, 4, 4, 3, 1, 4, 5, 4, 0, 2, 4, 4, 1];

export class SeededIssues implements SeededRecords<IssueRecord> {
  readonly world: IssueWorld;
  readonly ids: IdSeries;
  readonly salt: number;
  readonly #spacingMs: number;

  constructor(world: IssueWorld) {
    this.world = world;
    this.salt = mixPair(hashText(`issues of ${world.spec.name}`), world.seed);
    this.ids = createIdSeries(`issue ${world.spec.name}`, world.seed);
    this.#spacingMs = SPAN_MS / Math.max(1, world.size);
  }

  get size(): number {
    return this.world.size;
  }

  at(index: number): IssueRecord {
    return new SeededIssue(this, index);
  }

  id(index: number): string {
    return this.ids.id(index);
  }

  indexOf(id: string): number | undefined {
    return this.ids.indexOf(id);
  }

  timeMs(index: number, order: TimeOrder): number {
    const startMs = this.world.todayMs - SPAN_MS + index * this.#spacingMs;
    const createdMs = Math.floor(startMs + this.share(index, 1) * this.#spacingMs);
    if (order === 'createdAt') return createdMs;
    const idle = this.share(index, 2) ** 3;
    return Math.min(
      this.world.todayMs,
      createdMs + 60_000 + Math.floor(idle * (this.world.todayMs - createdMs)),
    );
  }

  /** Sub-issues: the seventh of every ten may belong to the third, of the same team. */
  parentOf(index: number): number | undefined {
    return index % 10 === 6 && this.hash(index, 3) % 2 === 0 ? index - 4 : undefined;
  }

  inGroup(parentId: string): number[] {
    const parent = this.indexOf(parentId);
    if (parent === undefined || parent + 4 >= this.size || this.parentOf(parent + 4) !== parent) return [];
    return [parent + 4];
  }

  /** The index of the issue that had this number in that team from the start. */
  indexOfNumber(teamPosition: number, number: number): number | undefined {
    const places = placesOf(this.world.spec, teamPosition);
    if (places.length === 0 || number < 1) return undefined;
    const block = Math.floor((number - 1) / places.length);
    const index = block * 10 + (places[(number - 1) % places.length] as number);
    return index < this.size ? index : undefined;
  }

  numberOf(index: number): number {
    const places = placesOf(this.world.spec, this.teamPosition(index));
    return Math.floor(index / 10) * places.length + places.indexOf(index % 10) + 1;
  }

  /** How many numbers a team has used up at the start. */
  lastNumber(teamPosition: number): number {
    for (let i = this.size - 1; i >= 0 && i >= this.size - 10; i--)
      if (this.teamPosition(i) === teamPosition) return this.numberOf(i);
    return 0;
  }

  teamPosition(index: number): number {
    return this.world.spec.teamPattern[index % 10] as number;
  }

  hash(index: number, field: number): number {
    return mix32(mixPair(this.salt, index) + field);
  }

  /** A number in [0, 1). */
  share(index: number, field: number): number {
    return this.hash(index, field) / 4294967296;
  }
}

class SeededIssue implements IssueRecord {
  readonly #all: SeededIssues;
  readonly #index: number;

  constructor(all: SeededIssues, index: number) {
    this.#all = all;
    this.#index = index;
  }

  get id() {
    return this.#all.id(this.#index);
  }
  get createdAt() {
    return new Date(this.#all.timeMs(this.#index, 'createdAt')).toISOString();
  }
  get updatedAt() {
    return new Date(this.#updatedMs()).toISOString();
  }
  get archivedAt() {
    const rest = this.#index % 50;
    const isArchived = rest === 7 || rest === 32 || this.trashed;
    return isArchived ? new Date(this.#updatedMs() + 3_600_000).toISOString() : null;
  }
  get trashed() {
    return this.#index % 50 === 13 ? (true as const) : null;
  }
  get number() {
    return this.#all.numberOf(this.#index);
  }
  get identifier() {
    return `${this.#team().key}-${this.number}`;
  }
  get previousIdentifiers() {
    return [];
  }
  get title() {
    return issueTitle(this.#hash(20));
  }
  get description() {
    return issueDescription(this.#hash(21));
  }
  get priority() {
    return pick([0, 0, 1, 2, 2, 3, 3, 3, 4, 4], this.#hash(22));
  }
  get estimate() {
    return pick([null, null, 1, 2, 3, 5, 8], this.#hash(23));
  }
  get sortOrder() {
    return -this.#index * 100 + (this.#hash(24) % 100);
  }
  get teamId() {
    return this.#team().id;
  }
  get stateId() {
    return this.#state().id;
  }
  get assigneeId() {
    return this.#hash(25) % 5 === 0 ? null : pick(this.#all.world.users, this.#hash(26)).id;
  }
  get creatorId() {
    return pick(this.#all.world.users, this.#hash(27)).id;
  }
  get projectId() {
    const { projects } = this.#all.world;
    return projects.length === 0 || this.#hash(28) % 3 === 0 ? null : pick(projects, this.#hash(29)).id;
  }
  get parentId() {
    const parent = this.#all.parentOf(this.#index);
    return parent === undefined ? null : this.#all.id(parent);
  }
  get labelIds() {
    const { labels } = this.#all.world;
    const count = Math.min(labels.length, pick([0, 1, 1, 2], this.#hash(30)));
    const first = this.#hash(31) % Math.max(1, labels.length);
    return Array.from(
      { length: count },
      (_, i) => (labels[(first + i * 3) % labels.length] as LabelRecord).id,
    );
  }
  get subscriberIds() {
    return this.creatorId === null ? [] : [this.creatorId];
  }
  get dueDate() {
    if (this.#hash(32) % 4 !== 0) return null;
    const dueMs = this.#all.timeMs(this.#index, 'createdAt') + (this.#hash(33) % 60) * DAY_MS;
    return new Date(dueMs).toISOString().slice(0, 10);
  }
  get startedAt() {
    const { type } = this.#state();
    return type === 'started' || type === 'completed' ? this.#between(34) : null;
  }
  get completedAt() {
    return this.#state().type === 'completed' ? this.updatedAt : null;
  }
  get canceledAt() {
    return this.#state().type === 'canceled' ? this.updatedAt : null;
  }

  #hash(field: number): number {
    return this.#all.hash(this.#index, field);
  }
  #team(): TeamRecord {
    return this.#all.world.teams[this.#all.teamPosition(this.#index)] as TeamRecord;
  }
  #state(): StateRecord {
    const states = this.#all.world.states[this.#all.teamPosition(this.#index)] as StateRecord[];
    return states[pick(statePattern, this.#hash(35))] as StateRecord;
  }
  #updatedMs(): number {
    return this.#all.timeMs(this.#index, 'updatedAt');
  }
  #between(field: number): string {
    const createdMs = this.#all.timeMs(this.#index, 'createdAt');
    const share = this.#hash(field) / 4294967296;
    return new Date(createdMs + Math.floor(share * (this.#updatedMs() - createdMs))).toISOString();
  }
}

function placesOf(spec: OrganizationSpec, teamPosition: number): number[] {
  return spec.teamPattern.flatMap((team, place) => (team === teamPosition ? [place] : []));
}
