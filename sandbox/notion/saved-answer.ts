/** A write that was saved and yet answers with an error: the body says what became of it (https://developers.notion.com/reference/request-limits). */
import type { Answer } from '../core/provider.ts';
import { answerNotionError, errorForStatus, NotionError } from './errors.ts';
import type { JsonObject } from './records.ts';
import type { NotionSettings } from './settings.ts';

export function answerAfterSaving(status: number, saved: Answer, settings: NotionSettings): Answer {
  const body = saved.body as JsonObject;
  const { code, message } = errorForStatus(status);
  const children =
    body.object === 'list' ? (body.results as JsonObject[]).map(({ id }) => String(id)) : undefined;
  return answerNotionError(
    new NotionError(status, code, message, {
      additionalData: {
        retry_guidance: settings.retryGuidance,
        ...(children === undefined
          ? typeof body.id === 'string' && { committed_resource_id: body.id }
          : { committed_child_ids: children }),
      },
    }),
  );
}
