import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Block, root } from '../pages.ts'
import { withChecks } from './expectations.ts'

/** Below the application, so that what is imported by name is found. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/blocks/', import.meta.url))
const runtime = fileURLToPath(new URL('./check.ts', import.meta.url))

/**
 * Where a block is run: `ts` in Node, `ts browser` in a page, `ts vitest` in a file of tests. A block that is
 * headed by the name of a file (`ts worker.ts`) is that file, beside the page's other blocks. An excerpt of a
 * file (`<!-- from: … -->`) is not run here: it has to be in that file.
 */
export type Place = 'node' | 'browser' | 'vitest' | 'file' | 'excerpt'

/** A block as a module. */
export interface BlockModule {
  readonly block: Block
  /** `README.md:7`, for reports. */
  readonly name: string
  readonly place: Place
  readonly folder: string
  /** The code as it is run. */
  readonly file: string
  /** The code as it is written, for the compiler. */
  readonly source: string
  /** How many expectations are checked. */
  readonly checks: number
}

const isScript = ({ language }: Block): boolean => /^(ts|js|typescript|javascript)$/.test(language)
const fileName = ({ words }: Block): string | undefined => words.find((word) => /\.\w+$/.test(word))

function placeOf(block: Block): Place {
  if (fileName(block) !== undefined) return 'file'
  if (block.from !== undefined) return 'excerpt'
  return block.words.includes('browser')
    ? 'browser'
    : block.words.includes('vitest')
      ? 'vitest'
      : 'node'
}

/** Writes the scripts among the blocks as modules, those of a page into one folder below `name`. */
export function writeModules(blocks: readonly Block[], name: string): BlockModule[] {
  const target = join(cache, name)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }')
  return blocks.filter(isScript).map((block) => writeModule(block, target))
}

function writeModule(block: Block, target: string): BlockModule {
  const { page, line, before, code } = block
  const folder = join(target, page.replace(/\W+/g, '-'))
  mkdirSync(folder, { recursive: true })
  const named = fileName(block)
  const whole = `${before.replaceAll('$root', root.replace(/\/$/, ''))}\n${code}\nexport {}\n`
  const common = { block, name: `${page}:${line}`, place: placeOf(block), folder }
  if (named !== undefined) {
    const file = join(folder, named)
    writeFileSync(file, whole)
    return { ...common, file, source: file, checks: 0 }
  }
  const file = join(folder, `line-${line}.run.ts`)
  const source = join(folder, `line-${line}.ts`)
  const checked = withChecks(whole)
  const head =
    checked.count > 0 ? `import { check as $check } from ${JSON.stringify(runtime)}\n` : ''
  writeFileSync(source, whole)
  writeFileSync(file, head + checked.code)
  return { ...common, file, source, checks: checked.count }
}
