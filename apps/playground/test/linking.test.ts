import { describe, expect, it } from 'vitest'
import { importsOf } from '../src/run/imports.ts'
import { link } from '../src/run/link.ts'
import { stripTypes } from '../src/run/strip-types.ts'

describe('types', () => {
  it('go, and every statement stays on its line', () => {
    const source = [
      `import { type Tensor, ones } from 'sconce'`,
      'interface A {',
      '  x: number',
      '}',
      'const f = (a: A): number =>',
      '  a.x',
      'f({ x: 1 } satisfies A)',
    ].join('\n')
    const code = stripTypes(source).split('\n')
    expect(code).toHaveLength(7)
    expect(code[4]).toMatch(/^const f = \(a\) *=>/)
    expect(code[6]).toMatch(/^f\(\{ x: 1 \} *\)/)
  })

  it('leave no import behind that only they need', () => {
    expect(stripTypes(`import { Tensor } from 'sconce'\nlet t: Tensor`)).not.toContain('sconce')
  })

  it('that are wrong are told with their place', () => {
    expect(() => stripTypes('const a = 1\nlet b: = 2')).toThrow(
      expect.objectContaining({ name: 'SyntaxError', line: 2, column: 8 }),
    )
  })
})

describe('imports', () => {
  it('are found in all their forms', () => {
    const code = [
      `import a, { b as c } from 'one'`,
      `import * as d from 'two'`,
      `export * from 'three'`,
      `export { e } from 'four'`,
      `await import('five')`,
    ].join('\n')
    const found = importsOf(code)
    expect(found.map(({ module }) => module)).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(found[0].names).toEqual([
      { name: 'default', line: 1, column: 8 },
      { name: 'b', line: 1, column: 13 },
    ])
    for (const { module, start, end } of found) expect(code.slice(start, end)).toBe(`'${module}'`)
  })

  it('are not found in text', () => {
    expect(importsOf(`const text = "import 'x'" // import 'y'`)).toEqual([])
  })

  it('lead to modules of the bundle, under all names that there are', async () => {
    const library = { answer: 42, var: 'a reserved word' }
    const url = link(`import { answer, var as v } from 'library'\nexport { answer, v }`, {
      library,
    })
    const text = await (await fetch(url)).text()
    const [, forwarding] = /from "(blob:[^"]+)"/.exec(text) ?? []
    expect(text.split('\n')[1]).toBe('export { answer, v }')
    const code = await (await fetch(forwarding)).text()
    // Node imports no blobs: the same text as data.
    const made = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    expect({ ...made }).toEqual(library)
  })
})
