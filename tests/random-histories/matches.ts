/** Questions who is who in one history: a person answers them one by one, and none is left open that is answered. */
import { resolveConflict } from '../../api/routes/conflicts/resolve-conflict.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { pick } from '../../sync/model-world.test-support.ts';
import type { Api } from './api.ts';
import type { MatchStep } from './plan-steps.ts';
import type { Conflict, Tables } from './tables.ts';
import type { Onlooker } from './view.ts';

export class Matches {
  private readonly onlooker: Onlooker;
  private readonly api: Api;

  constructor(of: { onlooker: Onlooker; api: Api }) {
    this.onlooker = of.onlooker;
    this.api = of.api;
  }

  async take({ at, candidate }: MatchStep): Promise<void> {
    this.onlooker.forget();
    const question = pick(openQuestions(await this.onlooker.read()), at);
    const chosen = pick([...(question?.candidates ?? [])].sort(), candidate);
    if (question === undefined || chosen === undefined) return;
    const params = { id: question.id };
    const answer = await this.api.call(resolveConflict, {
      ...{ params, body: { choose: 'link', candidate: chosen } },
    });
    this.onlooker.forget();
    // One of both may be gone, or tied since: the next run takes the question back.
    if ('problem' in answer && answer.problem.status !== 409) throw answer.problem;
  }
}

/** In an order that the ids of an integration have no part in. */
const openQuestions = ({ conflicts }: Pick<Tables, 'conflicts'>): Conflict[] =>
  conflicts
    .filter(({ kind, resolvedAt }) => kind === 'ambiguous_match' && resolvedAt === null)
    .sort((a, b) => (subjectOf(a) < subjectOf(b) ? -1 : 1));

const subjectOf = ({ contactId, remoteId }: Conflict): string => contactId ?? remoteId ?? '';

/** At rest: whoever a person is asked about is there, tied to nobody, and so is one of the candidates. */
export function checkQuestions(tables: Pick<Tables, 'conflicts' | 'links' | 'locals'>): void {
  const { locals, links } = tables;
  const tied = new Set(links.flatMap(({ contactId }) => contactId ?? []));
  const isOpen = (id: string): boolean => {
    const link = links.find(({ remoteId }) => remoteId === id);
    if (link !== undefined) return link.contactId === null && link.tombstonedAt === null;
    return locals.get(id)?.archived === false && !tied.has(id);
  };
  for (const question of openQuestions(tables)) {
    const closed = [subjectOf(question), ...(question.candidates ?? [])].filter((id) => !isOpen(id));
    if (closed.length > 0)
      throw new InvariantBroken(`matches: asked who ${subjectOf(question)} is, though ${closed} is settled`);
  }
}
