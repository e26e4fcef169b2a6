/** Many contacts that come, go and come back at once: what people do to one, done to each of them. */
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { ANCHOR } from '../../sync/model-world.test-support.ts';
import type { CrowdStep } from './crowd-steps.ts';
import type { People } from './people.ts';
import type { Onlooker } from './view.ts';

interface Pair {
  readonly name: string;
  readonly contactId: string;
}

export class Crowd {
  private readonly google: ModelGoogle;
  private readonly onlooker: Onlooker;
  private readonly people: People;
  private made = 0;

  constructor(of: { google: ModelGoogle; onlooker: Onlooker; people: People }) {
    this.google = of.google;
    this.onlooker = of.onlooker;
    this.people = of.people;
  }

  async take(step: CrowdStep): Promise<void> {
    switch (step.kind) {
      case 'crowd':
        for (let index = 0; index < step.size; index += 1) await this.make(isHere(step, index));
        return;
      case 'many_gone': {
        const there = await this.pairs({ isThere: true, isHere: true });
        for (const [index, pair] of there.slice(0, step.count).entries())
          await this.change(pair, isHere(step, index) ? 'local_delete' : 'remote_delete');
        return;
      }
      case 'many_back': {
        const gone = await this.pairs({ isThere: false, isHere: true });
        const archived = await this.pairs({ isThere: true, isHere: false });
        if (step.where !== 'harmony')
          for (const pair of gone.slice(0, step.count)) await this.change(pair, 'remote_restore');
        if (step.where !== 'google')
          for (const pair of archived.slice(0, step.count)) await this.change(pair, 'local_restore');
        return;
      }
      case 'emptied':
        for (const { resourceName } of this.google.live()) {
          if (resourceName === `people/${ANCHOR}`) this.google.delete(resourceName);
          else await this.change({ name: resourceName, contactId: '' }, 'remote_delete');
        }
    }
  }

  /** Every other one has an address, by which they can be told. */
  private async make(isLocal: boolean): Promise<void> {
    const number = ++this.made;
    const [firstName, email] = [`Crowd ${number}`, `crowd${number}@x.io`];
    const hasEmail = number % 2 === 0;
    if (isLocal) {
      const fields = { firstName, ...(hasEmail ? { email } : {}) };
      return this.people.take({ kind: 'local_create', fields });
    }
    const person = {
      names: [{ givenName: firstName }],
      ...(hasEmail ? { emailAddresses: [{ value: email }] } : {}),
    };
    return this.people.take({ kind: 'remote_create', person });
  }

  private async change(
    { name, contactId }: Pair,
    kind: 'local_delete' | 'local_restore' | 'remote_delete' | 'remote_restore',
  ): Promise<void> {
    const isLocal = kind === 'local_delete' || kind === 'local_restore';
    const at = isLocal
      ? (await this.onlooker.contacts()).findIndex(({ id }) => id === contactId)
      : this.google.names().indexOf(name);
    if (at >= 0) await this.people.take({ kind, at });
  }

  /** Of those who are tied, or were until a person kept them. */
  private async pairs(wanted: { isThere: boolean; isHere: boolean }): Promise<Pair[]> {
    const { locals, links } = await this.onlooker.read();
    return links.flatMap(({ remoteId: name, contactId, formerOf }) => {
      const contact = locals.get(contactId ?? formerOf ?? '');
      const isThere = Boolean(this.google.get(name));
      const fits =
        contact &&
        name !== `people/${ANCHOR}` &&
        isThere === wanted.isThere &&
        contact.archived !== wanted.isHere;
      return fits ? [{ name, contactId: contact.id }] : [];
    });
  }
}

const isHere = ({ where }: { where: 'google' | 'harmony' | 'by_turns' }, index: number): boolean =>
  where === 'harmony' || (where === 'by_turns' && index % 2 === 1);
