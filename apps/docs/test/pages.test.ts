import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { wrongCommand } from '../src/commands.ts'
import { anchorsIn, brokenLinks, linksIn } from '../src/links.ts'
import { opsPage } from '../src/ops/page.ts'
import { allBlocks, pages, root } from '../src/pages.ts'

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    expect(brokenLinks(page)).toEqual([])
  })

  it('are found, and anchors as GitHub makes them', () => {
    expect(linksIn('a [b](c.md#d) ![e](f.png)')).toEqual(['c.md#d', 'f.png'])
    expect([...anchorsIn('# A `b` c\n\n## A b c\n\n### When, then?')]).toEqual([
      'a-b-c',
      'a-b-c-1',
      'when-then',
    ])
  })
})

describe('blocks of other languages', () => {
  const blocks = allBlocks()
  const named = (languages: readonly string[]) =>
    blocks
      .filter(({ language }) => languages.includes(language))
      .map((block) => ({ ...block, name: `${block.page}:${block.line}` }))

  it.each(named(['sh', 'bash', 'shell']))('$name asks for commands that there are', ({ code }) => {
    const lines = code.replaceAll('\\\n', ' ').split('\n')
    expect(lines.flatMap((line) => wrongCommand(line) ?? [])).toEqual([])
  })

  it.each(named(['json']))('$name is JSON', ({ code }) => {
    expect(() => JSON.parse(code)).not.toThrow()
  })

  it('are of languages that are checked or have nothing to check', () => {
    const known = /^(ts|js|sh|json|python|html|http|nginx|diff|)$/
    expect(blocks.filter(({ language }) => !known.test(language))).toEqual([])
  })
})

describe('excerpts of files', () => {
  const excerpts = allBlocks().filter(({ from }) => from !== undefined)

  it.each(excerpts)('$page:$line is in $from', ({ from = '', code }) => {
    expect(readFileSync(join(root, from), 'utf8')).toContain(code)
  })
})

describe('the table of ops', () => {
  it('is that of the op table: npm run docs -- --ops', () => {
    expect(readFileSync(join(root, 'docs/ops.md'), 'utf8')).toBe(opsPage())
  })
})
