import {
  acc,
  type DType,
  dtypes,
  index,
  input,
  kernels,
  type ScanOp,
  scalar,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, layoutNames, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const ops: ScanOp[] = ['sum', 'prod', 'min', 'max', 'logsumexp']
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

/** A scan in the compute type, with positions where there are some. */
function plain(op: ScanOp, dtype: DType) {
  const { compute } = dtypes[dtype]
  const result = acc(0, compute).cast(dtype)
  const values = op === 'min' || op === 'max' ? [result, acc(1, 'int32')] : [result]
  return kernels.scan(op, input(0, dtype).cast(compute), values)
}

describe.each(allDTypes.filter((d) => d !== 'bool'))('scan of %s', (dtype) => {
  const isFloat = dtypes[dtype].kind === 'float'
  it.each(ops.filter((op) => isFloat || op !== 'logsumexp'))('%s, in every layout', (op) => {
    const kernel = plain(op, dtype)
    const shape = [3, 2, 6]
    const values = samples(dtype, 36).map((v) =>
      op === 'prod' ? [1, 1, 2, 0.5][Math.abs(v * 64) % 4] : v,
    )
    for (const layout of layoutNames) {
      const outputs = kernel.outputs.map(
        (type): Spec => ({ dtype: type, shape, layout: 'transposed' }),
      )
      compare(kernel, [{ dtype, shape, layout, values }], outputs)
    }
    for (const shape of [[0], [3, 0], [1], [2, 1], [0, 4]]) {
      const outputs = kernel.outputs.map((type): Spec => ({ dtype: type, shape }))
      compare(kernel, [{ dtype, shape }], outputs)
    }
  })
})

describe.each(engines)('scan by %s', (engine) => {
  const cpu = createCpuBackend({ engine })

  it('adds float32 up in double, rounding only what it stores', () => {
    const n = 5000
    const spec: Spec = { dtype: 'float32', shape: [n], values: Array<number>(n).fill(0.1) }
    const [out] = runOn(cpu, plain('sum', 'float32'), [spec], [spec])
    const tenth = Math.fround(0.1)
    const expected = reference.scan('sum', Array<number>(n).fill(tenth)).map(Math.fround)
    expect(get(cpu, out)).toEqual(expected)
  })

  it('takes infinities in logsumexp, and NaN in min and max', () => {
    const run = (op: ScanOp, values: number[]) => {
      const kernel = plain(op, 'float64')
      const spec: Spec = { dtype: 'float64', shape: [values.length], values }
      const outputs = kernel.outputs.map((dtype): Spec => ({ dtype, shape: spec.shape }))
      return runOn(cpu, kernel, [spec], outputs).map((o) => get(cpu, o).map(Number))
    }
    expect(run('logsumexp', [-inf, -inf, 0, 0, inf, 1])).toEqual([
      [-inf, -inf, 0, Math.log(2), inf, inf],
    ])
    expect(run('max', [1, 3, 3, nan, 9, nan])).toEqual([
      [1, 3, 3, nan, nan, nan],
      [0, 1, 2, 3, 3, 5],
    ])
    expect(run('min', [1, 1, 2, 0])).toEqual([
      [1, 1, 1, 0],
      [0, 1, 1, 3],
    ])
  })

  it('works in place', () => {
    const x = runOn(
      cpu,
      kernels.map([index(0).add(1).cast('float32')]),
      [],
      [{ dtype: 'float32', shape: [4] }],
    )
    cpu.run(kernels.scan('prod', input(0, 'float32'), [acc(0, 'float32')]), x, x, [])
    expect(get(cpu, x[0])).toEqual([1, 2, 6, 24])
  })
})

it('scan computes on the way in and out, with operands, scalars and positions', () => {
  const x = input(0, 'float32')
  const finish = acc(0, 'float32')
    .mul(scalar(0, 'float32'))
    .sub(input(1, 'float16').cast('float32'))
  const kernel = kernels.scan('sum', x.mul(x).add(index(1).cast('float32')), [
    finish,
    acc(0, 'float32').gt(9),
  ])
  const specs: Spec[] = [
    { dtype: 'float32', shape: [3, 7], layout: 'transposed' },
    {
      dtype: 'float16',
      shape: [3, 7],
      strides: [0, 1],
      values: Array(3)
        .fill(samples('float16', 7, 4))
        .flat(),
    },
  ]
  compare(
    kernel,
    specs,
    kernel.outputs.map((dtype): Spec => ({ dtype, shape: [3, 7] })),
    { scalars: [2] },
  )
})
