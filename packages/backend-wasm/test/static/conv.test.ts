import {
  acc,
  type ConvGeometry,
  type ConvMode,
  type DType,
  type Expr,
  input,
  kernels,
  type Operand,
} from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import {
  empty,
  filled,
  gaps,
  integer,
  type LayoutKind,
  layoutKinds,
  numbers,
  pick,
} from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

interface Case extends ConvGeometry {
  readonly items: number
  readonly channels: number
  readonly outputs: number
  readonly size: readonly number[]
  readonly window: readonly number[]
}

const places = (c: Case) =>
  c.size.map(
    (s, d) =>
      Math.floor((s + 2 * c.padding[d] - c.dilation[d] * (c.window[d] - 1) - 1) / c.stride[d]) + 1,
  )

const count = (shape: readonly number[]) => shape.reduce((p, s) => p * s, 1)

const shapes = (c: Case) => ({
  x: [c.items, c.channels, ...c.size],
  w: [c.outputs, c.channels / c.groups, ...c.window],
  y: [c.items, c.outputs, ...places(c)],
})

const three = (values: readonly number[], fill: number) => [
  ...Array<number>(3 - values.length).fill(fill),
  ...values,
]

/** Calls `visit` with the positions of x, w and y in every product that the convolution sums. */
function products(c: Case, visit: (x: number, w: number, y: number) => void): void {
  const [size, window, place] = [three(c.size, 1), three(c.window, 1), three(places(c), 1)]
  const [stride, padding, dilation] = [
    three(c.stride, 1),
    three(c.padding, 0),
    three(c.dilation, 1),
  ]
  const [inPer, outPer] = [c.channels / c.groups, c.outputs / c.groups]
  let y = 0
  for (let n = 0; n < c.items; n++) {
    for (let o = 0; o < c.outputs; o++) {
      for (let p = 0; p < count(place); p++, y++) {
        const [pz, rest] = [Math.floor(p / (place[1] * place[2])), p % (place[1] * place[2])]
        const [py, px] = [Math.floor(rest / place[2]), rest % place[2]]
        let w = o * inPer * count(window)
        for (let ci = 0; ci < inPer; ci++) {
          const channel = n * c.channels + Math.floor(o / outPer) * inPer + ci
          for (let tz = 0; tz < window[0]; tz++) {
            const z = pz * stride[0] - padding[0] + tz * dilation[0]
            for (let ty = 0; ty < window[1]; ty++) {
              const r = py * stride[1] - padding[1] + ty * dilation[1]
              for (let tx = 0; tx < window[2]; tx++, w++) {
                const col = px * stride[2] - padding[2] + tx * dilation[2]
                const inside =
                  z >= 0 && z < size[0] && r >= 0 && r < size[1] && col >= 0 && col < size[2]
                if (inside) visit(((channel * size[0] + z) * size[1] + r) * size[2] + col, w, y)
              }
            }
          }
        }
      }
    }
  }
}

const operandsOf = {
  forward: ['x', 'w', 'y'],
  inputGradient: ['y', 'w', 'x'],
  weightGradient: ['x', 'y', 'w'],
} as const

const modes = Object.keys(operandsOf) as ConvMode[]

/** Small integers, of which every sum is exact: the result must be equal, not close. */
function check(
  host: TestHost,
  random: Random,
  c: Case,
  mode: ConvMode,
  layout: () => LayoutKind,
  dtype: DType = 'float32',
  epilogue: (sum: Expr) => Expr = (sum) => sum,
  further: (shape: readonly number[]) => Operand[] = () => [],
  finish: (sum: number, x: number) => number = (sum) => sum,
): void {
  host.reset()
  const shape = shapes(c)
  const [first, second, result] = operandsOf[mode]
  const value = () => integer(random, -3, 3)
  const a = filled(host, dtype, shape[first], layout(), random, value)
  const b = filled(host, dtype, shape[second], layout(), random, value)
  const out = empty(host, dtype, shape[result], layout(), random)
  const before = gaps(host, out)
  const values = { [first]: numbers(host, a), [second]: numbers(host, b), [result]: [] } as Record<
    'x' | 'w' | 'y',
    number[]
  >
  const sums = Array<number>(count(shape[result])).fill(0)
  products(c, (x, w, y) => {
    const at = { x, w, y }
    sums[at[result]] += values[first][at[first]] * values[second][at[second]]
  })
  const compute: DType = dtype === 'float64' ? dtype : 'float32'
  const kernel = kernels.conv(mode, dtype, c, epilogue(acc(0, compute)).cast(dtype))
  const extra = further(shape[result])
  const added = extra.length > 0 ? numbers(host, extra[0]) : []
  expect(supportsStatic(kernel)).toBe(true)
  runStatic(host, kernel, [a, b, ...extra], [out], [])
  const expected = sums.map((s, i) => finish(s, added[i]) + 0)
  const got = numbers(host, out).map((v) => v + 0)
  const wrong = got.findIndex((v, i) => v !== expected[i])
  if (wrong >= 0)
    expect.fail(
      `${mode} ${JSON.stringify(c)}: element ${wrong} is ${got[wrong]}, not ${expected[wrong]}`,
    )
  expect(gaps(host, out)).toBe(before)
}

function randomCase(random: Random, rank: number): Case {
  const perDim = (f: (d: number) => number) => Array.from({ length: rank }, (_, d) => f(d))
  const window = perDim(() => integer(random, 1, 4))
  const dilation = perDim(() => pick(random, [1, 1, 2]))
  const padding = perDim(() => integer(random, 0, 3))
  const groups = pick(random, [1, 1, 2, 3])
  return {
    items: integer(random, 1, 3),
    channels: groups * integer(random, 1, 4),
    outputs: groups * integer(random, 1, 5),
    groups,
    window,
    dilation,
    padding,
    stride: perDim(() => integer(random, 1, 3)),
    size: perDim(
      (d) =>
        Math.max(dilation[d] * (window[d] - 1) + 1 - 2 * padding[d], 1) +
        integer(random, 0, rank === 1 ? 40 : 8),
    ),
  }
}

