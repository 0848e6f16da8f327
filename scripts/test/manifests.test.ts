import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly type: string
  readonly private?: boolean
  readonly sideEffects: false | readonly string[]
  readonly exports: Record<string, string | Record<string, string>>
  readonly publishConfig: { readonly exports: Record<string, string | Record<string, string>> }
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
