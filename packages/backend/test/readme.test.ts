import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { acc, getPlugin, input, kernels, printKernel, scalar } from '../src/index.ts'
import './example-backend.ts'
import { numbers, put, reducedSpec, runOn, type Spec, samples } from './harness.ts'
import * as reference from './reference.ts'
import { ToyBackend } from './toy-backend.ts'

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const mine = async () => getPlugin('mine').create()

describe('the page for authors of plug-ins', () => {
  it('shows the example that is tested here', () => {
    expect(text('../README.md')).toContain(text('./example-backend.ts').trim())
  })

  it('prints kernels as they print', () => {
    const [x, y] = [input(0, 'float32'), input(1, 'float32')]
    const kernel = kernels.map([x.mul(scalar(0, 'float32')).add(y).max(0)])
    const line = printKernel(kernel).replace(/#\d+/, '#0')
    expect(text('../README.md')).toContain(`printKernel(kernel) // ${line}\n`)
  })

  it('has a row for every kind', () => {
    const rows = text('../README.md').match(/^\| `\w+` \| .* → /gm)
    expect(rows?.map((row) => row.split('`')[1])).toEqual([
      'map',
      'reduce',
      'scatter',
      'matmul',
      'conv',
      'scan',
      'sort',
      'softmax',
      'normalize',
      'attention',
    ])
  })
})

describe('the example', () => {
  it('computes a softmax, which is lowered on it', async () => {
    const backend = await mine()
    const spec: Spec = { dtype: 'float32', shape: [3, 5], layout: 'transposed' }
    const [y] = runOn(backend, kernels.softmax('float32', false, false), [spec], [spec])
    const x = numbers(backend, put(backend, spec))
    const expected = reference.rows(x, 5, (row) => reference.softmax(row, false))
    numbers(backend, y).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 6))
  })

  it('sorts, and convolves', async () => {
    const backend = await mine()
    const [values, positions] = runOn(
      backend,
      kernels.sort('int32', true),
      [{ dtype: 'int32', shape: [5], values: [3, 9, -1, 9, 0] }],
      [
        { dtype: 'int32', shape: [5] },
        { dtype: 'int32', shape: [5] },
      ],
    )
    expect(numbers(backend, values)).toEqual([9, 9, 3, 0, -1])
    expect(numbers(backend, positions)).toEqual([1, 3, 0, 4, 2])
    const geometry = { stride: [1], padding: [1], dilation: [1], groups: 1 }
    const shapes = reference.convShapes([1, 2, 4], [3, 2, 3], geometry)
    const [x, w] = [samples('float32', 8, 1), samples('float32', 18, 2)]
    const [y] = runOn(
      backend,
      kernels.conv('forward', 'float32', geometry, acc(0, 'float32')),
      [
        { dtype: 'float32', shape: shapes.x, values: x },
        { dtype: 'float32', shape: shapes.w, values: w },
      ],
      [{ dtype: 'float32', shape: shapes.y }],
    )
    expect(numbers(backend, y)).toEqual(reference.conv('forward', x, w, shapes, geometry))
  })

  it.each(['sum', 'prod', 'min', 'max', 'argmin', 'argmax'] as const)(
    '%s as the reference',
    async (op) => {
      const [backend, toy] = [await mine(), new ToyBackend()]
      for (const dtype of ['float32', 'int32'] as const) {
        const reduction = { op, value: input(0, dtype) }
        const kernel = kernels.reduce([reduction], [acc(0, kernels.reductionDType(reduction))])
        for (const shape of [
          [2, 4],
          [2, 0],
        ]) {
          const [spec, out] = [{ dtype, shape }, reducedSpec(kernel.outputs[0], shape, 1)]
          const results = [backend, toy].map((b) => numbers(b, runOn(b, kernel, [spec], [out])[0]))
          expect(results[0]).toEqual(results[1])
        }
      }
    },
  )

  it('reinterprets bits', async () => {
    const backend = await mine()
    const kernel = kernels.map([input(0, 'float32').bitcast().add(1).bitcast()])
    const spec: Spec = { dtype: 'float32', shape: [2], values: [1, -2] }
    const [out] = runOn(backend, kernel, [spec], [spec])
    expect(numbers(backend, out)).toEqual([1 + 2 ** -23, -2 - 2 ** -22])
  })

  it.each(['assign', 'add', 'mul', 'min', 'max'] as const)(
    'scatter %s as the reference',
    async (op) => {
      const [backend, toy] = [await mine(), new ToyBackend()]
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        const kernel = kernels.scatter(op, [input(0, 'int32')], input(1, dtype))
        const specs: Spec[] = [
          { dtype: 'int32', shape: [5], values: [0, 2, 2, 7, 0] },
          { dtype, shape: [5] },
        ]
        const out: Spec = { dtype, shape: [4], values: samples(dtype, 4, 9) }
        const results = [backend, toy].map((b) => numbers(b, runOn(b, kernel, specs, [out])[0]))
        expect(results[0]).toEqual(results[1])
      }
    },
  )
})
