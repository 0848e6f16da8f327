import { describe, expect, it } from 'vitest'
import { check, looksLike } from '../src/blocks/check.ts'
import { expectationOf, withChecks } from '../src/blocks/expectations.ts'
import { blocksIn } from '../src/pages.ts'

describe('what a comment says that a statement gives', () => {
  it.each([
    ['true', { kind: 'value', expected: 'true' }],
    ['-1.5e3', { kind: 'value', expected: '-1.5e3' }],
    ["'float32'", { kind: 'value', expected: "'float32'" }],
    ['[1, [2]]', { kind: 'value', expected: '[1, [2]]' }],
    ['[1, …]', { kind: 'print', expected: '"[1, …]"' }],
    ['tensor([1., 2.])', { kind: 'print', expected: '"tensor([1., 2.])"' }],
    ['throws mat1 and mat2', { kind: 'throws', expected: '"mat1 and mat2"' }],
  ])('%s', (comment, expected) => {
    expect(expectationOf(comment)).toEqual(expected)
  })

  it.each(['the first that works', 'a view: x changes', '4: weight and bias', 'tensors'])(
    'is nothing in prose: %s',
    (comment) => {
      expect(expectationOf(comment)).toBeUndefined()
    },
  )

  it('is checked, of statements at any depth and over several lines', () => {
    const { code, count } = withChecks(
      'const a = f()  // 1\nfor (const x of y) {\n  x.z(\n    2,\n  )  // [3]\n}\nconsole.log(b)  // null\n',
    )
    expect(count).toBe(3)
    expect(code).toContain("const a = f(); await $check('value', () => (a), () => (1));")
    expect(code).toContain("await $check('value', () => (x.z(\n    2,\n  )), () => ([3]));")
    expect(code).toContain("await $check('value', () => (b), () => (null));")
  })
})

describe('a check', () => {
  const one = () => 1

  it('passes where it is as stated', async () => {
    await check(
      'value',
      () => [1, { a: 'b' }],
      () => [1, { a: 'b' }],
    )
    await check(
      'print',
      () => 'tensor([1.,\n        2.])',
      () => 'tensor([1., …])',
    )
    await check(
      'throws',
      () => Promise.reject(new Error('no such thing')),
      () => 'no such',
    )
  })

  it('fails where it is otherwise', async () => {
    await expect(check('value', one, () => 2)).rejects.toThrow()
    await expect(check('print', one, () => '2')).rejects.toThrow('printed 1; expected: 2')
    await expect(check('throws', one, () => 'no')).rejects.toThrow('no error; expected: no')
  })

  it('takes … for anything, and nothing else', () => {
    expect(looksLike('[1, 2, 3]', '[1, …]')).toBe(true)
    expect(looksLike('[2, 2, 3]', '[1, …]')).toBe(false)
    expect(looksLike('a.c', 'abc')).toBe(false)
  })
})

describe('blocks of a page', () => {
  it('come with what stands hidden in front of them', () => {
    const page =
      '<!-- before:\nconst x = 1\n-->\n```ts browser\nx\n```\n\n<!-- from: a/b.ts -->\n```ts\ny\n```\n'
    const [first, second] = blocksIn('a.md', page)
    expect(first).toMatchObject({
      line: 4,
      words: ['browser'],
      before: 'const x = 1\n',
      code: 'x\n',
    })
    expect(second).toMatchObject({ before: '', from: 'a/b.ts' })
  })
})
