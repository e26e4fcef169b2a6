/** What the control routes of one workspace work on. */
import { ControlError } from '../../control/control-error.ts';
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { Editor } from '../editor.ts';
import { NotionError } from '../errors.ts';
import type { Author } from '../records.ts';
import type { Rendering } from '../render/rendering.ts';
import type { NotionParts } from '../session.ts';
import type { NotionSettings } from '../settings.ts';
import type { Subscriptions } from '../webhooks/subscriptions.ts';
import { findUser, findWorkspace } from '../workspaces.ts';
import type { WorkspaceWorld } from '../world/workspace-world.ts';

export interface ControlParts extends NotionParts {
  subscriptions: Subscriptions;
}

export interface ControlledWorkspace {
  world: WorkspaceWorld;
  editor: Editor;
  settings: NotionSettings;
  seq: number;
}

/** A control handler for the workspace in its path; refusals in Notion's words become the control surface's own. */
export function control(
  parts: ControlParts,
  handle: (call: Call, of: ControlledWorkspace) => Answer | Promise<Answer>,
): (call: Call) => Promise<Answer> {
  return async (call) => {
    const name = findWorkspace(call.param('workspace'))?.name ?? '';
    const world = parts.worlds.get(name);
    const editor = parts.editors.get(name);
    if (world === undefined || editor === undefined)
      throw new ControlError(404, `no workspace ${call.param('workspace')} at notion`);
    try {
      return await handle(call, {
        world,
        editor,
        settings: parts.core.settings(),
        seq: parts.core.state.seq,
      });
    } catch (error) {
      if (error instanceof NotionError) throw new ControlError(error.status, error.message);
      throw error;
    }
  };
}

/** Listings show both names of the trash flag, as 2025-09-03 does. */
export function renderingOf(of: ControlledWorkspace): Rendering {
  return {
    version: '2025-09-03',
    workspace: of.world.workspace,
    world: of.world,
    settings: of.settings,
    seq: Number.POSITIVE_INFINITY,
  };
}

export function authorOf(of: ControlledWorkspace, by: string | undefined): Author {
  const { workspace } = of.world;
  const user = by === undefined ? workspace.users[0] : findUser(workspace, by);
  if (user === undefined) throw new ControlError(404, `nobody called ${by} in ${workspace.name}`);
  return { id: user.id, type: 'person' };
}
