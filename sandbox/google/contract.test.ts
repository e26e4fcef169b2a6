/** The stand-in against Google's own discovery documents: routes, parameters, scopes, and every property that it serves. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../core/clock.ts';
import { Consent } from '../core/consent.ts';
import { DurableState } from '../core/durable-state.ts';
import { Pushes } from '../core/pushes.ts';
import type { RunningSandbox } from '../server.ts';
import { googleModule } from './index.ts';
import { googleSettings } from './settings.ts';
import { signIn, startTestSandbox } from './sign-in.fixture.ts';

interface Schema {
  type?: string;
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  enum?: string[];
}
interface Method {
  id: string;
  httpMethod: string;
  flatPath?: string;
  path: string;
  parameters?: Record<string, { location?: string; required?: boolean }>;
  response?: { $ref: string };
  scopes?: string[];
}
interface Resource {
  methods?: Record<string, Method>;
  resources?: Record<string, Resource>;
}
interface Discovery extends Resource {
  servicePath: string;
  schemas: Record<string, Schema>;
  parameters: Record<string, object>;
}

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts');
const isThere = existsSync(join(folder, 'google.people.v1.discovery.json'));
if (!isThere) console.warn('contract check skipped: no discovery documents beside the checkout');

const allPersonFields =
  'addresses,biographies,birthdays,clientData,emailAddresses,events,externalIds,genders,imClients,interests,locales,locations,memberships,metadata,miscKeywords,names,nicknames,occupations,organizations,phoneNumbers,photos,relations,sipAddresses,skills,urls,userDefined';

const load = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Discovery;

function methodsOf(document: Discovery): (Method & { route: string })[] {
  const walk = (resource: Resource): Method[] => [
    ...Object.values(resource.methods ?? {}),
    ...Object.values(resource.resources ?? {}).flatMap(walk),
  ];
  return walk(document).map((method) => ({
    ...method,
    route: `/${document.servicePath}${method.flatPath ?? method.path}`,
  }));
}

/** Where a value is not what the schema says, in words. */
function mismatches(document: Discovery, schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref !== undefined) return mismatches(document, document.schemas[schema.$ref] ?? {}, value, at);
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${at}: no array`];
    return value.flatMap((item) => mismatches(document, schema.items ?? {}, item, `${at}[]`));
  }
  if (schema.type === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`];
    return Object.entries(value).flatMap(([name, member]) => {
      const known = schema.properties?.[name] ?? schema.additionalProperties;
      return known === undefined
        ? [`${at}.${name}: unknown`]
        : mismatches(document, known, member, `${at}.${name}`);
    });
  }
  if (schema.type === 'integer') return Number.isInteger(value) ? [] : [`${at}: no integer`];
  if (schema.type === 'any' || schema.type === undefined) return [];
  if (typeof value !== schema.type) return [`${at}: ${typeof value} instead of ${schema.type}`];
  return schema.enum !== undefined && !schema.enum.includes(String(value))
    ? [`${at}: ${value} is no value`]
    : [];
}

