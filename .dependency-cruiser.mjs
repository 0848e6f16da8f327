/**
 * Which package may import which: the arrows of the design. Tests are free to import what they like.
 * `types` are packages of which only the types may be used.
 */
const arrows = {
  backend: {},
  core: { imports: ['backend'] },
  autograd: { imports: ['core', 'backend'] },
  nn: { imports: ['core', 'autograd'] },
  optim: { imports: ['core', 'autograd'] },
  data: { imports: ['core'], types: ['nn'] },
  io: { imports: ['core', 'backend'], types: ['nn'] },
  'backend-cpu': { imports: ['backend'] },
  'backend-wasm': { imports: ['backend'] },
  'backend-webgl': { imports: ['backend'] },
  conformance: { imports: ['core', 'autograd', 'backend', 'nn', 'optim'] },
}

const source = (name) => `(^|/)packages/${name}/src/`

/** A package as an import finds it (a path) and, where nothing is found, as it is written (a name). */
const found = (name) => `(^|/)packages/${name}/|^@sconce/${name}(/|$)`
const somePackage = `${found('[^/]+')}|^sconce(/|$)`

const arrowRules = Object.entries(arrows).flatMap(([name, { imports = [], types = [] }]) => {
  const allowed = [name, ...imports, ...types].map(found)
  const list = (names) => names.join(', ') || 'no other package'
  const rules = [
    {
      name: `${name}-imports-only`,
      comment: `@sconce/${name} may import ${list(imports)}${types.length ? ` (and types of ${list(types)})` : ''}.`,
      severity: 'error',
      from: { path: source(name) },
      to: { path: somePackage, pathNot: allowed },
    },
  ]
  if (types.length > 0) {
    rules.push({
      name: `${name}-imports-only-types`,
      comment: `@sconce/${name} may import nothing but types of ${list(types)}.`,
      severity: 'error',
      from: { path: source(name) },
      to: { path: types.map(found), dependencyTypesNot: ['type-only'] },
    })
  }
  return rules
})

/** @type {import('dependency-cruiser').IRegularForbiddenRuleType[]} */
const forbidden = [
  ...arrowRules,
  {
    name: 'packages-in-the-table',
    comment: 'A package without a row in the table of arrows is bound by no rule: give it one.',
    severity: 'error',
    from: { path: source('[^/]+'), pathNot: [...Object.keys(arrows), 'sconce'].map(source) },
    to: { path: '.' },
  },
  {
    name: 'libraries-import-no-application',
    comment: 'The library stands below its applications and examples.',
    severity: 'error',
    from: { path: source('[^/]+') },
    to: { path: '(^|/)(apps|examples)/|^@sconce/app-' },
  },
  {
    name: 'examples-stand-outside',
    comment: "A backend written outside knows nothing but @sconce/backend's public entry.",
    severity: 'error',
    from: { path: '(^|/)examples/[^/]+/src/' },
    to: { path: somePackage, pathNot: found('backend') },
  },
  {
    name: 'by-name-only',
    comment: 'Another package is imported by its name, so that its `exports` are its only surface.',
    severity: 'error',
    from: { path: '(?:^|/)(packages|apps|examples)/([^/]+)/src/' },
    to: {
      path: '(^|/)(packages|apps|examples)/[^/]+/',
      pathNot: '(^|/)$1/$2/',
      dependencyTypes: ['local'],
    },
  },
  {
    name: 'declared-in-package-json',
    comment: "What is imported must be a dependency in the package's own package.json.",
    severity: 'error',
    from: { path: '(^|/)(packages|examples)/[^/]+/src/' },
    to: {
      dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
      // What a user brings along, such as vitest, is there for our own tests too.
      dependencyTypesNot: ['npm-peer'],
    },
  },
  {
    name: 'resolvable',
    comment: 'The imported module is not there.',
    severity: 'error',
    from: { path: '(^|/)(packages|apps|examples)/[^/]+/src/' },
    // A package of types alone has nothing to be found.
    to: { couldNotResolve: true, pathNot: '^@webgpu/types$' },
  },
]

export default {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@sconce/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
