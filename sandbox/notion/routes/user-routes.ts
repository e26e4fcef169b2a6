/** Users and comments. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { objectNotFound, validationError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { CommentRecord, JsonObject } from '../records.ts';
import { renderBot, renderComment, renderPerson } from '../render/render-containers.ts';
import { renderList } from '../render/rendering.ts';
import { parseBody, readJson } from '../request-body.ts';
import { richText, uuid } from '../rich-text.ts';
import type { NotionRoute, Session } from '../session.ts';
import { botOf, takeOffsetPage } from './page-routes.ts';

const commentBody = z.strictObject({
  parent: z
    .strictObject({ type: z.string().optional(), page_id: uuid.optional(), block_id: uuid.optional() })
    .optional(),
  discussion_id: uuid.optional(),
  rich_text: richText,
});

export const userRoutes: readonly NotionRoute[] = [
  {
    method: 'GET',
    path: '/v1/users',
    capability: 'read_users',
    list: true,
    handle: (session) => {
      const withEmail = session.may('read_user_emails');
      const people = session.world.workspace.users.map((user) => renderPerson(user, withEmail));
      const { page, nextCursor } = takeOffsetPage(session, [...people, renderOwnBot(session)]);
      return renderList('user', { results: page, hasMore: nextCursor !== null, nextCursor });
    },
  },
  { method: 'GET', path: '/v1/users/me', handle: renderOwnBot },
  {
    method: 'GET',
    path: '/v1/users/{user_id}',
    capability: 'read_users',
    handle: (session) => {
      const id = session.id('user_id');
      if (id === session.connection.botId) return renderOwnBot(session);
      const user = session.world.workspace.users.find((one) => one.id === id);
      if (user === undefined) throw objectNotFound('user', id);
      return renderPerson(user, session.may('read_user_emails'));
    },
  },
];

export const commentRoutes: readonly NotionRoute[] = [
  {
    method: 'GET',
    path: '/v1/comments',
    capability: 'read_comments',
    list: true,
    handle: (session) => {
      const id = normaliseId(session.call.query.get('block_id') ?? '');
      if (id === undefined)
        throw validationError('query failed validation: query.block_id should be a valid uuid.');
      const { pageId } = commented(session, id);
      const seq = session.listingSeq;
      const comments = [...session.world.comments.entries(seq)]
        .flatMap(({ version }) => version.value ?? [])
        .filter(
          (one) =>
            one.pageId === pageId && (id === pageId ? one.parent.type === 'page_id' : targetOf(one) === id),
        );
      const { page, nextCursor } = takeOffsetPage(session, comments);
      const rendering = session.rendering(seq);
      const results = page.map((comment) => renderComment(comment, rendering));
      return renderList('comment', { results, hasMore: nextCursor !== null, nextCursor });
    },
  },
  {
    method: 'POST',
    path: '/v1/comments',
    capability: 'insert_comments',
    handle: (session) => {
      const body = parseBody(commentBody, readJson(session.call));
      const comment = session.editor.createComment(
        { ...commentPlace(session, body), richText: body.rich_text },
        botOf(session),
      );
      return renderComment(comment, session.rendering(Number.POSITIVE_INFINITY));
    },
  },
  {
    method: 'GET',
    path: '/v1/comments/{comment_id}',
    capability: 'read_comments',
    handle: (session) => {
      const id = session.id('comment_id');
      const comment = session.world.comments.get(id, session.readSeq)?.value;
      if (comment == null) throw objectNotFound('comment', id);
      session.page(comment.pageId);
      return renderComment(comment, session.rendering(session.readSeq));
    },
  },
];

function renderOwnBot(session: Session): JsonObject {
  const { connection, settings, world } = session;
  const owner = world.workspace.users.find(({ id }) => id === connection.userId) ?? world.workspace.users[0];
  if (owner === undefined) throw new Error(`nobody is in ${world.workspace.name}`);
  const bot = { id: connection.botId, name: settings.clientName };
  return renderBot(bot, owner, settings.meNamesWorkspace ? world.workspace : undefined);
}

function targetOf(comment: CommentRecord): string {
  return comment.parent.type === 'page_id' ? comment.parent.page_id : comment.parent.block_id;
}

/** The page that is commented, itself or by way of a block. Throws 404 where it is not shared. */
function commented(session: Session, id: string): { pageId: string } {
  const pageId = session.world.page(id) === undefined ? session.world.pageOfBlock(id) : id;
  if (pageId === undefined) throw objectNotFound('block', id);
  return { pageId: session.page(pageId, Number.POSITIVE_INFINITY).id };
}

function commentPlace(
  session: Session,
  body: z.infer<typeof commentBody>,
): Pick<CommentRecord, 'parent' | 'pageId' | 'discussionId'> {
  if (body.discussion_id !== undefined) {
    const first = [...session.world.comments.entries()].find(
      ({ version }) => version.value?.discussionId === body.discussion_id,
    )?.version.value;
    if (first == null) throw objectNotFound('discussion', body.discussion_id);
    session.page(first.pageId);
    return { parent: first.parent, pageId: first.pageId, discussionId: first.discussionId };
  }
  const { page_id, block_id } = body.parent ?? {};
  const target = page_id ?? block_id;
  if (target === undefined)
    throw validationError('body failed validation: body.parent should be defined, instead was `undefined`.');
  const { pageId } = commented(session, target);
  const parent =
    page_id === undefined
      ? ({ type: 'block_id', block_id: target } as const)
      : ({ type: 'page_id', page_id } as const);
  return { parent, pageId, discussionId: randomUUID() };
}
