import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicPackages, root } from '../src/packages.ts'
import { run } from '../src/run.ts'

/** A repository with nothing but manifests and changesets. */
const folder = mkdtempSync(join(tmpdir(), 'sconce-versions-'))
afterAll(() => rmSync(folder, { recursive: true }))

const manifests = publicPackages.map((p) => `packages/${p.folder}/package.json`)
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const versions = (): Set<string> => new Set(manifests.map((file) => JSON.parse(read(file)).version))

const changeset = (...args: string[]): Promise<string> =>
  run(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), ...args], folder)

let before: Set<string>

beforeAll(async () => {
  for (const file of [...manifests, 'package.json', 'pnpm-workspace.yaml', '.changeset']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
  before = versions()
  const text = "---\n'@sconce/core': minor\n---\n\nTensors can sing.\n"
  writeFileSync(join(folder, '.changeset/song.md'), text)
  for (const args of ['init -q', 'add .', '-c user.name=a -c user.email=a@b commit -qm a']) {
    await run('git', args.split(' '), folder)
  }
  await changeset('version')
})

describe('changeset version', () => {
  it('gives all packages the same new version, also when one has changed', () => {
    expect(before.size).toBe(1)
    expect(versions().size).toBe(1)
    expect(versions()).not.toEqual(before)
  })

  it('writes changelogs, and uses changesets up', async () => {
    const [version] = versions()
    const log = read('packages/core/CHANGELOG.md')
    expect(log).toContain(`## ${version}\n`)
    expect(log).toContain('Tensors can sing.')
    expect(read('packages/sconce/CHANGELOG.md')).toContain(`@sconce/core@${version}`)
    expect(await run('git', ['status', '--short', '.changeset'], folder)).toContain('song.md')
    expect(() => read('.changeset/song.md')).toThrow()
  })

  it('leaves what packages ask for of each other to the workspace', () => {
    const { dependencies } = JSON.parse(read('packages/sconce/package.json'))
    expect(dependencies['@sconce/core']).toBe('workspace:*')
  })
})
