import { type Operation, operations } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { type DerivativeKind, derivativeKind } from '../src/index.ts'

const operation = (name: string): Operation => {
  const found = operations.get(name)
  if (!found) throw new Error(`no op ${name}`)
  return found
}

describe('derivativeKind', () => {
  it.each<[string, DerivativeKind]>([
    ['tanh', 'expression'],
    ['fmax', 'formula'],
    ['mm', 'formula'],
    ['hstack', 'composite'],
    ['argmax', 'none'],
    ['nextafter', 'missing'],
  ])('of %s is %s', (name, kind) => {
    expect(derivativeKind(operation(name))).toBe(kind)
  })
})