const square = (
  size: number,
  window: number,
  rest: Partial<Case> & { channels: number; outputs: number },
): Case => ({
  items: 2,
  size: [size, size + 1],
  window: [window, window],
  stride: [1, 1],
  padding: [(window - 1) >> 1, (window - 1) >> 1],
  dilation: [1, 1],
  groups: 1,
  ...rest,
})

overVariants((host, random) => {
  const layout = () => pick(random, layoutKinds)

  for (const mode of modes) {
    for (const rank of [1, 2, 3]) {
      it(`${mode} in ${rank}d: any geometry and layout`, () => {
        for (let round = 0; round < 60; round++) {
          const dtype = pick(random, ['float32', 'float32', 'float64'] as const)
          check(
            host,
            random,
            randomCase(random, rank),
            mode,
            rank === 3 ? () => 'dense' : layout,
            dtype,
          )
        }
      })
    }

    it(`${mode} of the usual kinds, at odd sizes`, () => {
      const usual: Case[] = [
        square(13, 3, { channels: 9, outputs: 17 }),
        square(15, 3, { channels: 16, outputs: 24, stride: [2, 2] }),
        square(11, 1, { channels: 33, outputs: 14 }),
        square(11, 1, { channels: 12, outputs: 18, groups: 3 }),
        square(14, 1, { channels: 8, outputs: 8, stride: [2, 2] }),
        square(17, 3, { channels: 8, outputs: 8, groups: 8 }),
        square(17, 3, { channels: 6, outputs: 12, groups: 6 }),
        square(19, 5, { channels: 5, outputs: 5, groups: 5, stride: [2, 2] }),
        square(23, 7, { channels: 3, outputs: 10, stride: [2, 2] }),
        square(9, 3, { channels: 4, outputs: 6, dilation: [2, 3], padding: [2, 3] }),
        square(3, 3, { channels: 40, outputs: 70 }),
        square(10, 2, { channels: 4, outputs: 4, stride: [3, 3] }),
        square(40, 3, { channels: 2, outputs: 67 }),
      ]
      for (const c of usual) {
        check(host, random, c, mode, () => 'dense')
        check(host, random, c, mode, layout)
      }
    })

    it(`${mode} without items is empty or zero`, () => {
      check(host, random, square(6, 3, { channels: 2, outputs: 3, items: 0 }), mode, () => 'dense')
    })

    it(`${mode} in half precision`, () => {
      // Few products: their sums are exact in half precision too.
      const c = square(5, 2, { channels: 1, outputs: 2, items: 1, padding: [0, 0] })
      if (mode !== 'weightGradient') check(host, random, c, mode, layout, 'float16')
      check(
        host,
        random,
        square(2, 2, { channels: 2, outputs: 2, padding: [0, 0] }),
        mode,
        layout,
        'float16',
      )
    })

    it(`${mode} with an epilogue`, () => {
      const added = input(2, 'float32')
      const cases = [
        square(9, 3, { channels: 4, outputs: 10 }),
        square(9, 1, { channels: 4, outputs: 10 }),
        square(9, 1, { channels: 4, outputs: 10, groups: 2 }),
        square(17, 3, { channels: 4, outputs: 4, groups: 4 }),
      ]
      const perChannel = (shape: readonly number[]) => [
        {
          ...filled(host, 'float32', [shape[1]], 'dense', random, (i) => (i % 7) - 3),
          shape,
          strides: shape.map((_, d) => (d === 1 ? 1 : 0)),
        },
      ]
      const whole = (shape: readonly number[]) => [
        filled(host, 'float32', shape, 'permuted', random, (i) => (i % 7) - 3),
      ]
      for (const c of cases) {
        check(
          host,
          random,
          c,
          mode,
          () => 'dense',
          'float32',
          (s) => s.max(0),
          undefined,
          (s) => Math.max(s, 0),
        )
        for (const further of [perChannel, whole]) {
          check(
            host,
            random,
            c,
            mode,
            () => 'dense',
            'float32',
            (s) => s.add(added),
            further,
            (s, x) => s + x,
          )
          check(
            host,
            random,
            c,
            mode,
            layout,
            'float32',
            (s) => s.add(added).max(0),
            further,
            (s, x) => Math.max(s + x, 0),
          )
        }
      }
    })
  }

  it('adds to what is there', () => {
    const c = square(9, 3, { channels: 4, outputs: 10 })
    for (const mode of modes) {
      host.reset()
      const shape = shapes(c)
      const [first, second, result] = operandsOf[mode]
      const a = filled(host, 'float32', shape[first], 'dense', random, () => integer(random, -3, 3))
      const b = filled(host, 'float32', shape[second], 'dense', random, () =>
        integer(random, -3, 3),
      )
      const plain = empty(host, 'float32', shape[result], 'dense', random)
      const out = filled(host, 'float32', shape[result], 'dense', random, (i) => i % 9)
      const sum = acc(0, 'float32')
      runStatic(host, kernels.conv(mode, 'float32', c, sum), [a, b], [plain], [])
      runStatic(
        host,
        kernels.conv(mode, 'float32', c, sum.add(input(2, 'float32'))),
        [a, b, out],
        [out],
        [],
      )
      expect(numbers(host, out)).toEqual(numbers(host, plain).map((v, i) => v + (i % 9)))
    }
  })
})
