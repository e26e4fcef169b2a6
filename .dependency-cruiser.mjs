// The import rules of the tree: which folder may know which. `npm run check` enforces them.
// Each rule is an allow-list, so a folder that is not named for another is forbidden to it.

const tests = String.raw`\.test\.tsx?$|^tests/|/fixtures/`;
/** What workflows are told and how their ids are built: plain data, no workflow code. */
const messages = '^workflows/(messages|start-options)[.]ts$';
/** What is imported from one of these npm packages. */
const packages = (...names) => `^node_modules/(${names.join('|')})/`;
const ownFolders =
  '^(activities|api|bench|db|dev|platform|providers|sandbox|sync|tests|web|worker|workflows)/';

/** Files of `from` may import, of the project's own folders, only these. */
const mayImportOnly = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: ownFolders, pathNot: allowed },
});

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle has no order in which to read it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    mayImportOnly(
      'platform-is-a-leaf',
      '^platform/',
      ['^platform/'],
      'Configuration, logging and connections know nothing of Harmony.',
    ),
    mayImportOnly(
      'db-is-a-leaf',
      '^db/',
      ['^db/', '^platform/', '^providers/contract/'],
      'The database knows its rows, not who uses them.',
    ),
    {
      name: 'db-knows-the-contract-by-type',
      comment: 'Rows may carry the words of the contract; its code stays out of the database.',
      severity: 'error',
      from: { path: '^db/', pathNot: tests },
      to: { path: '^providers/', dependencyTypesNot: ['type-only'] },
    },
    mayImportOnly('sync-is-a-leaf', '^sync/', ['^sync/'], 'The core is pure: data in, data out.'),
    mayImportOnly(
      'contract-is-a-leaf',
      '^providers/contract/',
      ['^providers/contract/'],
      'Adapters and their users meet in the contract.',
    ),
    mayImportOnly(
      'registry-knows-the-adapters',
      '^providers/[^/]+[.]ts$',
      ['^providers/'],
      'One line per provider.',
    ),
    mayImportOnly(
      'adapter-knows-its-contract',
      '^providers/(?!contract/|google-)([^/]+)/',
      ['^providers/contract/', '^providers/oauth/', '^providers/$1/'],
      'An adapter never knows db, Temporal or a sibling; all share the OAuth flow.',
    ),
    mayImportOnly(
      'google-products-share-google',
      '^providers/(google-[^/]+)/',
      ['^providers/contract/', '^providers/oauth/', '^providers/$1/', '^providers/google/'],
      'The Google products share the folder google, and never know one another.',
    ),
    {
      name: 'adapters-and-core-without-engine-or-database',
      comment: 'Plain data crosses: whoever calls them brings retries, rows and transactions.',
      severity: 'error',
      from: { path: '^(providers|sync)/', pathNot: tests },
      to: { path: packages('@temporalio/[^/]+', 'drizzle-orm', 'postgres') },
    },
    {
      name: 'sql-stays-in-db',
      comment:
        'Queries stand in db/queries. The two that are named write none that names a table: a setting of a commit, and the probe of /readyz.',
      severity: 'error',
      from: {
        path: '^(activities|api|platform|web|worker|workflows)/',
        pathNot: [tests, '^activities/sync/commit-page[.]ts$', '^api/routes/operations/health[.]ts$'],
      },
      to: { path: packages('drizzle-orm', 'postgres'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-registry-knows-adapters',
      comment: 'A provider is one folder plus one line in the registry.',
      severity: 'error',
      from: { path: ownFolders, pathNot: [tests, '^providers/'] },
      to: { path: '^providers/(?!contract/)[^/]+/' },
    },
    mayImportOnly(
      'activities-know-db-sync-providers',
      '^activities/',
      ['^activities/', '^db/', '^sync/', '^providers/', '^platform/', messages],
      'All I/O, and nothing that starts it.',
    ),
    mayImportOnly(
      'workflows-know-themselves',
      '^workflows/',
      ['^workflows/', '^activities/'],
      'Orchestration only.',
    ),
    {
      name: 'workflows-know-activities-by-type',
      comment: 'A workflow that imports an activity for real would run its I/O inside the sandbox.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-without-node',
      comment: 'Workflow code is replayed: no Node built-ins.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    mayImportOnly(
      'api-knows-db-core-registry-messages',
      '^api/',
      ['^api/', '^db/', '^sync/', '^platform/', '^providers/[^/]+[.]ts$', '^providers/contract/', messages],
      'The API starts workflows by their messages and never runs their code; it asks the pure core what mappings would do.',
    ),
    mayImportOnly('api-contract-is-pure', '^api/contract/', ['^api/contract/'], 'Web and tools read it.'),
    mayImportOnly(
      'web-knows-the-api-contract',
      '^web/',
      ['^web/', '^api/contract/'],
      'The page speaks HTTP only.',
    ),
    mayImportOnly(
      'sandbox-stands-alone',
      '^sandbox/',
      ['^sandbox/'],
      'A stand-in that shared code with the adapters would share their mistakes.',
    ),
    {
      name: 'nobody-imports-the-programs',
      comment: 'They are started, not imported; the bench drives a stack of its own.',
      severity: 'error',
      from: { path: ownFolders, pathNot: [tests, '^(worker|sandbox|dev|bench)/'] },
      to: { path: '^(worker|sandbox|dev)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|migrations)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
