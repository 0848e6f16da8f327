import { describe, expect, test } from 'vitest'
import { shippedGolden } from '../../src/node.ts'
import { Interpreter } from '../../src/python/index.ts'
import { parse } from '../../src/python/syntax/statements.ts'

test('every recorded program can be read', async () => {
  const golden = await shippedGolden()
  let read = 0
  for (const theme of golden.programs) {
    for (const recorded of (await golden.program(theme)).cases) {
      if (recorded.kind !== 'script') continue
      expect(parse(recorded.program).body.length).toBeGreaterThan(0)
      read++
    }
  }
  expect(read).toBeGreaterThan(180)
})

describe('a program that is no Python', () => {
  test.each([
    ['x = ', "SyntaxError: invalid syntax, found 'newline' (line 1)"],
    ['if x\n  pass', "SyntaxError: expected ':', found 'newline' (line 1)"],
    ['x = 1\n  y = 2', "SyntaxError: unexpected indent, found 'indent' (line 2)"],
    [
      'if 1:\n    x\n  y',
      'IndentationError: unindent does not match any outer indentation level (line 3)',
    ],
    ['x = "abc', 'SyntaxError: unterminated string literal (line 1)'],
    ['x = """abc', 'SyntaxError: unterminated triple-quoted string literal (line 1)'],
    ['f(x) = 1', 'SyntaxError: cannot assign to expression'],
    ['1 + ?', "SyntaxError: invalid character '?' (line 1)"],
    ['def f(a=1, b): pass', 'SyntaxError: non-default argument follows default argument'],
    ['f"{x"', "SyntaxError: f-string: expecting '}' (line 1)"],
    ['f"{}"', 'SyntaxError: f-string: empty expression not allowed (line 1)'],
    ['x = 3j', 'SyntaxError: complex numbers are not supported (line 1)'],
    ['x = b"a"', 'SyntaxError: bytes are not supported'],
  ])('%j', (source, message) => {
    expect(() => parse(source)).toThrow(message)
  })
})

describe('what is outside the subset says so', () => {
  const fail = (source: string): string => {
    const interpreter = new Interpreter()
    try {
      interpreter.run(source)
    } catch (error) {
      const raised = interpreter.raised(error)
      return `${raised?.type}: ${raised?.message}`
    }
    return 'no error'
  }
  test('metaclasses, complex results, a yield deep inside', () => {
    expect(fail('class M(type): pass\nclass A(metaclass=M): pass')).toBe(
      'NotImplementedError: metaclasses are not supported',
    )
    expect(fail('(-8) ** 0.5')).toBe('ValueError: complex numbers are not supported')
    expect(fail('def f():\n  x = 1 + (yield)\nnext(f())')).toMatch(
      /^SyntaxError: 'yield' is supported/,
    )
  })
})
