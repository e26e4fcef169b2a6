// Faults to plant in the pure core, one at a time; each must make some test fail. `from` stands in its file exactly once.

export interface Mutant {
  name: string;
  file: string;
  from: string;
  to: string;
}

const mutant = (name: string, file: string, from: string, to: string): Mutant => ({ name, file, from, to });

export const MUTANTS: readonly Mutant[] = [
  mutant('no stale filter', 'observation.ts', 'if (person.metadata?.deleted) return false;', 'return false;'),
  mutant('superseded etags forgotten', 'observation.ts', 'known.supersededEtags.includes(etag)', 'false'),
  mutant('own answer counts as stale', 'observation.ts', 'latestUpdateTime) < 0', 'latestUpdateTime) <= 0'),
  mutant('rename not applied', 'observation.ts', 'if (!isTaken(to)) result.renames.push({ from, to });', ''),
  mutant(
    'blank wins',
    'plan-field.ts',
    "isBlank(local) ? 'provider' : 'harmony'",
    "isBlank(local) ? 'harmony' : 'provider'",
  ),
  mutant(
    'clear is not propagated',
    'plan-field.ts',
    'if (!remoteChanged) return',
    'if (!remoteChanged && !isBlank(local)) return',
  ),
  mutant(
    'clear beats a value',
    'plan-field.ts',
    'nonBlankSide(local, remote) ?? preferredSide(situation)',
    'preferredSide(situation)',
  ),
  mutant(
    'equal values are written again',
    'plan-field.ts',
    "if (sameValue(kind, local, remote)) return { action: 'rebase', rule: 'equal' };",
    '',
  ),
  mutant(
    'one-way destination wins',
    'plan-field.ts',
    "localChanged ? winFor('provider', 'one_way')",
    "localChanged ? winFor('harmony', 'one_way')",
  ),
  mutant(
    'field direction ignored',
    'merge-fields.ts',
    'combineDirections(settings.direction, mapped.direction)',
    'settings.direction',
  ),
  mutant('loser not logged', 'merge-fields.ts', 'if (decision.loser) {', 'if (!decision.action) {'),
  mutant(
    'base advanced before the ack',
    'merge-fields.ts',
    "if (decision.action === 'push') merge.push[field] = local;",
    "if (decision.action === 'push') {\n merge.push[field] = local;\n merge.bases[field] = { local, remote: local };\n}",
  ),
  mutant('the older edit wins', 'merge-fields.ts', '(editedAt, remoteAt) >= 0', '(editedAt, remoteAt) <= 0'),
  mutant(
    'what another account brought is as old as nothing',
    'merge-fields.ts',
    'return isEditedLater || isBroughtLater ?',
    'return isEditedLater ?',
  ),
  mutant(
    'base is what was sent, not the answer',
    'acknowledge.ts',
    'const remote = (isFound ? exact : nearest)[field] ?? null;',
    'const remote = local;',
  ),
  mutant(
    'a sibling moves up into a blank',
    'acknowledge.ts',
    'if (base === undefined || sent[field] !== undefined || !lists.has(path.list)) continue;',
    'continue;',
  ),
  mutant(
    'raw values compared',
    'contact-fields.ts',
    'return a === b || canonicalize(kind, a) === canonicalize(kind, b);',
    'return a === b;',
  ),
  mutant(
    'lens replaces the whole list',
    'lens.ts',
    'const replaced: (PersonElement | undefined)[] = [...elements];',
    'const replaced: (PersonElement | undefined)[] = [];',
  ),
  mutant(
    'clear removes siblings',
    'lens.ts',
    'return replaced.filter((element) => element !== undefined);',
    'return replaced.includes(undefined) ? [] : (replaced as PersonElement[]);',
  ),
  mutant(
    'put drops other subfields',
    'lens.ts',
    '{ ...(element ?? newElement(spec, slot)) }',
    'newElement(spec, slot)',
  ),
  mutant(
    'sibling moves up after a clear',
    'lens.ts',
    'if (besides.length === 0 ||',
    'if (besides.length >= 0 ||',
  ),
  mutant('base does not choose the element', 'lens.ts', 'chooseAgreeing(bases);', ''),
  mutant('what Harmony has does not choose the element', 'lens.ts', 'chooseAgreeing(sought);', ''),
  mutant(
    'unchanged lists are masked',
    'map-contact.ts',
    'return isUnchanged ? undefined : next;',
    'return next;',
  ),
  mutant(
    'dropped etag',
    'plan-contact.ts',
    'metadata: { sources: source ? [source] : [] },',
    "metadata: { sources: [{ type: 'CONTACT' }] },",
  ),
  mutant(
    'creates against the direction',
    'plan-contact.ts',
    'if (!mayPull(settings.direction) || person.resourceName === undefined) return NOTHING;',
    'if (person.resourceName === undefined) return NOTHING;',
  ),
  mutant(
    'delete beats a local edit',
    'plan-contact.ts',
    'if (isLocalEdited(settings, link, local) || isSource || byUs) {',
    'if (isSource || byUs) {',
  ),
  mutant(
    'takes a late delete of ours for a person’s',
    'plan-contact.ts',
    'if (isLocalEdited(settings, link, local) || isSource || byUs) {',
    'if (isLocalEdited(settings, link, local) || isSource) {',
  ),
  mutant(
    'delete beats a remote edit',
    'plan-contact.ts',
    'link.tombstoned || isRemoteEdited(settings, link, { person, local })',
    'link.tombstoned',
  ),
  mutant(
    'a field that is mapped by now brings back whom a person deleted',
    'plan-contact.ts',
    'link.agreed ?? { mapping: settings.mapping, bases: link.bases }',
    '{ mapping: settings.mapping, bases: link.bases }',
  ),
  mutant(
    'a value that never comes here keeps its contact from being deleted',
    'plan-contact.ts',
    'return mayPull(combineDirections(settings.direction, direction));',
    'return true;',
  ),
  mutant(
    'two accounts set each other’s value back',
    'field-sources.ts',
    'if (sources.some(({ isOlder, value }) => isOlder && !isBlank(value))) return true;',
    '',
  ),
  mutant(
    'deletes again what was restored',
    'plan-contact.ts',
    '!local || link.tombstoned || isRemoteEdited',
    '!local || isRemoteEdited',
  ),
  mutant(
    'second create while one is open',
    'plan-contact.ts',
    'if (situation.hasOpenCreate) return NOTHING;',
    '',
  ),
  mutant(
    'compare-and-set of an old version',
    'plan-contact.ts',
    'const expectedVersion = local.version;',
    'const expectedVersion = link.localVersion;',
  ),
  mutant(
    'merge relinked without a doubt',
    'plan-contact.ts',
    'standIns.length === 1 && standIn && !standIn.linked',
    'standIn',
  ),
  mutant(
    'unlink also deletes',
    'plan-contact.ts',
    "return only({ kind: 'unlink', contactId: link.contactId,",
    "return only({ kind: 'delete_remote', contactId: link.contactId,",
  ),
  mutant(
    'made anew of mapped fields alone',
    'plan-contact.ts',
    'person ? planAnew(settings, link, local, person) : recreated',
    'recreated',
  ),
  mutant(
    'made anew with its former marker',
    'former-person.ts',
    "list === 'clientData' && key === MARKER_KEY",
    "list === 'clientData' && key === undefined",
  ),
  mutant('marker ignored', 'person.ts', 'data.key === MARKER_KEY &&', 'data.key === undefined &&'),
  mutant('retried create', 'recover-create.ts', "provesAbsence ? 'resend' : 'wait'", "'resend'"),
  mutant(
    'double kept by order of arrival',
    'recover-create.ts',
    'a.person.resourceName < b.person.resourceName ? -1 : 1',
    '0',
  ),
  mutant(
    'a merged create is adopted',
    'recover-create.ts',
    'carriers.filter(({ merged }) => !merged)',
    '[...carriers]',
  ),
  mutant('incomplete listing proves absence', 'delete-evidence.ts', '!listing.complete ||', ''),
  mutant('absence without a grace', 'delete-evidence.ts', 'absence.lastAliveAtMs + graceMs', '0'),
  mutant(
    'absence without a 404',
    'delete-evidence.ts',
    'notFoundAtMs !== undefined && notFoundAtMs >= settledAtMs',
    'notFoundAtMs !== 0',
  ),
  mutant('breaker off', 'breaker.ts', 'return deletes > limit', 'return links < 0'),
  mutant('empty remote passes the breaker', 'breaker.ts', 'listing.contacts === 0', 'listing.contacts < 0'),
  mutant(
    'first match links',
    'match-contacts.ts',
    'partners.size === 1 && partnersOfRemote',
    'partnersOfRemote',
  ),
  mutant('stale plan has the same digest', 'plan-summary.ts', "effects.toSorted().join('')", "''"),
  mutant('mapping change keeps the bases', 'change-mapping.ts', 'delete kept[field];', ''),
  mutant('refused etag sent again', 'recover-stale-version.ts', ' && !refusedEtags.includes(etag)', ''),
];
