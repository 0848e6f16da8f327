import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config from '../../.dependency-cruiser.mjs'

/** What each package may import: the table of the design, written a second time to check the rule. */
const table: Record<string, readonly string[]> = {
  backend: [],
  core: ['backend'],
  autograd: ['backend', 'core'],
  nn: ['core', 'autograd'],
  optim: ['core', 'autograd'],
  data: ['core'],
  io: ['backend', 'core'],
  'backend-cpu': ['backend'],
  'backend-wasm': ['backend'],
  'backend-webgl': ['backend'],
  conformance: ['backend', 'core', 'autograd', 'nn', 'optim'],
  sconce: [
    ...['backend', 'core', 'autograd', 'nn', 'optim', 'data', 'io'],
    ...['backend-cpu', 'backend-wasm', 'backend-webgl', 'conformance'],
  ],
}
const packages = Object.keys(table)
const named = (name: string) => (name === 'sconce' ? name : `@sconce/${name}`)

/** A repository in which every package imports every other one, in every way. */
const files = new Map<string, string>()
for (const from of packages) {
  const exports = { '.': './src/index.ts' }
  files.set(`packages/${from}/package.json`, JSON.stringify({ name: named(from), exports }))
  files.set(`packages/${from}/src/index.ts`, 'export const x = 1\nexport type X = number\n')
  for (const to of packages) {
    const file = `packages/${from}/src/${to}`
    files.set(`${file}.value.ts`, `import { x } from '${named(to)}'\nexport const y = x\n`)
    files.set(`${file}.type.ts`, `import type { X } from '${named(to)}'\nexport type Y = X\n`)
    files.set(`${file}.file.ts`, `export * from '../../${to}/src/index.ts'\n`)
  }
}
files.set('packages/newcomer/src/index.ts', `export * from '@sconce/core'\n`)
files.set('packages/core/src/app.ts', `export * from '@sconce/app-bench'\n`)
files.set('packages/core/src/nowhere.ts', `export * from './nothing.ts'\n`)
files.set('packages/core/test/any.test.ts', `import '../../backend-cpu/src/index.ts'\n`)
files.set('examples/outsider/src/index.ts', `export * from '@sconce/backend'\n`)
files.set('examples/outsider/src/core.ts', `export * from '@sconce/core'\n`)
files.set('apps/demo/src/main.ts', `import 'sconce'\nimport '@sconce/backend-wasm'\n`)

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'arrows-')))
const broken = new Map<string, string[]>()

beforeAll(async () => {
  const make = (file: string) => mkdirSync(dirname(join(folder, file)), { recursive: true })
  for (const [file, text] of files) {
    make(file)
    writeFileSync(join(folder, file), text)
  }
  for (const name of packages) {
    const link = `node_modules/${named(name)}`
    make(link)
    symlinkSync(join(folder, 'packages', name), join(folder, link))
  }
  const { output } = await cruise(['packages', 'examples', 'apps'], {
    ...config.options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  })
  for (const { from, rule } of (output as ICruiseResult).summary.violations) {
    broken.set(from, [...(broken.get(from) ?? []), rule.name])
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The rules that a file of the repository above breaks. */
const rules = (file: string) => {
  expect(files.has(file), `${file} is in the repository`).toBe(true)
  return broken.get(file) ?? []
}

describe.each(packages)('%s', (from) => {
  const others = packages.filter((to) => to !== from)
  const allowed = (how: string) =>
    others.filter((to) => rules(`packages/${from}/src/${to}.${how}.ts`).length === 0)
  const types = from === 'data' || from === 'io' ? ['nn'] : []

  test('may import only what the design says', () => {
    expect(new Set(allowed('value'))).toEqual(new Set(table[from]))
  })

  test('may import only the types of what the design says', () => {
    expect(new Set(allowed('type'))).toEqual(new Set([...table[from], ...types]))
  })

  test('may import no file of another package', () => {
    for (const to of others) {
      expect(rules(`packages/${from}/src/${to}.file.ts`)).toContain('by-name-only')
    }
  })
})

test('a broken rule says which', () => {
  expect(rules('packages/core/src/autograd.value.ts')).toEqual(['core-imports-only'])
  expect(rules('packages/backend/src/core.type.ts')).toEqual(['backend-imports-only'])
  expect(rules('packages/nn/src/backend-cpu.value.ts')).toEqual(['nn-imports-only'])
  expect(rules('packages/io/src/nn.value.ts')).toEqual(['io-imports-only-types'])
})

test('a package without a row in the table is refused', () => {
  expect(rules('packages/newcomer/src/index.ts')).toEqual(['packages-in-the-table'])
})

test('a package imports no application and nothing that is not there', () => {
  expect(rules('packages/core/src/app.ts')).toContain('libraries-import-no-application')
  expect(rules('packages/core/src/nowhere.ts')).toEqual(['resolvable'])
})

test('tests and applications import what they like', () => {
  expect(rules('packages/core/test/any.test.ts')).toEqual([])
  expect(rules('apps/demo/src/main.ts')).toEqual([])
})

test('an example imports nothing but the contract', () => {
  expect(rules('examples/outsider/src/index.ts')).toEqual([])
  expect(rules('examples/outsider/src/core.ts')).toEqual(['examples-stand-outside'])
})
