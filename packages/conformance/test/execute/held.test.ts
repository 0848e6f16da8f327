import { describe, expect, test } from 'vitest'
import { heldDTypes } from '../../src/execute/arguments.ts'
import type { GoldenTensor, GoldenValue } from '../../src/golden/types.ts'

const tensor = (dtype: GoldenTensor['dtype'], data: Uint8Array): GoldenTensor => ({
  ...{ t: 'tensor', dtype, shape: [1] },
  data,
})
const float = tensor('float32', new Uint8Array(4))
const wide = (value: bigint): GoldenTensor =>
  tensor('int64', new Uint8Array(new BigInt64Array([value]).buffer))

describe('the dtypes that a device must hold', () => {
  const held = (...values: GoldenValue[]): string[] => [...heldDTypes(values)].sort()

  test('int64 beside floats may be int32', () => {
    expect(held(float, wide(3n))).toEqual(['float32'])
    expect(held({ t: 'list', v: [float, wide(-(2n ** 31n))] })).toEqual(['float32'])
  })

  test('unless it is too large, or asked for by name', () => {
    expect(held(float, wide(2n ** 31n))).toEqual(['float32', 'int64'])
    expect(held(float, wide(3n), { t: 'dtype', v: 'int64' })).toEqual(['float32', 'int64'])
  })

  test('int64 alone is what the case is about', () => {
    expect(held(wide(3n))).toEqual(['int64'])
    expect(held(wide(3n), tensor('int32', new Uint8Array(4)))).toEqual(['int32', 'int64'])
  })
})
