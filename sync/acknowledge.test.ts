import { expect, it } from 'vitest';
import { basesOfLostCreate, basesOfLostUpdate } from './acknowledge.ts';
import { compileMapping, type FieldBases } from './map-contact.ts';

const mapping = compileMapping([
  { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
  { field: 'notes', path: 'biographies.value', direction: 'both' },
]);
const both = (value: string | null) => ({ local: value, remote: value });
const phones = (...values: string[]) => ({ phoneNumbers: values.map((value) => ({ value })) });
const bases: FieldBases = { phone: both('1'), notes: both('one') };

it.each([
  ['arrived', phones('2'), { phone: both('2') }],
  ['did not arrive', phones('1'), {}],
  ['did not arrive, and a sibling has the value', phones('1', '2'), {}],
  ['arrived, and somebody has changed it since', phones('3'), {}],
])('of an update whose answer was lost it is agreed what %s', (_, person, arrived) => {
  const answer = { ...person, biographies: [{ value: 'elsewhere' }] };
  const update = { mapping, bases, sent: { phone: '2' }, body: phones('2'), answer };
  expect(basesOfLostUpdate(update)).toEqual(arrived);
});

it.each([
  ['arrived', phones('9'), { phone: { ...both(null), besides: ['9'] } }],
  ['did not arrive', phones('1', '9'), {}],
])('of a clear whose answer was lost it is agreed where it %s', (_, answer, arrived) => {
  const clear = { mapping, bases, sent: { phone: null }, body: phones('9'), answer };
  expect(basesOfLostUpdate(clear)).toEqual(arrived);
});

it('what moves up where a clear whose answer was lost arrived is no value of another field', () => {
  const two = compileMapping([
    { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
    { field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
  ]);
  // Beside which 9 has come.
  const known: FieldBases = { phone: both('1'), 'custom.mobile': { ...both(null), besides: ['1'] } };
  const clear = { mapping: two, bases: known, sent: { phone: null }, body: phones('9') };
  const read = (answer: ReturnType<typeof phones>) =>
    two.readPerson(answer, { ...known, ...basesOfLostUpdate({ ...clear, answer }) });
  expect(read(phones('9'))).toEqual({ phone: null, 'custom.mobile': null });
});

it('what a create made is agreed on, and what somebody changed there since is an edit', () => {
  const create = { mapping, bases: {}, sent: { phone: '1', notes: 'one' } };
  const body = { ...phones('1'), biographies: [{ value: 'one' }] };
  const edited = { ...body, biographies: [{ value: 'two' }] };
  for (const answer of [body, edited])
    expect(basesOfLostCreate({ ...create, body, answer })).toEqual({ phone: both('1'), notes: both('one') });
});

it('a field that is mapped elsewhere since its create was sent has no agreement', () => {
  const moved = compileMapping([
    { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
    { field: 'notes', path: 'nicknames.value', direction: 'both' },
  ]);
  const body = { ...phones('1'), biographies: [{ value: 'one' }] };
  const create = { mapping: moved, bases: {}, sent: { phone: '1', notes: 'one' }, body, answer: body };
  expect(basesOfLostCreate(create)).toEqual({ phone: both('1') });
});
