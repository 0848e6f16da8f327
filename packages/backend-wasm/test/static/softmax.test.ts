import { type DType, kernels } from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import { empty, filled, gaps, integer, layoutKinds, numbers, pick } from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

const epsilon: Record<string, number> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
}

const sum = (values: readonly number[]) => values.reduce((s, v) => s + v, 0)

function forward(x: readonly number[], log: boolean): number[] {
  const peak = Math.max(...x)
  const shifted = x.map((v) => v - peak)
  const total = sum(shifted.map(Math.exp))
  return shifted.map((v) => (log ? v - Math.log(total) : Math.exp(v) / total))
}

const backward = (g: readonly number[], y: readonly number[], log: boolean): number[] => {
  const total = log ? sum(g) : sum(g.map((v, i) => v * y[i]))
  return g.map((v, i) => (log ? v - Math.exp(y[i]) * total : y[i] * (v - total)))
}

/** Runs both passes on random rows and compares. `scale` is the spread of the inputs. */
function check(
  host: TestHost,
  random: Random,
  dtype: DType,
  shape: readonly number[],
  log: boolean,
  scale: number,
): void {
  host.reset()
  const value = () => scale * (2 * random() - 1)
  const layout = () => pick(random, layoutKinds)
  const length = shape[shape.length - 1]
  const rowsOf = (list: readonly number[]) =>
    Array.from({ length: list.length / length }, (_, r) => list.slice(r * length, (r + 1) * length))
  const compare = (
    got: readonly number[],
    expected: readonly number[],
    size: (i: number) => number,
  ) =>
    got.forEach((v, i) => {
      const tolerance = 4 * epsilon[dtype] * (Math.abs(expected[i]) + size(i)) + 1e-37
      if (!(Math.abs(v - expected[i]) <= tolerance)) {
        expect.fail(`${dtype} [${shape}] log ${log}: element ${i} is ${v}, not ${expected[i]}`)
      }
    })

  const x = filled(host, dtype, shape, layout(), random, value)
  const y = empty(host, dtype, shape, layout(), random)
  const [g, dx] = [
    filled(host, dtype, shape, layout(), random, value),
    empty(host, dtype, shape, layout(), random),
  ]
  const before = [gaps(host, y), gaps(host, dx)]
  const kernel = kernels.softmax(dtype, log, false)
  expect(supportsStatic(kernel)).toBe(true)
  runStatic(host, kernel, [x], [y], [])
  const [input, output] = [numbers(host, x), numbers(host, y)]
  // exp(x - max) inherits the rounding of x - max.
  compare(
    output,
    rowsOf(input).flatMap((row) => forward(row, log)),
    (i) => (log ? Math.abs(input[i]) : output[i] * scale),
  )
  runStatic(host, kernels.softmax(dtype, log, true), [g, y], [dx], [])
  const [gradient, gy] = [numbers(host, dx), rowsOf(numbers(host, g))]
  const expected = rowsOf(output).flatMap((row, r) => backward(gy[r], row, log))
  const sizes = rowsOf(output).flatMap((row, r) => {
    const total = sum(gy[r].map((v, i) => Math.abs(log ? v : v * row[i])))
    return row.map((v, i) =>
      log ? Math.abs(gy[r][i]) + Math.exp(v) * total : v * (Math.abs(gy[r][i]) + total),
    )
  })
  compare(gradient, expected, (i) => sizes[i])
  expect([gaps(host, y), gaps(host, dx)]).toEqual(before)
}

overVariants((host, random) => {
  for (const log of [false, true]) {
    const title = log ? 'log-softmax' : 'softmax'
    it(`${title} of rows of every length`, () => {
      for (let length = 1; length <= 40; length++)
        check(host, random, 'float32', [3, length], log, 5)
      for (const length of [127, 511, 512, 513, 1000, 3001])
        check(host, random, 'float32', [5, length], log, 20)
      for (const length of [1, 2, 3, 9, 600])
        check(host, random, 'float64', [2, 3, length], log, 30)
    })

    it(`${title} in any layout and precision`, () => {
      for (let round = 0; round < 60; round++) {
        const shape = Array.from({ length: integer(random, 1, 3) }, () => integer(random, 1, 9))
        const dtype = pick(random, [
          'float32',
          'float32',
          'float64',
          'float16',
          'bfloat16',
        ] as const)
        check(host, random, dtype, shape, log, 4)
      }
    })

    it(`${title} in place`, () => {
      host.reset()
      const x = filled(host, 'float32', [4, 21], 'dense', random, () => random())
      const expected = Array.from({ length: 4 }, (_, r) =>
        forward(numbers(host, x).slice(21 * r, 21 * r + 21), log),
      )
      runStatic(host, kernels.softmax('float32', log, false), [x], [x], [])
      numbers(host, x).forEach((v, i) => expect(v).toBeCloseTo(expected.flat()[i], 6))
    })

    it(`${title} of infinities and NaN`, () => {
      const rows: [number[], number[], number[]][] = [
        [
          [Number.NEGATIVE_INFINITY, 0],
          [0, 1],
          [Number.NEGATIVE_INFINITY, 0],
        ],
        [
          [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
          [Number.NaN, Number.NaN],
          [Number.NaN, Number.NaN],
        ],
        [[Number.NaN, 1, 2, 3, 4], Array(5).fill(Number.NaN), Array(5).fill(Number.NaN)],
        [
          [1, 2, 3, 4, 5, 6, 7, Number.NaN, 8],
          Array(9).fill(Number.NaN),
          Array(9).fill(Number.NaN),
        ],
        [
          [0, -1000, 0, -1000, -200],
          [0.5, 0, 0.5, 0, 0],
          [0, -1000, 0, -1000, -200].map((v) => v - Math.log(2)),
        ],
      ]
      for (const [x, plain, logarithm] of rows) {
        host.reset()
        const operand = host.upload('float32', [1, x.length], x)
        runStatic(host, kernels.softmax('float32', log, false), [operand], [operand], [])
        const expected = log ? logarithm : plain
        numbers(host, operand).forEach((v, i) =>
          Number.isFinite(expected[i])
            ? expect(v).toBeCloseTo(expected[i], 4)
            : expect(v).toBe(expected[i]),
        )
      }
    })
  }

  it('exponentiates to within a unit in the last place', () => {
    // With y = [v, 0] and g = [0, 1] the backward pass of log-softmax is -exp(v) in its first element.
    for (const [dtype, low, high] of [
      ['float32', -103, 88.7],
      ['float64', -744, 709.7],
    ] as const) {
      host.reset()
      const rows = 4000
      const at = (i: number) => low + ((high - low) * (i + random())) / rows
      const y = host.upload(
        dtype,
        [rows, 2],
        Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 0 : at(i / 2))),
      )
      const g = host.upload(
        dtype,
        [rows, 2],
        Array.from({ length: 2 * rows }, (_, i) => i % 2),
      )
      const dx = empty(host, dtype, [rows, 2], 'dense', random)
      runStatic(host, kernels.softmax(dtype, true, true), [g, y], [dx], [])
      const [inputs, outputs] = [numbers(host, y), numbers(host, dx)]
      const [digits, smallest] = dtype === 'float32' ? [23, -126] : [52, -1022]
      for (let i = 0; i < outputs.length; i += 2) {
        const exact = Math.exp(inputs[i])
        const unit = 2 ** (Math.max(Math.floor(Math.log2(exact)), smallest) - digits)
        const error = Math.abs(-outputs[i] - exact) / unit
        if (!(error <= 1.01))
          expect.fail(`exp(${inputs[i]}) is ${-outputs[i]}, off by ${error} units`)
      }
    }
  })
})
