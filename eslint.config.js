/** The rules of the house (DESIGN §4): which room may import what. Each message says what to do instead. */
import tseslint from 'typescript-eslint';

const ROOMS = ['cli', 'source', 'schema', 'model', 'features', 'plan', 'render', 'write', 'drivers', 'verify', 'faults', 'breaks', 'report', 'engine', 'box', 'embed', 'predict', 'trace', 'graph'];

/** Rooms each room may import; of `types` their types only. */
const MAY = {
  model: { from: [], types: [], pure: true },
  source: { from: ['model'], types: [], pure: true },
  schema: { from: ['model'], types: ['source', 'features'], pure: true },
  render: { from: ['model'], types: [], pure: true },
  features: { from: ['model', 'schema', 'source'], types: [], pure: true },
  plan: { from: ['model', 'schema', 'source', 'features', 'render', 'predict', 'graph'], types: [], pure: true },
  predict: { from: ['model'], types: [], pure: true },
  graph: { from: ['model', 'render'], types: [], pure: true },
  report: { from: ['model', 'schema', 'predict', 'graph'], types: ['trace'], pure: true },
  write: { from: ['model'], types: [] },
  drivers: { from: ['model', 'write', 'engine'], types: [] },
  engine: { from: ['model', 'write', 'drivers'], types: [] },
  box: { from: ['model', 'write', 'drivers', 'engine'], types: [] },
  verify: { from: ['model', 'drivers'], types: ['predict'] },
  faults: { from: ['model', 'drivers'], types: [], pure: true },
  breaks: { from: ['model'], types: [], pure: true },
  trace: { from: ['model', 'predict', 'verify'], types: [], pure: true },
  embed: { from: ['model', 'source', 'plan'], types: [], pure: true },
  cli: { from: ROOMS.filter((room) => room !== 'cli' && room !== 'embed'), types: [] },
};

const INSTEAD = {
  cli: 'Nobody imports cli: pass what you need as an argument, from the command that calls you.',
  write: 'Return a plan ({path, mode, content}) instead; cli hands it to write/.',
  drivers: 'Return a command as data (argv) instead; cli and verify run it through drivers/.',
  engine: 'Take what you need of the engine as an argument.',
  box: 'Take what you need of the box as an argument.',
  embed: 'embed/ is for programs that import labgen; take what is below it.',
  features: 'Move what both need to model/; features are found by the catalogue, not named.',
  plan: 'Plan reads you, not the other way round: move what both need to model/.',
};

const WRITING = ['writeFileSync', 'writeFile', 'appendFileSync', 'appendFile', 'rmSync', 'rm', 'rmdirSync', 'rmdir', 'unlinkSync', 'unlink', 'mkdirSync', 'mkdir', 'mkdtempSync', 'mkdtemp', 'renameSync', 'rename', 'symlinkSync', 'symlink', 'linkSync', 'link', 'chmodSync', 'chmod', 'chownSync', 'chown', 'copyFileSync', 'copyFile', 'cpSync', 'cp', 'createWriteStream', 'openSync', 'open', 'truncateSync', 'utimesSync'];
const PROCESS = 'Only cli/ knows the process: take cwd, env, streams or the clock from the Context, or as an argument.';
const PURE = 'This room is pure (no file system, clock, randomness, network, environment): take the value as an argument.';
const RUN = "Take a RunCommand from drivers/run-command.js; that file alone starts processes.";
const SSH = 'Only drivers/ssh.ts speaks SSH: take a Connections value.';
const FETCH = 'Only drivers/download.ts fetches over the network: take what it yields.';
const WRITE = 'Only write/ changes the disk: call writeAtomic, makeFolder, link, temporaryFolder or remove of write/files.js.';

