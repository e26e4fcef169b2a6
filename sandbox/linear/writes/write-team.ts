import { randomUUID } from 'node:crypto';
import { copyIssue, type TeamRecord } from '../world/records.ts';
import { stateTemplates } from '../world/seeded-directory.ts';
import { listAll } from '../world/workspace.ts';
import type { WriteScope } from './write-scope.ts';

export type TeamInput = { name?: string; key?: string; description?: string | null; color?: string };

/** A new team with the states that Linear gives it; Linear has no webhook for teams. */
export function createTeam({ core, workspace }: WriteScope, input: TeamInput & { name: string }): TeamRecord {
  const now = core.clock.iso();
  const node = { createdAt: now, updatedAt: now, archivedAt: null };
  const team = workspace.teams.put({
    ...node,
    id: randomUUID(),
    name: input.name,
    key: input.key ?? freeKey(input.name, new Set(listAll(workspace.teams).map((one) => one.key))),
    description: input.description ?? null,
    color: input.color ?? '#5e6ad2',
    timezone: 'Europe/Berlin',
  });
  stateTemplates.forEach((template, position) => {
    workspace.states.put({
      ...node,
      id: randomUUID(),
      ...template,
      teamId: team.id,
      description: null,
      position,
    });
  });
  return team;
}

export function updateTeam({ core, workspace }: WriteScope, known: TeamRecord, input: TeamInput): TeamRecord {
  return workspace.teams.put({ ...known, ...input, updatedAt: core.clock.iso() });
}

/** The team is gone, and its issues go to the trash with it. */
export function deleteTeam({ core, workspace }: WriteScope, team: TeamRecord): void {
  const now = core.clock.iso();
  for (const issue of listAll(workspace.issues).filter((one) => one.teamId === team.id && !one.trashed))
    workspace.issues.put({ ...copyIssue(issue), trashed: true, archivedAt: issue.archivedAt ?? now });
  for (const user of listAll(workspace.users).filter((one) => one.teamIds.includes(team.id)))
    workspace.users.put({ ...user, teamIds: user.teamIds.filter((id) => id !== team.id) });
  workspace.teams.put({ ...team, archivedAt: now, updatedAt: now });
}

function freeKey(name: string, taken: Set<string>): string {
  const start =
    name
      .replace(/[^A-Za-z]/g, '')
      .slice(0, 3)
      .toUpperCase() || 'T';
  for (let i = 1; ; i++) {
    const key = i === 1 ? start : `${start}${i}`;
    if (!taken.has(key)) return key;
  }
}
