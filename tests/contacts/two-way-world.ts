/** A stack with contacts in both directions: what a person does in Harmony, and what there is on both sides. */
import { Client, Connection } from '@temporalio/client';
import type { RunView } from '../../dev/drive.ts';
import { contactsEdited, integrationWorkflowId } from '../../workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { ada, type SyncWorld, startSyncWorld } from '../sync/sync-world.ts';

export interface RemotePerson {
  readonly resourceName: string;
  readonly [list: string]: unknown;
}

export interface LocalRow {
  readonly id: string;
  readonly version: number;
  readonly archivedAt: string | null;
  readonly [column: string]: unknown;
}

export interface TwoWayWorld extends SyncWorld {
  /** Connects and lets contacts flow both ways, or as `direction` says. */
  connectContacts(direction?: 'bidirectional' | 'to_provider' | 'from_provider'): Promise<string>;
  setDirection(id: string, direction: string): Promise<void>;
  /** As the API does it: noted before it changes, then announced. */
  edit(id: string, contactId: string, change: Record<string, string | null>): Promise<void>;
  create(id: string, values: Record<string, string | null>): Promise<string>;
  archive(id: string, contactId: string): Promise<void>;
  announce(id: string): Promise<void>;
  /** What the integration's workflow shows to operators. */
  detailsOf(id: string): Promise<string>;
  contactOf(id: string, remoteId: string): Promise<LocalRow>;
  remote(remoteId: string): Promise<RemotePerson | undefined>;
  remotes(): Promise<RemotePerson[]>;
  changeRemote(remoteId: string, fields: Record<string, unknown>): Promise<void>;
  removeRemote(remoteId: string): Promise<void>;
  restoreRemote(remoteId: string): Promise<void>;
  /** Until nothing is noted, open or running any more. */
  quiet(id: string): Promise<RunView>;
  runs(id: string): Promise<RunView[]>;
}

const columns: Readonly<Record<string, string>> = {
  firstName: 'first_name',
  lastName: 'last_name',
  jobTitle: 'job_title',
  archivedAt: 'archived_at',
};

export async function startTwoWayWorld(): Promise<TwoWayWorld> {
  const world = await startSyncWorld();
  const { driver, sql } = world;
  const connection = await Connection.connect({ address: world.stack.running.temporalAddress });
  const temporal = new Client({ connection });
  let made = 0;
  const note = (tx: typeof sql, id: string, contactId: string) => tx`
    insert into contact_work (integration_id, kind, key) values (${id}, 'local', ${contactId})
    on conflict (integration_id, kind, key) do update set touched = contact_work.touched + 1, due_at = now()`;
  const change = async (id: string, contactId: string, values: Record<string, string | null>) => {
    await sql.begin(async (begun) => {
      const tx = begun as unknown as typeof sql;
      await note(tx, id, contactId);
      const row = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [columns[name] ?? name, value]),
      );
      await tx`update contacts set ${tx(row)}, version = version + 1, edited_at = now(), updated_at = now()
        where id = ${contactId}`;
    });
  };
  const two: TwoWayWorld = {
    ...world,
    async connectContacts(direction = 'bidirectional') {
      const id = await world.connect('google-contacts');
      await two.setDirection(id, direction);
      return id;
    },
    async setDirection(id, direction) {
      await sql`update integrations set sync_direction = ${direction}, approved_direction = ${direction} where id = ${id}`;
    },
    async edit(id, contactId, values) {
      await change(id, contactId, values);
      await two.announce(id);
    },
    async create(id, values) {
      const contactId = `con_made_${++made}`;
      const row = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [columns[name] ?? name, value]),
      );
      await sql.begin(async (begun) => {
        const tx = begun as unknown as typeof sql;
        await note(tx, id, contactId);
        const [of] = await tx<{ workspace_id: string; user_id: string }[]>`
          select workspace_id, user_id from integrations where id = ${id}`;
        await tx`insert into contacts ${tx({ id: contactId, ...of, ...row, edited_at: new Date() })}`;
      });
      await two.announce(id);
      return contactId;
    },
    async archive(id, contactId) {
      await change(id, contactId, { archivedAt: new Date().toISOString() });
      await two.announce(id);
    },
    async announce(id) {
      await temporal.workflow.getHandle(integrationWorkflowId(id)).signal(contactsEdited);
    },
    async detailsOf(id) {
      const handle = temporal.workflow.getHandle(integrationWorkflowId(id));
      const { currentDetails } = await handle.query<{ currentDetails: string }>(
        '__temporal_workflow_metadata',
      );
      return currentDetails;
    },
    async contactOf(id, remoteId) {
      const [row] = await sql<LocalRow[]>`
        select c.*, c.archived_at as "archivedAt" from contacts c join contact_links l on l.contact_id = c.id
        where l.integration_id = ${id} and l.remote_id = ${remoteId}`;
      if (row === undefined) throw new Error(`nothing is tied to ${remoteId}`);
      return row;
    },
    async remotes() {
      const { data } = await driver.control<{ data: RemotePerson[] }>('GET', `${ada}/contacts?limit=100000`);
      return data;
    },
    async remote(remoteId) {
      return (await two.remotes()).find(({ resourceName }) => resourceName === remoteId);
    },
    async changeRemote(remoteId, fields) {
      await driver.control('PATCH', `${ada}/contacts/${encodeURIComponent(remoteId)}`, fields);
    },
    async removeRemote(remoteId) {
      await driver.control('DELETE', `${ada}/contacts/${encodeURIComponent(remoteId)}`);
    },
    async restoreRemote(remoteId) {
      await driver.control('POST', `${ada}/contacts/${encodeURIComponent(remoteId)}/restore`);
    },
    async quiet(id) {
      await eventually(
        async () => {
          const [row] = await sql<{ open: number }[]>`
            select (select count(*) from contact_work where integration_id = ${id} and due_at <= now())
              + (select count(*) from contact_writes where integration_id = ${id} and due_at <= now()
                and state in ('planned', 'sent'))
              + (select count(*) from runs where integration_id = ${id} and status = 'running') as open`;
          return Number(row?.open);
        },
        (open) => open === 0,
        // The back-offs of one write alone add up to 28 s.
        90_000,
      );
      return driver.settled(id);
    },
    async runs(id) {
      return (await driver.api<{ data: RunView[] }>('GET', `/v1/integrations/${id}/runs`)).data;
    },
    async stop() {
      await connection.close();
      await world.stop();
    },
  };
  return two;
}
