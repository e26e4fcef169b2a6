/** Documents: pages with their properties and their content as Markdown, a read-only mirror. */
import { index, json, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bulkIntegrationId, instant, mirror, now, owner } from './columns.ts';

/** A document that moves to another collection keeps its row and id. */
export const documents = pgTable(
  'documents',
  {
    id: text().primaryKey(),
    ...owner,
    integrationId: bulkIntegrationId(),
    collectionId: text('collection_id').notNull(),
    ...mirror,
    raw: json().notNull(),
    /** SHA-256 of the content, which comes by a call of its own and changes apart from the rest. */
    textHash: text('text_hash').notNull(),
    title: text().notNull(),
    /** Markdown. */
    content: text().notNull(),
    properties: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    url: text(),
    /** We may no longer read it, though it may exist: no read shows it, until a listing has it again. */
    hiddenAt: instant('hidden_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [
    uniqueIndex('documents_remote').on(t.integrationId, t.remoteId),
    index('documents_collection').on(t.collectionId, t.remoteId),
    index('documents_owner').on(t.workspaceId, t.userId, t.remoteUpdatedAt, t.id),
  ],
);