describe.skipIf(!isThere)('against the discovery documents', () => {
  const people = isThere ? load('google.people.v1.discovery.json') : ({} as Discovery);
  const calendar = isThere ? load('google.calendar.v3.discovery.json') : ({} as Discovery);
  const oauth2 = isThere ? load('google.oauth2.v2.discovery.json') : ({} as Discovery);
  const shape = (route: string) => route.replace(/\{\w+\}/g, '{}');
  let sandbox: RunningSandbox;
  let token: string;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    token = (await signIn(sandbox)).access_token;
  });
  afterAll(() => sandbox?.close());

  it('would notice a property that is unknown or of a wrong type', () => {
    const wrong = { etag: 5, names: [{ firstName: 'A' }], metadata: { objectType: 'CAT' } };
    expect(mismatches(people, { $ref: 'Person' }, wrong, 'person')).toEqual([
      'person.etag: number instead of string',
      'person.names[].firstName: unknown',
      'person.metadata.objectType: CAT is no value',
    ]);
  });

  it('serves no API route that Google does not have', () => {
    const clock = createClock();
    const state = new DurableState(clock);
    const provider = googleModule.create({
      state,
      clock,
      consent: new Consent(state, { mode: 'allow' }),
      pushes: new Pushes(),
      settings: () => googleSettings.parse({}),
      listingSeq: () => 0,
      readSeq: () => 0,
    });
    const live = new Set(
      [people, calendar, oauth2]
        .flatMap(methodsOf)
        .map(({ httpMethod, route }) => `${httpMethod} ${shape(route)}`),
    );
    const unknown = provider.routes
      .map(({ method, path }) => `${method} ${shape(path)}`)
      .filter((route) => /^\w+ (\/calendar\/|\/v1\/(people|contactGroups|otherContacts))/.test(route))
      .filter((route) => !live.has(route));
    expect(unknown).toEqual([]);
  });

  /** A call of one method; checks its parameters and its answer. */
  async function check(document: Discovery, id: string, path: string, body?: object): Promise<never> {
    const method = methodsOf(document).find((one) => one.id === id);
    if (method === undefined) throw new Error(`no method ${id}`);
    const url = new URL(path, sandbox.url);
    const pattern = new RegExp(`^${method.route.replace(/\{\w+\}/g, '[^/]+')}$`);
    expect(url.pathname).toMatch(pattern);
    for (const name of url.searchParams.keys()) expect(Object.keys(method.parameters ?? {})).toContain(name);
    const response = await fetch(url, {
      method: method.httpMethod,
      headers: { Authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect([id, response.ok, text.slice(0, 300)]).toEqual([id, true, expect.anything()]);
    if (method.response === undefined) {
      expect(text).toBe('');
      return undefined as never;
    }
    const answer = JSON.parse(text) as never;
    expect(mismatches(document, { $ref: method.response.$ref }, answer, id)).toEqual([]);
    return answer;
  }

  it('answers People in its schemas', async () => {
    const call = (id: string, path: string, body?: object) => check(people, `people.${id}`, path, body);
    const listed = (await call(
      'people.connections.list',
      `/v1/people/me/connections?personFields=${allPersonFields}&pageSize=1000&requestSyncToken=true`,
    )) as {
      connections: { resourceName: string; etag: string; metadata: object }[];
      nextSyncToken: string;
    };
    const person = {
      names: [{ givenName: 'Ada', familyName: 'B', honorificPrefix: 'Dr.' }],
      nicknames: [{ value: 'A' }],
      emailAddresses: [{ value: 'a@example.org', type: 'homePage' }],
      phoneNumbers: [{ value: '+49 30 1234567', type: 'mobile' }],
      addresses: [{ streetAddress: 'Weg 1', city: 'Berlin', country: 'Germany' }],
      birthdays: [{ date: { month: 2, day: 29 } }],
      biographies: [{ value: 'note' }],
      genders: [{ value: 'female' }],
      organizations: [{ name: 'X', title: 'Y', current: true }],
      clientData: [{ key: 'k', value: 'v' }],
      externalIds: [{ type: 'account', value: '1' }],
      imClients: [{ username: 'a', protocol: 'jabber' }],
      urls: [{ value: 'https://example.org', type: 'blog' }],
    };
    const made = (await call(
      'people.createContact',
      `/v1/people:createContact?personFields=${allPersonFields}`,
      person,
    )) as { resourceName: string };
    const other = listed.connections[0];
    await call(
      'people.updateContact',
      `/v1/${other?.resourceName}:updateContact?updatePersonFields=names&personFields=${allPersonFields}`,
      { ...other, names: person.names },
    );
    await call('people.get', `/v1/${made.resourceName}?personFields=${allPersonFields}`);
    await call('people.get', `/v1/people/me?personFields=${allPersonFields}`);
    await call(
      'people.getBatchGet',
      `/v1/people:batchGet?resourceNames=${made.resourceName}&resourceNames=people/c0&personFields=${allPersonFields}`,
    );
    await call('people.searchContacts', '/v1/people:searchContacts?query=ada&readMask=names');
    await call('people.batchCreateContacts', '/v1/people:batchCreateContacts', {
      contacts: [{ contactPerson: person }],
      readMask: allPersonFields,
    });
    const second = listed.connections[1];
    await call('people.batchUpdateContacts', '/v1/people:batchUpdateContacts', {
      contacts: { [second?.resourceName as string]: second },
      updateMask: 'names',
      readMask: allPersonFields,
    });
    await call('people.deleteContact', `/v1/${made.resourceName}:deleteContact`);
    await call('people.batchDeleteContacts', '/v1/people:batchDeleteContacts', {
      resourceNames: [second?.resourceName],
    });
    await call(
      'people.connections.list',
      `/v1/people/me/connections?personFields=${allPersonFields}&pageSize=1000&requestSyncToken=true&syncToken=${listed.nextSyncToken}`,
    );
  });

  it('answers groups and other contacts in their schemas', async () => {
    const call = (id: string, path: string, body?: object) => check(people, `people.${id}`, path, body);
    const listed = (await call(
      'contactGroups.list',
      '/v1/contactGroups?pageSize=1000&groupFields=clientData,groupType,memberCount,metadata,name',
    )) as { nextSyncToken: string };
    const made = (await call('contactGroups.create', '/v1/contactGroups', {
      contactGroup: { name: 'Contract', clientData: [{ key: 'a', value: 'b' }] },
    })) as { resourceName: string };
    await call('contactGroups.get', `/v1/${made.resourceName}?maxMembers=5&groupFields=clientData,name`);
    await call('contactGroups.get', '/v1/contactGroups/myContacts?maxMembers=5');
    await call(
      'contactGroups.batchGet',
      `/v1/contactGroups:batchGet?resourceNames=${made.resourceName}&resourceNames=contactGroups/none`,
    );
    await call('contactGroups.update', `/v1/${made.resourceName}`, { contactGroup: { name: 'Contracts' } });
    await call('contactGroups.members.modify', `/v1/${made.resourceName}/members:modify`, {
      resourceNamesToAdd: ['people/c0'],
    });
    await call('contactGroups.delete', `/v1/${made.resourceName}?deleteContacts=false`);
    await call(
      'contactGroups.list',
      `/v1/contactGroups?pageSize=1000&groupFields=clientData,groupType,memberCount,metadata,name&syncToken=${listed.nextSyncToken}`,
    );
    const others = (await call(
      'otherContacts.list',
      '/v1/otherContacts?readMask=names,emailAddresses,metadata&requestSyncToken=true',
    )) as { otherContacts: { resourceName: string }[] };
    await call('otherContacts.search', '/v1/otherContacts:search?query=newsletter&readMask=names');
    await call(
      'otherContacts.copyOtherContactToMyContactsGroup',
      `/v1/${others.otherContacts[0]?.resourceName}:copyOtherContactToMyContactsGroup`,
      { copyMask: 'names,emailAddresses' },
    );
  });

  it('answers Calendar in its schemas', async () => {
    const call = (id: string, path: string, body?: object) =>
      check(calendar, `calendar.${id}`, `/calendar/v3/${path}`, body);
    const list = (await call(
      'calendarList.list',
      'users/me/calendarList?showHidden=true&showDeleted=true',
    )) as { items: { id: string }[]; nextSyncToken: string };
    for (const { id } of list.items) {
      const name = encodeURIComponent(id);
      await call('calendarList.get', `users/me/calendarList/${name}`);
      await call('calendars.get', `calendars/${name}`);
      await call('events.list', `calendars/${name}/events?maxResults=2500`);
      await call(
        'events.list',
        `calendars/${name}/events?singleEvents=true&orderBy=startTime&maxResults=2500&timeZone=UTC`,
      );
    }
    const made = (await call('calendars.insert', 'calendars', {
      summary: 'Contract',
      timeZone: 'Asia/Tokyo',
    })) as { id: string };
    const name = encodeURIComponent(made.id);
    await call('calendars.patch', `calendars/${name}`, { description: 'd' });
    await call('calendarList.patch', `users/me/calendarList/${name}`, {
      summaryOverride: 'Mine',
      hidden: true,
    });
    const event = {
      summary: 'S',
      start: { dateTime: '2026-12-01T10:00:00Z', timeZone: 'UTC' },
      end: { dateTime: '2026-12-01T11:00:00Z', timeZone: 'UTC' },
      recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
      extendedProperties: { private: { a: 'b' } },
      attendees: [{ email: 'x@example.org' }],
    };
    const inserted = (await call('events.insert', `calendars/${name}/events`, event)) as { id: string };
    const instances = (await call(
      'events.instances',
      `calendars/${name}/events/${inserted.id}/instances`,
    )) as { items: { id: string }[] };
    await call('events.patch', `calendars/${name}/events/${instances.items[0]?.id}`, { summary: 'T' });
    await call('events.delete', `calendars/${name}/events/${instances.items[1]?.id}`);
    await call('events.update', `calendars/${name}/events/${inserted.id}`, { ...event, summary: 'U' });
    await call('events.get', `calendars/${name}/events/${inserted.id}`);
    await call('events.quickAdd', `calendars/${name}/events/quickAdd?text=Lunch`);
    await call('events.import', `calendars/${name}/events/import`, { ...event, iCalUID: 'i@x' });
    await call('events.list', `calendars/${name}/events?showDeleted=true`);
    const channel = { id: 'contract', type: 'web_hook', address: 'http://127.0.0.1:9/push' };
    const watched = (await call('events.watch', `calendars/${name}/events/watch`, channel)) as {
      resourceId: string;
    };
    await call('channels.stop', 'channels/stop', { id: 'contract', resourceId: watched.resourceId });
    await call('calendarList.watch', 'users/me/calendarList/watch', { ...channel, id: 'contract-list' });
    await call('colors.get', 'colors');
    await call('calendarList.delete', `users/me/calendarList/${name}`);
    await call('calendarList.insert', 'users/me/calendarList', { id: made.id });
    await call('calendars.delete', `calendars/${name}`);
    await call('calendarList.list', `users/me/calendarList?syncToken=${list.nextSyncToken}`);
    await check(oauth2, 'oauth2.userinfo.get', '/oauth2/v2/userinfo');
    await check(oauth2, 'oauth2.tokeninfo', `/oauth2/v2/tokeninfo?access_token=${token}`);
  });
});
