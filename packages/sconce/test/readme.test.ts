import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Inside the package, so that imports by name are found. */
const folder = mkdtempSync(join(root, 'packages/sconce/test/readme-'))

afterAll(() => rmSync(folder, { recursive: true }))

const pages = ['README.md', ...['core', 'sconce'].map((name) => `packages/${name}/README.md`)]

/** The TypeScript blocks of the pages. */
const blocks = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    (match, i) => [`${relative('.', page)} ${i + 1}`, match[1]] as const,
  ),
)

/** `expression // value` becomes a check, where the value is plain data. */
const withChecks = (code: string): string =>
  code.replace(
    /^(?!const |\s)(.+?) +\/\/ (true|'[^']*'|\[[^…\n]*\])$/gm,
    (_, expression: string, value: string) => `check(${expression}, ${value})`,
  )

describe('code in the READMEs', () => {
  it('is there', () => expect(blocks.length).toBeGreaterThan(3))

  it.each(blocks)('%s runs, and gives what it says', (name, code) => {
    const file = join(folder, `${name.replace(/\W+/g, '-')}.ts`)
    const lines = ["import { deepStrictEqual } from 'node:assert'", 'const check = deepStrictEqual']
    writeFileSync(file, [...lines, 'void check', withChecks(code)].join('\n'))
    execFileSync(process.execPath, ['--conditions=@sconce/source', '--import', 'tsx', file], {
      cwd: root,
    })
  })
})
