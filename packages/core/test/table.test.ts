import * as core from '@sconce/core'
import { overloads, Tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import './helpers.ts'

/** Methods that PyTorch has no function for, and ops that only other ops call. */
const methodsOnly = new Set([
  'float',
  'double',
  'half',
  'bfloat16',
  'int',
  'long',
  'short',
  'char',
  'byte',
  'bool',
  'to',
  'toCopy',
  'typeAs',
  'contiguous',
  'copy',
  'isSetTo',
  'nelement',
  'ndimension',
  'type',
])

describe('the op table', () => {
  it('gives every op of the root namespace as a function or a method', () => {
    const exported = new Set(Object.keys(core))
    // Names with an underscore in front are for other ops, as in PyTorch.
    const missing = [...overloads]
      .flatMap(([name, list]) => (list.every((o) => o.name.startsWith('_')) ? [] : [name]))
      .filter((name) => !name.includes('.') && !exported.has(name) && !methodsOnly.has(name))
    expect(missing).toEqual([])
  })

  it('gives every op with a self as a method, and the in-place form where the schema has one', () => {
    for (const [name, list] of overloads) {
      if (name.includes('.')) continue
      if (list.some((o) => o.schema.parameters[0]?.name === 'self')) {
        expect(Tensor.prototype, name).toHaveProperty(name)
      }
      if (list.some((o) => o.schema.inplace)) expect(Tensor.prototype).toHaveProperty(`${name}_`)
    }
  })
})
