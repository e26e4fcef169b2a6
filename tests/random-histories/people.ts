/** What people do to contacts in one history: in Harmony and on Google's own page. */
import type { FieldName } from '../../sync/contact-fields.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { ANCHOR, doRemotely, pick, takeRemoteStep } from '../../sync/model-world.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import type { ContactStep } from './history.ts';
import type { Judge } from './judge.ts';
import { createContact, editContact, type Harmony } from './local-side.ts';
import type { Merge, Race } from './races.ts';
import type { Settings } from './settings.ts';
import type { Onlooker } from './view.ts';

export class People {
  private readonly harmony: Harmony;
  private readonly google: ModelGoogle;
  private readonly onlooker: Onlooker;
  private readonly settings: Settings;
  private readonly judge: Judge;
  private made = 0;

  constructor(of: {
    harmony: Harmony;
    google: ModelGoogle;
    onlooker: Onlooker;
    settings: Settings;
    judge: Judge;
  }) {
    this.harmony = of.harmony;
    this.google = of.google;
    this.onlooker = of.onlooker;
    this.settings = of.settings;
    this.judge = of.judge;
  }

  async take(step: ContactStep): Promise<void> {
    switch (step.kind) {
      case 'local_create': {
        this.onlooker.forget();
        const id = `con_${this.harmony.integrationId}_${++this.made}`;
        await createContact(this.harmony, id, step.fields);
        return this.judge.afterEdit(id);
      }
      case 'local_edit': {
        const contact = pick(await this.onlooker.contacts(), step.at);
        if (contact && !contact.archived) await this.editLocally(contact, step.field, step.value);
        return;
      }
      case 'local_delete': {
        const contact = pick(await this.onlooker.contacts(), step.at);
        const isAnchor = contact?.fields.firstName === 'Anchor';
        if (!contact || contact.archived || isAnchor) return;
        await this.judge.beforeDelete(contact);
        return this.edit(contact.id, { archived: true });
      }
      case 'local_restore': {
        const contact = pick(await this.onlooker.contacts(), step.at);
        if (!contact?.archived) return;
        this.judge.oracle.forgetDeletes();
        return this.edit(contact.id, { archived: false });
      }
      case 'remote_merge':
        return this.merge(step);
      default:
        takeRemoteStep(step, this.google, compileMapping(this.settings.inForce.mappings), this.judge.oracle);
    }
  }

  /** Somebody is at work on that contact in Google's page while a pass is under way. */
  race(name: string, deed: Race): void {
    const mapping = compileMapping(this.settings.inForce.mappings);
    if (deed.kind === 'remote_merge') this.merge(deed, name);
    else doRemotely(name, deed, { google: this.google, mapping, oracle: this.judge.oracle });
  }

  async editLocally(contact: LocalContact, field: FieldName, value: string | null): Promise<void> {
    await this.judge.beforeEdit(contact.id, [field]);
    await this.edit(contact.id, { [field]: value });
  }

  private async edit(contactId: string, change: Parameters<typeof editContact>[2]): Promise<void> {
    this.onlooker.forget();
    await editContact(this.harmony, contactId, change);
    await this.judge.afterEdit(contactId);
  }

  private merge(step: Merge, name = pick(this.google.names(), step.at)): void {
    const anchor = `people/${ANCHOR}`;
    const other = pick(this.google.names(), step.with);
    if (name === undefined || other === undefined || other === anchor || name === anchor) return;
    for (const one of [name, other]) this.judge.oracle.noteRemoteStep(one);
    this.google.merge(name, other, step.as);
  }
}
