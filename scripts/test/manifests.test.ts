import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly files: readonly string[]
  readonly engines: { readonly node: string }
  readonly type: string
  readonly private?: boolean
  readonly sideEffects: false | readonly string[]
  readonly exports: Record<string, string | Record<string, string>>
  readonly publishConfig: {
    readonly access: string
    readonly exports: Record<string, string | Record<string, string>>
  }
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

const folder = fileURLToPath(new URL('../../packages/', import.meta.url))
const packages = readdirSync(folder)
const read = (file: string) => readFileSync(folder + file, 'utf8')
const manifest = (name: string): Manifest => JSON.parse(read(`${name}/package.json`))

const importsOf = (name: string) =>
  readdirSync(`${folder}${name}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(`${name}/src/${file}`).matchAll(/from '(@sconce\/[^/']+|sconce)/g)])
    .map(([, imported]) => imported)

/** Work that comments name as the source of code, by the word for it. */
const sources = ['fdlibm', 'Boost', 'Cephes', 'SPECFUN', 'LAPACK', 'EISPACK', 'Mersenne Twister']

/** The text of all sources of a package, of its WebAssembly too. */
const sourceText = (name: string): string =>
  ['src', 'assembly']
    .filter((part) => existsSync(`${folder}${name}/${part}`))
    .flatMap((part) =>
      readdirSync(`${folder}${name}/${part}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
        .map((file) => read(`${name}/${part}/${file}`)),
    )
    .join('\n')

describe.each(packages)('%s', (name) => {
  const { dependencies, peerDependencies, exports, publishConfig, ...rest } = manifest(name)

  test('is a package that can be published', () => {
    expect(rest).toMatchObject({
      name: name === 'sconce' ? name : `@sconce/${name}`,
      version: manifest('sconce').version,
      license: 'MIT',
      type: 'module',
    })
    expect(rest.private).toBeUndefined()
    expect(rest.sideEffects).toBeDefined()
    expect(publishConfig.access).toBe('public')
    expect(rest.files).toContain('dist')
    expect(rest.engines).toEqual({ node: '>=20.19' })
    expect(rest.description).toMatch(/^[A-Z].*\.$/)
    expect(rest.keywords).toEqual(expect.arrayContaining(['pytorch', 'tensor']))
    expect(existsSync(`${folder}${name}/README.md`)).toBe(true)
  })

  test('gives notice of the work that its code is derived from', () => {
    const text = sourceText(name)
    // Who compares with another's results, or sets a tolerance by them, derives nothing from it.
    const named = name === 'conformance' ? [] : sources.filter((source) => text.includes(source))
    const file = 'THIRD-PARTY-NOTICES.md'
    const notices = existsSync(`${folder}${name}/${file}`) ? read(`${name}/${file}`) : ''
    expect(named.filter((source) => !notices.includes(source))).toEqual([])
    expect(rest.files.includes(file)).toBe(notices !== '')
  })

  test('publishes what it exports here, without the way to the sources', () => {
    const published = Object.entries(exports).map(([entry, target]) => {
      if (typeof target === 'string') return [entry, target]
      const { '@sconce/source': source, ...built } = target
      expect(existsSync(`${folder}${name}/${source}`), source).toBe(true)
      return [entry, built]
    })
    expect(publishConfig.exports).toEqual(Object.fromEntries(published))
  })

  test('names files that are there as those with side effects', () => {
    // Of a pattern the folder has to be there.
    const sources = (rest.sideEffects || [])
      .filter((file) => file.startsWith('./src/'))
      .map((file) => file.replace(/\/[^/]*\*.*$/, ''))
    expect(sources.filter((file) => !existsSync(`${folder}${name}/${file}`))).toEqual([])
  })

  test('depends on what it imports', () => {
    const declared = Object.keys({ ...dependencies, ...peerDependencies })
    expect([...declared, rest.name]).toEqual(expect.arrayContaining(importsOf(name)))
  })
})
