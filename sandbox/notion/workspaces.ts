/** The workspaces that exist and who is in them; the same in every world, so that an account stays itself over a reset. */
import { createIdCodec } from './ids.ts';
import type { User, Workspace } from './records.ts';

const ids = createIdCodec(0);

const people: readonly [name: string, email: string][] = [
  ['Ada Lindqvist', 'ada@example.com'],
  ['Grace Okafor', 'grace@example.com'],
  ['Søren Kjærgaard', 'soren@example.com'],
  ['山田 花子', 'hanako@example.com'],
  ['Ольга Петрова', 'olga@example.com'],
  ['فاطمة الزهراء', 'fatima@example.com'],
  ['Zoë Müller-Lüdenscheidt', 'zoe@example.com'],
  ['김민준', 'minjun@example.com'],
];

const users: readonly User[] = people.map(([name, email], i) => ({ id: ids.encode('user', i), name, email }));

function member(index: number): User {
  return users[index] as User;
}

export const workspaces: readonly [Workspace, ...Workspace[]] = [
  { name: 'lovelace-labs', id: ids.encode('workspace', 0), title: 'Lovelace Labs', icon: '🧮', users },
  {
    name: 'hopper-works',
    id: ids.encode('workspace', 1),
    title: 'Hopper Works',
    icon: null,
    users: [member(1), member(0), member(4)],
  },
];

export function findWorkspace(name: string): Workspace | undefined {
  return workspaces.find((workspace) => workspace.name === name || workspace.id === name);
}

export function findUser(workspace: Workspace, idOrEmail: string): User | undefined {
  return workspace.users.find((user) => user.id === idOrEmail || user.email === idOrEmail.toLowerCase());
}
