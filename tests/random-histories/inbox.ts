/** A person decides what waits for them in one history, through the API, and what must hold of it. */
import type { z } from 'zod';
import { choicesOf } from '../../api/conflict-kinds.ts';
import type { Conflict as Answer, resolveConflict as requestBody } from '../../api/contract/conflict.ts';
import { resolveConflict } from '../../api/routes/conflicts/resolve-conflict.ts';
import { type ContactFields, type FieldName, kindOf, sameValue } from '../../sync/contact-fields.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { pick } from '../../sync/model-world.test-support.ts';
import type { Api } from './api.ts';
import type { ResolveStep } from './history.ts';
import type { Judge } from './judge.ts';
import type { Settings } from './settings.ts';
import type { Conflict, Tables } from './tables.ts';
import type { Onlooker } from './view.ts';

type Decision = z.input<typeof requestBody>;

export class Inbox {
  private readonly onlooker: Onlooker;
  private readonly settings: Settings;
  private readonly judge: Judge;
  private readonly api: Api;

  constructor(of: { onlooker: Onlooker; settings: Settings; judge: Judge; api: Api }) {
    this.onlooker = of.onlooker;
    this.settings = of.settings;
    this.judge = of.judge;
    this.api = of.api;
  }

  async take(step: ResolveStep): Promise<void> {
    const before = await this.onlooker.read();
    const asked = openConflicts(before).filter(({ kind }) => step.of === undefined || kind === step.of);
    const conflict = pick(asked, step.at);
    if (conflict === undefined) return;
    const { contactId } = conflict;
    const field = conflict.field as FieldName | null;
    const decision = decisionOf(step, conflict);
    const chosen = chosenValue(conflict, decision);
    const contact = before.locals.get(contactId ?? '');
    if (contactId !== null) await this.judge.beforeEdit(contactId, []);
    this.onlooker.forget();
    const answer = await this.api.call<Answer>(resolveConflict, {
      params: { id: conflict.id },
      body: decision,
    });
    const after = await this.onlooker.read();
    if ('problem' in answer) {
      if (![409, 422].includes(answer.problem.status)) throw answer.problem;
      if (after.fingerprint !== before.fingerprint)
        throw new InvariantBroken('conflicts: a decision that was refused changed something');
      return;
    }
    // To choose what is there is no edit.
    const isEdit = field !== null && chosen !== undefined && (contact?.fields[field] ?? null) !== chosen;
    if (contact !== undefined && isEdit) this.judge.noteLocalEdit(contact, field);
    if (contactId !== null) await this.judge.afterEdit(contactId);
    judgeDecision(conflict, decision, { before: before.locals, after: after.locals });
    if (decision.always === true)
      this.settings.prefer(conflict.field as FieldName, decision.choose as 'harmony');
  }
}

/** That both sides are to have; undefined: the decision is about no value. */
const chosenValue = ({ kind, localValue, remoteValue }: Conflict, { choose }: Decision) =>
  kind !== 'value'
    ? undefined
    : choose === 'harmony'
      ? localValue
      : choose === 'provider'
        ? remoteValue
        : undefined;

/** The one value that was chosen is there, and nothing else of any contact has changed. */
function judgeDecision(
  conflict: Conflict,
  decision: Decision,
  { before, after }: { before: Tables['locals']; after: Tables['locals'] },
): void {
  const { contactId, field } = conflict;
  const chosen = chosenValue(conflict, decision);
  for (const [id, contact] of before) {
    const now: ContactFields = after.get(id)?.fields ?? {};
    for (const name of Object.keys({ ...contact.fields, ...now }) as FieldName[]) {
      const isDecided = chosen !== undefined && id === contactId && name === field;
      const wanted = isDecided ? chosen : contact.fields[name];
      if (!sameValue(kindOf(name) ?? 'text', now[name], wanted))
        throw new InvariantBroken(
          `conflicts: ${name} of ${id} is "${now[name]}" after ${decision.choose}, not "${wanted}"`,
        );
    }
  }
}

/** Who has nobody to link leaves it as it is. */
function decisionOf({ choose, isFit, candidate, always }: ResolveStep, conflict: Conflict): Decision {
  const choices = choicesOf(conflict);
  const taken = isFit && !choices.includes(choose) ? (choices[0] ?? choose) : choose;
  if (taken === 'dismiss') return { choose: taken };
  if (taken !== 'link') return { choose: taken, always: always && conflict.field !== null };
  const chosen = pick([...(conflict.candidates ?? [])].sort(), candidate);
  return chosen === undefined ? { choose: 'dismiss' } : { choose: taken, candidate: chosen };
}

/** In an order that the ids of an integration have no part in. */
const openConflicts = ({ conflicts }: Pick<Tables, 'conflicts'>): Conflict[] =>
  conflicts
    .filter(({ resolvedAt }) => resolvedAt === null)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));

const orderOf = (conflict: Conflict): string => [subjectOf(conflict), conflict.kind, conflict.field].join();

const subjectOf = ({ contactId, remoteId }: Conflict): string => contactId ?? remoteId ?? '';

/** At rest: who is asked about a value that Google can not hold has it, and that one alone. */
export function checkValueQuestions({ conflicts, locals }: Pick<Tables, 'conflicts' | 'locals'>): void {
  for (const question of openConflicts({ conflicts })) {
    const { kind, contactId, field, localValue } = question;
    if (kind !== 'unstorable_value') continue;
    const contact = locals.get(contactId ?? '');
    const value = contact?.archived === false ? contact.fields[field as FieldName] : undefined;
    if (value !== localValue)
      throw new InvariantBroken(`questions: asked about "${localValue}", though ${field} is "${value}"`);
  }
}

/** At rest: whoever a person is asked about is there, tied to nobody, and so is one of the candidates. */
export function checkQuestions(tables: Pick<Tables, 'conflicts' | 'links' | 'locals'>): void {
  const { locals, links } = tables;
  const tied = new Set(links.flatMap(({ contactId }) => contactId ?? []));
  const isOpen = (id: string): boolean => {
    const link = links.find(({ remoteId }) => remoteId === id);
    if (link !== undefined) return link.contactId === null && link.tombstonedAt === null;
    return locals.get(id)?.archived === false && !tied.has(id);
  };
  for (const question of openConflicts(tables).filter(({ kind }) => kind === 'ambiguous_match')) {
    const closed = [subjectOf(question), ...(question.candidates ?? [])].filter((id) => !isOpen(id));
    if (closed.length > 0)
      throw new InvariantBroken(`matches: asked who ${subjectOf(question)} is, though ${closed} is settled`);
  }
}
