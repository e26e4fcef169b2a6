/** A person takes a run back in one history; the next pass must leave that alone. */
import { and, eq, sql } from 'drizzle-orm';
import type { UndoReport } from '../../api/contract/contact-history.ts';
import { undoRun } from '../../api/routes/integrations/runs/undo-run.ts';
import { contactJournal, listJournal } from '../../db/schema/index.ts';
import type { FieldName } from '../../sync/contact-fields.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { pick } from '../../sync/model-world.test-support.ts';
import type { Api } from './api.ts';
import type { UndoStep } from './history.ts';
import type { Judge } from './judge.ts';
import type { Lists } from './lists.ts';
import type { Harmony } from './local-side.ts';
import { isCalm, type Passes } from './passes.ts';
import { fieldOf, judgeUndo } from './undo-effects.ts';
import { judgeUndoneLists } from './undo-list-effects.ts';
import type { Onlooker } from './view.ts';

/** What a person took back while both sides were known: it stays so until somebody changes something. */
export interface TakenBack {
  readonly contactId: string;
  /** null: the contact is out of the archive. */
  readonly field: FieldName | null;
  readonly value: string | null;
}

export class Undo {
  private readonly harmony: Harmony;
  private readonly onlooker: Onlooker;
  private readonly lists: Lists;
  private readonly judge: Pick<Judge, 'beforeEdit' | 'noteLocalEdit' | 'afterEdit'>;
  private readonly passes: Pick<Passes, 'take'>;
  private readonly api: Api;
  private takenBack: readonly TakenBack[] = [];

  constructor(of: {
    harmony: Harmony;
    onlooker: Onlooker;
    lists: Lists;
    judge: Pick<Judge, 'beforeEdit' | 'noteLocalEdit' | 'afterEdit'>;
    passes: Pick<Passes, 'take'>;
    api: Api;
  }) {
    this.harmony = of.harmony;
    this.onlooker = of.onlooker;
    this.lists = of.lists;
    this.judge = of.judge;
    this.passes = of.passes;
    this.api = of.api;
  }

  /** Of the runs that wrote contacts or lists. Answers what was taken back. */
  async take({ at, pass }: Omit<UndoStep, 'kind'>): Promise<readonly TakenBack[]> {
    const runId = pick(await this.runsWithEntries(), at);
    if (runId === undefined) return [];
    this.onlooker.forget();
    await this.judge.beforeEdit('', []);
    const isKnown = await this.onlooker.isMirrorTrue();
    const before = await this.onlooker.look();
    const archivedAt = await this.archivedAt();
    const { fingerprint } = await this.onlooker.read();
    const entries = await this.entriesOf(runId);
    const listEntries = await this.listEntriesOf(runId);
    const listsBefore = await this.lists.read();
    this.onlooker.forget();
    const answer = await this.api.call<UndoReport>(undoRun, { params: { runId } });
    const after = await this.onlooker.look();
    if ('problem' in answer) {
      // Nobody was left to end it.
      if (answer.problem.status !== 409) throw answer.problem;
      if ((await this.onlooker.read()).fingerprint !== fingerprint)
        throw new InvariantBroken('undo: one that was refused changed something');
      return [];
    }
    const ofContacts = { entries, archivedAt, report: answer.body };
    const changed = judgeUndo({ ...ofContacts, before: before.locals, after: after.locals });
    judgeUndoneLists({
      ...{ entries: listEntries, report: answer.body.lists, before: listsBefore },
      after: await this.lists.lookAfterEdit(),
    });
    for (const { contactId, field } of changed) {
      const contact = before.locals.get(contactId);
      if (contact !== undefined && field !== null) this.judge.noteLocalEdit(contact, field);
    }
    for (const contactId of new Set(changed.map((one) => one.contactId)))
      await this.judge.afterEdit(contactId);
    // Without a base nobody knows who changed a value, and the policy decides (rule 8).
    const hasBase = ({ contactId, field }: Pick<TakenBack, 'contactId' | 'field'>) =>
      field === null ||
      [...before.rows.values()].every(({ link }) => link?.contactId !== contactId || link.bases[field]);
    const takenBack = changed.map(({ contactId, field }) => ({
      ...{ contactId, field },
      value: field === null ? null : fieldOf(after.locals.get(contactId), field),
    }));
    this.takenBack = takenBack.filter((one) => isKnown && hasBase(one));
    if (pass === null || this.api.asked === undefined) return takenBack;
    await this.passes.take(pass, this.api.asked);
    if (isCalm(pass)) await this.checkKept();
    else this.forget();
    return takenBack;
  }

  /** Somebody changed something, so the engine may, too. */
  forget(): void {
    this.takenBack = [];
  }

  /** After a pass in which nothing else happened. */
  async checkKept(): Promise<void> {
    if (this.takenBack.length === 0) return;
    const { locals } = await this.onlooker.look();
    for (const { contactId, field, value } of this.takenBack) {
      const now = locals.get(contactId);
      const isKept = field === null ? now?.archived !== true : fieldOf(now, field) === value;
      if (!isKept)
        throw new InvariantBroken(
          `undo: ${contactId} ${field ?? 'in the archive'} was taken back to "${value}", and the engine did it again`,
        );
    }
    this.forget();
  }

  private async archivedAt(): Promise<ReadonlyMap<string, string>> {
    const { db, userId } = this.harmony;
    const rows = await db.execute<{ id: string; at: string }>(sql`
      select id, archived_at::text as at from contacts where user_id = ${userId} and archived_at is not null`);
    return new Map(rows.map(({ id, at }) => [id, at]));
  }

  private async runsWithEntries(): Promise<string[]> {
    const { db, integrationId } = this.harmony;
    const rows = await db.execute<{ id: string }>(sql`
      select id from runs where integration_id = ${integrationId}
        and (exists (select 1 from contact_journal j where j.run_id = runs.id)
          or exists (select 1 from list_journal j where j.run_id = runs.id))
      order by started_at desc, id desc`);
    return rows.map(({ id }) => id);
  }

  private listEntriesOf(runId: string) {
    return this.harmony.db
      .select()
      .from(listJournal)
      .where(and(eq(listJournal.runId, runId), eq(listJournal.integrationId, this.harmony.integrationId)))
      .orderBy(listJournal.seq);
  }

  private entriesOf(runId: string) {
    return this.harmony.db
      .select()
      .from(contactJournal)
      .where(
        and(eq(contactJournal.runId, runId), eq(contactJournal.integrationId, this.harmony.integrationId)),
      )
      .orderBy(contactJournal.seq);
  }
}
