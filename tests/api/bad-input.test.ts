/** Input that is wrong, tried on every route of the document: the problem names what is wrong, and no row changes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../api/contract/problem.ts';
import { encodeCursor, markCursor, markOfList } from '../../api/paging.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { type Control, openControl } from '../providers/control.ts';
import { beginSignIn, eventually, openBrowser, readMessage } from './browser.ts';
import type { Answer } from './client.ts';
import { fillRequest, nameIds, type Operation, readOperations } from './fill-request.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

/** One checksum per table, over all of its rows. */
async function checksums({ database: { sql } }: ApiWorld): Promise<Record<string, unknown>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await sql`
      select count(*)::int as rows, md5(string_agg(md5(t::text), '' order by md5(t::text))) as hash
      from ${sql(name)} t`;
    found[name] = row;
  }
  return found;
}

function readProblem(answer: Answer, of: string) {
  expect(answer.headers.get('content-type'), `${of} ${answer.text}`).toContain('application/problem+json');
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
  return problem.parse(answer.body);
}

describe('on every route', () => {
  let world: ApiWorld;
  // biome-ignore lint/suspicious/noExplicitAny: the OpenAPI document, as it comes
  let document: any;
  let operations: readonly Operation[];
  /** A known id of everything, of an integration that has what the route is about. */
  let known: Readonly<
    Record<'google-contacts' | 'linear' | 'google-calendar', Readonly<Record<string, string>>>
  >;

  beforeAll(async () => {
    world = await openApiWorld({ parts: 'api', env: { HARMONY_RATE_LIMIT_PER_MINUTE: '100000' } });
    document = (await world.stranger.get('/openapi.json')).body;
    operations = readOperations(document).filter(({ access }) => access !== 'none');
    const idsAt = async (provider: string) =>
      nameIds(await seedIntegration(world.database.db, world.ada, { provider }), world.ada.userId);
    known = {
      'google-contacts': await idsAt('google-contacts'),
      linear: await idsAt('linear'),
      'google-calendar': await idsAt('google-calendar'),
    };
  });
  afterAll(() => world.close());

  function fill(operation: Operation) {
    const { path } = operation;
    const isContacts = /contact|mapping|plan|conflict/.test(path);
    const ids =
      known[isContacts ? 'google-contacts' : /task|users/.test(path) ? 'linear' : 'google-calendar'];
    return fillRequest(document, operation, ids);
  }

  const send = ({ method }: Operation, path: string, body: unknown): Promise<Answer> =>
    world.ada.asUser.send(method, path, body === undefined ? {} : { body });

  async function unchanged(tries: () => Promise<number>): Promise<void> {
    const before = await checksums(world);
    expect(await tries()).toBeGreaterThan(20);
    expect(await checksums(world)).toEqual(before);
  }

  it('refuses unknown fields of a body, also where none is taken', () =>
    unchanged(async () => {
      const taking = operations.filter(({ method }) => method !== 'GET');
      for (const operation of taking) {
        const { path, body } = fill(operation);
        const answer = await send(operation, path, { ...(body as object | undefined), unknownField: 1 });
        const { status, code, errors } = readProblem(answer, `${operation.method} ${path}`);
        expect({ of: path, status, code }).toMatchObject({ status: 400, code: 'invalid_request' });
        expect(errors?.map((error) => error.path)).toContain('unknownField');
      }
      return taking.length;
    }));

  it('refuses unknown parameters', () =>
    unchanged(async () => {
      for (const operation of operations) {
        const { path, body } = fill(operation);
        const answer = await send(operation, `${path}${path.includes('?') ? '&' : '?'}unknownField=1`, body);
        const { status, errors } = readProblem(answer, `${operation.method} ${path}`);
        expect({ of: path, status }).toMatchObject({ status: 400 });
        expect(errors?.map((error) => error.path)).toContain('unknownField');
      }
      return operations.length;
    }));

  it('refuses every field of a wrong type, and names it', () =>
    unchanged(async () => {
      let tried = 0;
      for (const operation of operations) {
        for (const [field, wrong] of wrongValues(document, operation.body)) {
          const { path, body } = fill(operation);
          const answer = await send(operation, path, { ...(body as object | undefined), [field]: wrong });
          const of = `${operation.method} ${path} ${field}`;
          const { status, code, errors } = readProblem(answer, of);
          expect({ of, status, code }).toMatchObject({ status: 400, code: 'invalid_request' });
          expect(errors?.map((error) => error.path.split('.')[0])).toContain(field);
          tried += 1;
        }
      }
      return tried;
    }));

  it('refuses text that can not be stored in every field and parameter, and names it', () =>
    unchanged(async () => {
      let tried = 0;
      const refuses = async (operation: Operation, sent: { path: string; body: unknown }, field: string) => {
        const of = `${operation.method} ${sent.path} ${field}`;
        const { status, code, errors } = readProblem(await send(operation, sent.path, sent.body), of);
        expect({ of, status, code }).toMatchObject({ status: 400, code: 'invalid_request' });
        // A parameter may be taken for a list, and its text for the first of it.
        expect(errors?.map(({ path }) => path.replace(/[.]0$/, ''))).toContain(field);
        tried += 1;
      };
      for (const text of ['a\0b', 'a\ud800b']) {
        for (const operation of operations) {
          const { path, body } = fill(operation);
          for (const field of textFields(document, operation.body))
            await refuses(operation, { path, body: { ...(body as object), [field]: text } }, field);
          // A query string has no form for half of a pair.
          if (!text.isWellFormed()) continue;
          for (const { in: place, name } of operation.parameters.filter(({ schema }) => isText(schema))) {
            if (place !== 'query' || name === 'cursor') continue;
            const url = new URL(path, 'http://harmony.test');
            url.searchParams.set(name, text);
            await refuses(operation, { path: url.pathname + url.search, body }, name);
          }
        }
        const contacts = known['google-contacts'];
        const nested = [
          ['POST', '/v1/contacts', { customFields: { own: text } }, 'customFields.own'],
          [
            'POST',
            '/v1/contacts',
            JSON.parse('{"notes":"x","customFields":{"__proto__":"x"}}'),
            'customFields.__proto__',
          ],
          [
            ...['PUT', `/v1/integrations/${contacts.integrations}/field-mappings`],
            { data: [{ field: 'notes', path: `urls[type=${text}].value`, direction: 'both' }] },
            'data.0.path',
          ],
          [
            ...['POST', `/v1/integrations/${contacts.integrations}/plans/${contacts.planId}/apply`],
            { decisions: [{ contactId: null, remoteId: text }] },
            'decisions.0.remoteId',
          ],
        ] as [string, string, unknown, string][];
        for (const [method, path, body, field] of nested)
          await refuses({ method } as Operation, { path, body }, field);
      }
      return tried;
    }));

  it('takes a cursor with text that can not be stored for none of its own', async () => {
    const position = { taskCount: 1, remoteId: 'a\0b' };
    const id = known.linear.integrations;
    const cursor = markCursor(markOfList('/v1/integrations/{id}/users', { id }, {}), encodeCursor(position));
    const path = `/v1/integrations/${id}/users?cursor=${cursor}`;
    const answer = await world.ada.asUser.get(path);
    expect(readProblem(answer, path)).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });

  it('takes limit and cursor wherever it answers pages', () => {
    const named = (name: string) => document.components.schemas[name.replace('#/components/schemas/', '')];
    const isList = ({ path }: Operation) => {
      const schema = document.paths[path].get.responses['200']?.content?.['application/json']?.schema;
      const { properties = {} } = schema?.$ref === undefined ? (schema ?? {}) : named(schema.$ref);
      return 'nextCursor' in properties;
    };
    const lists = operations.filter(({ method }) => method === 'GET').filter(isList);
    expect(lists.length).toBeGreaterThan(15);
    for (const { path, parameters } of lists) {
      const taken = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
      expect(taken, path).toEqual(expect.arrayContaining(['limit', 'cursor']));
    }
  });

  it('takes no cursor of another list, nor one of other filters', async () => {
    const { nextCursor } = (await world.ada.asUser.get('/v1/contacts?limit=1')).body;
    const takesCursor = ({ parameters }: Operation) => parameters.some(({ name }) => name === 'cursor');
    const lists = operations.filter(takesCursor);
    expect(lists.length).toBeGreaterThan(15);
    for (const list of lists) {
      const { pathname } = new URL(fill(list).path, 'http://of.no.matter');
      // Its own list, with another filter.
      const filter =
        list.path === '/v1/contacts' ? 'archived=true&' : list.path === '/v1/search' ? 'q=tea&' : '';
      const path = `${pathname}?${filter}cursor=${nextCursor}`;
      const answer = await (list.access === 'key' ? world.ada.asWorkspace : world.ada.asUser).get(path);
      expect(readProblem(answer, path), path).toMatchObject({ status: 400, code: 'invalid_cursor' });
    }
    const own = await world.ada.asUser.get(`/v1/contacts?limit=2&archived=false&cursor=${nextCursor}`);
    expect(own.status, own.text).toBe(200);
    expect(own.body.data.length).toBeGreaterThan(0);
  });

  it('answers 404 to ids that nothing has', () =>
    unchanged(async () => {
      const naming = operations.filter(({ path }) => path.includes('{'));
      for (const operation of naming) {
        const { body } = fill(operation);
        const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name) =>
          name === 'version' ? '1' : 'int_nothing',
        );
        const answer = await send(operation, path, body);
        const { status, code } = readProblem(answer, `${operation.method} ${path}`);
        expect({ of: path, status, code }).toMatchObject({ status: 404, code: 'not_found' });
      }
      return naming.length;
    }));

  it('refuses intervals below a minute, above a week and between two seconds', async () => {
    const before = await checksums(world);
    const path = `/v1/integrations/${known['google-calendar'].integrations}`;
    for (const intervalSeconds of [5, 59, 0, -300, 604_801, 60.5, 1e300, '300', null]) {
      const answer = await world.ada.asUser.patch(path, { body: { intervalSeconds } });
      const { status, errors } = readProblem(answer, `${intervalSeconds}`);
      expect({ intervalSeconds, status, path: errors?.[0]?.path }).toEqual({
        ...{ intervalSeconds, status: 400, path: 'intervalSeconds' },
      });
    }
    expect(await checksums(world)).toEqual(before);
  });
});

