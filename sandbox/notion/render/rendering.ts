/** What all answers need: the version asked for, users, times cut to the minute. */
import type { JsonObject, PageRecord, Parent, PropertyDefinition, Touched, Workspace } from '../records.ts';
import type { NotionSettings } from '../settings.ts';
import type { WorkspaceWorld } from '../world/workspace-world.ts';

export const notionVersions = ['2025-09-03', '2026-03-11'] as const;
export type NotionVersion = (typeof notionVersions)[number];

/** How one answer is to be made. */
export interface Rendering {
  version: NotionVersion;
  workspace: Workspace;
  world: WorkspaceWorld;
  settings: NotionSettings;
  /** References (data sources of parents, related names) are read as of this. */
  seq: number;
}

export function partialUser(id: string): JsonObject {
  return { object: 'user', id };
}

export function cutTime(ms: number, precisionMs: number): string {
  return new Date(Math.floor(ms / precisionMs) * precisionMs).toISOString();
}

export function touchedFields(touched: Touched, settings: NotionSettings): JsonObject {
  return {
    created_time: cutTime(touched.createdAtMs, settings.createdTimePrecisionMs),
    last_edited_time: cutTime(touched.lastEditedAtMs, settings.lastEditedTimePrecisionMs),
    created_by: partialUser(touched.createdBy),
    last_edited_by: partialUser(touched.lastEditedBy),
  };
}

/** `archived` is the old name of `in_trash` and gone with 2026-03-11. */
export function trashFields(inTrash: boolean, version: NotionVersion): JsonObject {
  return version === '2025-09-03' ? { archived: inTrash, in_trash: inTrash } : { in_trash: inTrash };
}

export function renderParent(parent: Parent, rendering: Rendering): JsonObject {
  if (parent.type !== 'data_source_id') return { ...parent };
  const dataSource = rendering.world.dataSource(parent.data_source_id, rendering.seq);
  return { ...parent, database_id: dataSource?.databaseId ?? null };
}

export function pageUrl(id: string, title: string): string {
  const slug = title
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `https://www.notion.so/${slug === '' ? '' : `${slug}-`}${id.replaceAll('-', '')}`;
}

/** The schema of a page: that of its data source, or the title alone. */
export function schemaOf(
  page: PageRecord,
  rendering: Pick<Rendering, 'world' | 'seq'>,
): PropertyDefinition[] {
  if (page.parent.type !== 'data_source_id') return [looseTitle];
  return rendering.world.dataSource(page.parent.data_source_id, rendering.seq)?.properties ?? [looseTitle];
}

const looseTitle: PropertyDefinition = {
  id: 'title',
  name: 'title',
  type: 'title',
  description: null,
  config: {},
};

/** A list as Notion answers it. */
export function renderList(
  type: string,
  page: { results: unknown[]; hasMore: boolean; nextCursor: string | null },
): { object: 'list'; results: unknown[]; [field: string]: unknown } {
  return {
    object: 'list',
    results: page.results,
    next_cursor: page.nextCursor,
    has_more: page.hasMore,
    type,
    [type]: {},
  };
}
