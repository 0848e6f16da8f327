import { describe, expect, it } from 'vitest'
import {
  acc,
  index,
  input,
  type Kernel,
  kernels,
  load,
  optionalKinds,
  printKernel,
  requiredKinds,
  scalar,
} from '../src/index.ts'

const x = input(0, 'float32')
const y = input(1, 'float32')
const geometry = { stride: [1], padding: [0], dilation: [1], groups: 1 }

const one: Record<Kernel['kind'], () => Kernel> = {
  map: () => kernels.map([x.add(y).mul(scalar(1, 'float32'))]),
  reduce: () => kernels.reduce([{ op: 'sum', value: x.mul(x) }], [acc(0, 'float32').sqrt()]),
  scatter: () => kernels.scatter('add', [input(0, 'int32')], y),
  matmul: () => kernels.matmul('float32', acc(0, 'float32').add(input(2, 'float32'))),
  conv: () => kernels.conv('forward', 'float32', geometry, acc(0, 'float32')),
  scan: () => kernels.scan('max', x, [acc(0, 'float32'), acc(1, 'int32')]),
  sort: () => kernels.sort('int64', true),
  softmax: () => kernels.softmax('float32', true, false),
  normalize: () => kernels.normalize('float32', { backward: false, weight: true, bias: false }),
  attention: () => kernels.attention('float16', true, true),
}
const kinds = Object.keys(one) as Kernel['kind'][]

describe('kernels', () => {
  it('of every kind are interned, frozen and numbered', () => {
    const all = kinds.map((kind) => one[kind]())
    expect(new Set(all.map((k) => k.id)).size).toBe(kinds.length)
    for (const kernel of all) {
      expect(one[kernel.kind]()).toBe(kernel)
      expect(Object.isFrozen(kernel)).toBe(true)
    }
    expect([...requiredKinds, ...optionalKinds].sort()).toEqual(kinds.slice().sort())
  })

  it('print in one line', () => {
    const lines = kinds.map((kind) => printKernel(one[kind]()).replace(/#\d+/, ''))
    expect(lines).toEqual([
      'map(float32, float32) -> float32 { mul(add(in0, in1), s1) }',
      'reduce(float32) -> float32 { acc0 = sum mul(in0, in0); sqrt(acc0) }',
      'scatter(int32, float32) -> float32 { [in0] add in1 }',
      'matmul(float32, float32, float32) -> float32 { add(acc0, in2) }',
      'conv(float32, float32) -> float32 { forward, stride 1, padding 0, dilation 1, groups 1; acc0 }',
      'scan(float32) -> float32, int32 { acc0 = max in0; acc0, acc1 }',
      'sort(int64) -> int64, int32 { descending }',
      'softmax(float32) -> float32 { log forward }',
      'normalize(float32, float32) -> float32, float32, float32 { forward }',
      'attention(float16, float16, float16, float16) -> float16 { causal }',
    ])
  })

  it('know their operands', () => {
    const kernel = one.map()
    expect(kernel.inputs).toEqual(['float32', 'float32'])
    expect(kernel.outputs).toEqual(['float32'])
    expect(kernel.scalars).toBe(2)
    expect(kernel.positional).toBe(false)
    const gather = kernels.map([
      load(0, 'float32', [input(1, 'int32')]).add(index(0).cast('float32')),
    ])
    expect(gather.positional).toBe(true)
    expect(gather.loaded).toEqual([true, false])
    expect(
      kernels.normalize('float32', { backward: true, weight: true, bias: false }).inputs,
    ).toHaveLength(5)
  })

  it('have the dtypes of their accumulators', () => {
    expect(kernels.reductionDType({ op: 'argmax', value: x })).toBe('int32')
    expect(kernels.reductionDType({ op: 'sum', value: input(0, 'uint8') })).toBe('uint8')
  })

  it('refuse what breaks the rules of the language', () => {
    expect(() => kernels.map([])).toThrow('map: no outputs')
    expect(() => kernels.map([y])).toThrow('input 0 is not used by any expression')
    expect(() => kernels.map([acc(0, 'float32')])).toThrow('map: acc outside of an epilogue')
    expect(() => kernels.map([x], ['int32'])).toThrow('in0 is float32, but input 0 is int32')
    expect(() => kernels.map([y], ['float32'])).toThrow('input 1 is absent')
    expect(() => kernels.map([x.add(load(0, 'float32', [index(0)]))])).toThrow(
      'input 0 is read both at the index and by load',
    )
    expect(() => kernels.reduce([{ op: 'any', value: x }], [acc(0, 'float32')])).toThrow(
      'reduce: any of float32',
    )
    expect(() => kernels.reduce([{ op: 'max', value: x.lt(0) }], [acc(0, 'bool')])).toThrow(
      'reduce: max of bool',
    )
    expect(() => kernels.reduce([{ op: 'sum', value: x }], [acc(0, 'float64')])).toThrow(
      'reduce: acc0 is not float64',
    )
    expect(() => kernels.scatter('add', [x], y)).toThrow('scatter: a coordinate is float32')
    expect(() => kernels.matmul('float16', acc(0, 'float16'))).toThrow(
      'matmul: acc0 is not float16',
    )
    const half = input(0, 'float16')
    expect(() => kernels.reduce([{ op: 'max', value: half }], [acc(0, 'float16')])).toThrow(
      'reduce: not defined on float16',
    )
    expect(() => kernels.scan('sum', half, [acc(0, 'float16')])).toThrow(
      'scan: not defined on float16',
    )
    expect(() => kernels.softmax('int32', false, false)).toThrow('softmax of int32')
  })

  it('put no limit on the value of a scalar: it is not part of the kernel', () => {
    expect(kernels.map([x.mul(scalar(0, 'float32'))])).toBe(
      kernels.map([x.mul(scalar(0, 'float32'))]),
    )
    expect(kernels.map([x.mul(2)])).not.toBe(kernels.map([x.mul(3)]))
  })
})