/** For each field of a body a value that its schema can't take, whatever it is. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON schema, as the document has it
function wrongValues(document: any, schema: any): [string, unknown][] {
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  const resolve = (of: any): any =>
    of?.$ref === undefined ? of : resolve(document.components.schemas[of.$ref.split('/').pop()]);
  const resolved = resolve(schema);
  return Object.entries(resolved?.properties ?? {}).map(([field, of]) => {
    const text = JSON.stringify(resolve(of));
    return [field, text.includes('"type":"object"') || text.includes('$ref') ? 7 : { wrong: true }];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema, as the document has it
const isText = (schema: any): boolean =>
  schema.anyOf === undefined ? [schema.type].flat().includes('string') : schema.anyOf.some(isText);

/** The fields of a body that take text. */
// biome-ignore lint/suspicious/noExplicitAny: likewise
function textFields(document: any, schema: any): string[] {
  const name = schema?.$ref?.split('/').pop();
  const { properties = {} } = (name === undefined ? schema : document.components.schemas[name]) ?? {};
  return Object.keys(properties).filter((field) => isText(properties[field]));
}

describe('a sign-in', () => {
  let world: ApiWorld;
  let control: Control;

  beforeAll(async () => {
    world = await openApiWorld({ parts: 'whole' });
    control = openControl(world.sandboxUrl);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await control.send('POST', '/reset', { seed: 3, contacts: 10, calendars: 1, eventsPerCalendar: 2 });
    await control.send('POST', '/consent', { mode: 'allow' });
  });

  /** Nothing is under way any more: twice the same in a row. */
  async function quietRows(): Promise<Record<string, unknown>> {
    for (let last = ''; ; ) {
      const found = await checksums(world);
      if (JSON.stringify(found) === last) return found;
      last = JSON.stringify(found);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  }

  /** Waits until it is gone for good, so that nothing of it changes in the next test. */
  const forget = async (id: string) => {
    expect((await world.ada.asUser.delete(`/v1/integrations/${id}`)).status).toBe(202);
    await vi.waitUntil(async () => (await findIntegration(world.database.db, id)) === undefined, {
      timeout: 20_000,
    });
  };

  it('with a forged, a repeated or a stranger’s state changes no row, and its page says how to begin again', async () => {
    const begun = await beginSignIn(world);
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    const refused = async (open: () => Promise<Answer>) => {
      const before = await quietRows();
      const page = await open();
      expect(page.status).toBe(400);
      expect(page.text).toContain('press Connect (or Re-authenticate) again');
      expect(readMessage(page)).toBeUndefined();
      expect(await quietRows()).toEqual(before);
    };
    const forged = new URL(callback);
    forged.searchParams.set('state', 'f'.repeat(43));
    await refused(() => browser.open(forged.href));
    await refused(() => openBrowser(world).open(callback));
    await refused(() => browser.open(`${callback}&iss=https%3A%2F%2Fevil.example`));
    expect(readMessage(await browser.open(callback))).toMatchObject({ ok: true });
    await eventually(begun.get, ({ body }) => body.lastRun?.status === 'succeeded');
    await refused(() => browser.open(callback));
    const denied = new URL(callback);
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    await refused(() => browser.open(denied.href));
    expect((await begun.get()).body).toMatchObject({ phase: 'active' });
    await forget(begun.id);
  });

  it('that the person declines changes nothing but what the card says', async () => {
    await control.send('POST', '/consent', { mode: 'deny' });
    const begun = await beginSignIn(world);
    const browser = openBrowser(world);
    const callback = await browser.consent(begun.url);
    expect(new URL(callback).searchParams.get('error')).toBe('access_denied');
    const before = await quietRows();
    const page = await browser.open(callback);
    expect(page.text).toContain('declined');
    expect(page.text).toContain('Press Connect again and allow access');
    const after = await quietRows();
    const changed = Object.keys(after).filter(
      (name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]),
    );
    expect(changed.sort()).toEqual(['integration_events', 'integrations', 'oauth_attempts']);
    const { body } = await begun.get();
    expect(body).toMatchObject({ phase: 'connecting', account: null, attention: { code: 'access_denied' } });
    await forget(begun.id);
  });

  it('with a permission left out reads nothing, and page and card name it', async () => {
    const granted = ['openid', 'https://www.googleapis.com/auth/userinfo.email'];
    await control.send('POST', '/consent', { mode: 'allow', grantedScopes: granted });
    const begun = await beginSignIn(world);
    const browser = openBrowser(world);
    const page = await browser.open(await browser.consent(begun.url));
    expect(readMessage(page)).toMatchObject({ ok: false, code: 'missing_scope' });
    for (const text of ['read your contacts', 'leave every box on the consent page ticked'])
      expect(page.text).toContain(text);
    const { body } = await begun.get();
    expect(body).toMatchObject({ phase: 'needs_reauth', attention: { code: 'missing_scope' } });
    expect(body.attention.remedy).toContain('Re-authenticate');
    const sync = await world.ada.asUser.post(`/v1/integrations/${begun.id}/sync`, { body: { mode: 'full' } });
    expect(readProblem(sync, 'sync')).toMatchObject({ status: 409, code: 'reauth_required' });
    expect(await world.database.sql`select 1 from contacts`).toHaveLength(0);
    await forget(begun.id);
  });
});
