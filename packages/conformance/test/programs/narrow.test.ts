import { describe, expect, test } from 'vitest'
import { unlookedAt } from '../../src/execute/unlooked-at.ts'
import { dtypesOfSource } from '../../src/programs/needs.ts'
import { recordedWithoutWidths, withoutWidth, withoutWidths } from '../../src/programs/texts.ts'
import { narrowBackend } from '../backends/narrow.ts'

test.each([
  ['x = torch.ones(2, dtype=torch.float64)', ['float64']],
  ['y = x.double() + x.half()', ['float64', 'float16']],
  ['y = x.bfloat16()', ['bfloat16']],
  ['torch.tensor([2**40]).sum()', ['int64']],
  ['torch.tensor([1 << 3, 12345678901])', ['int64']],
  ['torch.tensor([2**20, 2147483647]).long() * 0.12345678901234 + 12345678901.5', []],
  ['doubled = redouble(x)', []],
])('what a device must hold for a program: %s', (source, dtypes) => {
  expect(dtypesOfSource(source)).toEqual(dtypes)
})

describe('where int32 stands for int64', () => {
  test('it does so in texts', () => {
    expect(withoutWidth('tensor([1, 2], dtype=torch.int32)')).toBe('tensor([1, 2])')
    expect(withoutWidth('tensor([1], dtype=torch.int16)')).toBe('tensor([1], dtype=torch.int16)')
    expect(withoutWidth("can't be cast to Long")).toBe("can't be cast to Int")
    expect(withoutWidth('got torch.LongTensor')).toBe('got torch.IntTensor')
    expect(withoutWidth('Longer')).toBe('Longer')
  })

  test('and in what is made of texts', () => {
    const text = { t: 'str', v: 'torch.int64' } as const
    const recorded = { t: 'dict', v: { a: { t: 'list', v: [text, { t: 'dtype', v: 'int64' }] } } }
    expect(recordedWithoutWidths(recorded as Parameters<typeof recordedWithoutWidths>[0])).toEqual({
      t: 'dict',
      v: {
        a: {
          t: 'list',
          v: [
            { t: 'str', v: 'torch.int32' },
            { t: 'dtype', v: 'int32' },
          ],
        },
      },
    })
    const tensor = { dtype: 'int32', shape: [1], data: new Int32Array([1]) } as const
    expect(withoutWidths({ a: ['Long', 3, null, tensor] })).toEqual({ a: ['Int', 3, null, tensor] })
  })
})

test('elements are looked at for checks where that costs nothing', () => {
  const { info } = narrowBackend()
  const message = 'index 5 is out of bounds for dimension 0 with size 3'
  expect(unlookedAt(message, info)?.status).toBe('unclaimed')
  expect(unlookedAt(message, { ...info, readSync: 'free' })).toBeUndefined()
  expect(unlookedAt('shapes do not match', info)).toBeUndefined()
})