function imports(room, may, { execa = false, ssh = false, server = false } = {}) {
  const path = (name, message) => ({ name, message });
  const writing = room === 'write' ? [] : ['node:fs', 'fs', 'node:fs/promises', 'fs/promises'].map((name) => ({ name, importNames: [...WRITING, 'default', 'promises'], message: WRITE }));
  return [
    'error',
    {
      paths: [
        ...writing,
        ...['node:process', 'process'].map((name) => path(name, PROCESS)),
        ...(execa ? [] : ['execa', 'node:child_process', 'child_process'].map((name) => path(name, RUN))),
        ...(ssh ? [] : ['node-ssh', 'ssh2'].map((name) => path(name, SSH))),
        ...['node:https', 'https', 'node:http2', 'undici', ...(may.pure || server ? [] : ['node:http', 'http'])].map((name) => path(name, FETCH)),
        ...(may.pure ? ['node:os', 'node:net', 'node:http', 'node:timers/promises', 'node:dns'].map((name) => path(name, PURE)) : []),
      ],
      patterns: [
        ...ROOMS.filter((other) => other !== room && !may.from.includes(other)).map((other) => ({
          regex: `^(\\.\\./)+${other}/`,
          allowTypeImports: may.types.includes(other),
          message: INSTEAD[other] ?? `${room}/ may import ${may.from.join(', ') || 'no other room'} only: move what both need to model/.`,
        })),
        ...(may.pure ? [{ regex: '^(node:)?fs(/promises)?$', message: PURE }] : []),
      ],
    },
  ];
}

/** Dynamic imports pass by no-restricted-imports, so the syntax is looked at too. */
function syntax(room, may, { kill = false, ssh = false } = {}) {
  const dynamic = (pattern, message) => ({ selector: `ImportExpression[source.value=/${pattern}/]`, message });
  return [
    'error',
    ...(ssh ? [] : [dynamic('^(node-ssh|ssh2)$', SSH)]),
    dynamic('^(execa|(node:)?child_process)$', RUN),
    ...(room === 'cli' ? [] : [dynamic('cli\\u002F', INSTEAD.cli)]),
    ...(kill ? [{ selector: 'MemberExpression[object.name="process"]:not([property.name="kill"])', message: `${PROCESS} (process.kill may be used here.)` }] : []),
    ...(may.pure ? [{ selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"], CallExpression[callee.object.name="Date"], NewExpression[callee.name="Date"]', message: PURE }] : []),
  ];
}

const globals = (room, may) => [
  ...(room === 'cli' ? [] : [{ name: 'process', message: PROCESS }]),
  { name: 'fetch', message: may.pure ? PURE : FETCH },
  ...(may.pure ? [{ name: 'setTimeout', message: PURE }] : []),
];

const house = Object.entries(MAY).map(([room, may]) => ({
  files: [`generator/${room}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': imports(room, may),
    'no-restricted-syntax': syntax(room, may),
    'no-restricted-globals': ['error', ...globals(room, may)],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'generator/generated/', 'spec/golden/', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'off' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A leading underscore says that a value is left out on purpose.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // Control characters are what several patterns are about.
      'no-control-regex': 'off',
      // What comes out of YAML is unknown; String() of it is how rules and messages read it.
      '@typescript-eslint/no-base-to-string': 'off',
      // An interface may ask for a promise that one of its makers has at once.
      '@typescript-eslint/require-await': 'off',
      'no-var': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  ...house,
  { files: ['generator/drivers/run-command.ts'], rules: { '@typescript-eslint/no-restricted-imports': imports('drivers', MAY.drivers, { execa: true }), 'no-restricted-globals': 'off', 'no-restricted-syntax': syntax('drivers', MAY.drivers, { kill: true }) } },
  { files: ['generator/drivers/ssh.ts'], rules: { '@typescript-eslint/no-restricted-imports': imports('drivers', MAY.drivers, { ssh: true }), 'no-restricted-syntax': syntax('drivers', MAY.drivers, { ssh: true }) } },
  { files: ['generator/drivers/local-server.ts'], rules: { '@typescript-eslint/no-restricted-imports': imports('drivers', MAY.drivers, { server: true }) } },
  { files: ['generator/drivers/download.ts'], rules: { 'no-restricted-globals': ['error', { name: 'process', message: PROCESS }] } },
  { files: ['generator/cli/bin.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['spec/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // A test reads loose JSON; mocha's describe and it need no awaiting.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
